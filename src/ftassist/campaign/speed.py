"""Measures, once a campaign, how fast this machine trains its base on the task's rows.

A few real steps in a process of their own, before the first proposal: the first plan is sized by
it and the card's estimate rests on it. Bases as small as the tiny model are not measured.

    python -m ftassist.campaign.speed ROWS.jsonl MODEL OUTPUT.json

That process calls `train.sft` as a trial does, on real rows with the usual settings, and writes
what it measured as JSON: trained tokens a second after the first step, seconds of everything that
does not depend on the number of rows, and the tokens a row of each set has as the base's template
writes it. What is trained is thrown away.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ftassist.campaign.campaign import Campaign
from ftassist.campaign.template_variables import environment_of
from ftassist.dojo.repository import DataRepository
from ftassist.errors import DataError, FtassistError
from ftassist.files import read_jsonl, write_json
from ftassist.isolation.ending import die_with_parent, end_group
from ftassist.models import TINY_NAME
from ftassist.recipes.chat import chat_row
from ftassist.records.speed import UNMEASURED, MeasuredSpeed
from ftassist.trial import gpu, sandbox

MODULE = "ftassist.campaign.speed"
SMALL = 40_000_000
"""Bytes of a base below which a campaign is over sooner than measured."""
ROWS = 96
"""Rows of each set at most: six batches."""
SECONDS = 400.0
"""After which the measurement is given up; a base that slow is not trained here anyway."""
STEPS = 5
"""The first is left out: it allocates what the others use again."""
PASS_TOKENS = 1_500
"""Tokens of a forward pass on a CPU: enough to be as fast as larger ones, and soon over."""
BATCH = 16
RANK = 16
RATE = 1e-4
"""Of no consequence: nothing of what is learned is kept."""
FIXED = ("load", "prepare", "try", "save")
"""Phases of a training that take as long for few rows as for many."""
_TOLD = 400


class SpeedRun:
    """The measurement of one campaign; may be stopped from another thread."""

    def __init__(self, campaign: Campaign) -> None:
        self._campaign = campaign
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    @property
    def wanted(self) -> bool:
        """Whether there is something to measure."""
        state = self._campaign.state
        if state.speed or state.settings.model in (TINY_NAME, ""):
            return False
        try:
            return self._campaign.base.size >= SMALL
        except FtassistError:
            return False

    def measure(self) -> MeasuredSpeed | str:
        """What was measured, or why it could not be; false where it was stopped."""
        try:
            with tempfile.TemporaryDirectory(prefix="ftassist-speed-") as folder:
                return self._measured(Path(folder))
        except (FtassistError, OSError, subprocess.TimeoutExpired) as error:
            return " ".join(str(error).split())[:_TOLD]

    def stop(self) -> None:
        """Ends it."""
        self._stopped = True
        if self._process and self._process.poll() is None:
            end_group(self._process.pid)

    def _measured(self, folder: Path) -> MeasuredSpeed | str:
        rows = folder / "rows.jsonl"
        rows.write_text(_sampled(self._campaign), encoding="utf-8")
        output, log = folder / "speed.json", folder / "log"
        model = self._campaign.base_reference
        command = [sys.executable, "-P", "-m", MODULE, str(rows), model, str(output)]
        with gpu.lease() as lease, log.open("wb") as written:
            environment = sandbox.kernel_environment(folder, model=model, gpu=lease.visible)
            environment |= environment_of(self._campaign)
            if self._stopped:
                return UNMEASURED
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=environment,
                start_new_session=True,
            )
            try:
                self._process.wait(SECONDS)
            finally:
                with suppress(OSError):
                    end_group(self._process.pid)
        if not output.is_file():
            said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            return (said[-1] if said else "it ended without a word")[:_TOLD]
        return MeasuredSpeed.of(json.loads(output.read_text(encoding="utf-8")))


def _sampled(campaign: Campaign) -> str:
    """Some rows of every raw set that can be read, as lines of exported rows."""
    repository = DataRepository(campaign.task.repository_folder)
    seed = campaign.state.settings.seed
    lines: list[str] = []
    for name in repository.names():
        with suppress(FtassistError):  # told where a trial loads it
            card = repository.card(name)
            found = repository.table(name, "drop").good
            drawn = random.Random(f"{seed}:{name}").sample(found, min(ROWS, len(found)))
            for each in drawn:
                row = chat_row(
                    each.row, card.fields, source=name, number=each.number, where=each.where
                )
                line = {key: row[key] for key in ("id", "source", "messages")}
                lines.append(json.dumps(line, ensure_ascii=False))
    random.Random(seed).shuffle(lines)
    return "".join(f"{line}\n" for line in lines)


def measure_training(rows: Path, model: str, *, steps: int = STEPS) -> MeasuredSpeed:
    """What a short training with these rows measures.

    Args:
        rows: A file of exported rows, with the set of each as its `source`.
        model: The base.
        steps: Optimizer steps; the first is not counted.

    Raises:
        DataError: There are too few rows for two steps.
    """
    import torch

    from ftassist.recipes import train

    lengths = _lengths(list(read_jsonl(rows)), model)
    mean = sum(map(sum, lengths.values())) / max(1, sum(map(len, lengths.values())))
    batch = _batch(mean, torch.cuda.is_available())
    with tempfile.TemporaryDirectory(prefix="ftassist-speed-") as folder:
        output = Path(folder) / "model"
        result = train.sft(
            model, rows, output, learning_rate=RATE, epochs=1, batch_size=batch, method="lora",
            rank=RANK, max_length=_longest(model), max_steps=steps, validation_share=0.0,
        )  # fmt: skip
        curve = [row for row in read_jsonl(Path(folder) / "metrics.jsonl") if "loss" in row]
        shape = _shape(output, model)
    if len(curve) < 2 or curve[-1]["seconds"] <= curve[0]["seconds"]:
        raise DataError(
            f"{sum(map(len, lengths.values()))} rows are too few to measure a training with",
            where=str(rows),
            fix="give more rows",
        )
    tokens = curve[-1]["tokens"] - curve[0]["tokens"]
    seconds = curve[-1]["seconds"] - curve[0]["seconds"]
    return replace(
        shape,
        tokens_a_second=round(tokens / seconds, 3),
        fixed_seconds=round(sum(result.seconds.get(name, 0.0) for name in FIXED), 3),
        tokens_a_row={name: round(sum(n) / len(n), 2) for name, n in sorted(lengths.items())},
        batch_size=batch,
        method=result.method,
        rank=RANK,
        device=result.device,
        precision=result.precision,
        peak_memory=result.peak_memory,
        load=round(os.getloadavg()[0], 2),
    )


def _longest(model: str) -> int:
    """Tokens after which a row is cut: what the base reads, at most 2,048."""
    from ftassist.models import ready
    from ftassist.models.loading import load_config

    read = getattr(load_config(ready(model)).get_text_config(), "max_position_embeddings", None)
    return min(int(read or 2_048), 2_048)


def _batch(tokens: float, on_gpu: bool) -> int:
    """Rows of a pass: the usual number, on a CPU fewer where they are long."""
    return BATCH if on_gpu else max(1, min(BATCH, int(PASS_TOKENS / max(1.0, tokens))))


def _lengths(rows: list[dict[str, Any]], model: str) -> dict[str, list[int]]:
    """Tokens of each row as the base's template writes it, by set."""
    from ftassist.recipes.models import load_tokenizer
    from ftassist.recipes.tokens import count_tokens

    counted = count_tokens([row["messages"] for row in rows], load_tokenizer(model))
    found: dict[str, list[int]] = defaultdict(list)
    for row, length in zip(rows, counted, strict=True):
        found[str(row["source"])].append(length)
    return dict(found)


def _shape(trained: Path, model: str) -> MeasuredSpeed:
    """Sizes of the base that settings depend on."""
    from ftassist.models import ready
    from ftassist.models.loading import load_config

    config = load_config(ready(model)).get_text_config()
    record = json.loads((trained / "training.json").read_text(encoding="utf-8"))
    return MeasuredSpeed(
        architecture=str(config.model_type),
        width=int(config.hidden_size),
        layers=int(config.num_hidden_layers),
        parameters_trained=int(record["parameters_trained"]),
    )


def main(arguments: list[str] | None = None) -> int:
    """Measures, and writes the result; see the module."""
    rows, model, output = arguments or sys.argv[1:4]
    die_with_parent(os.getppid())
    write_json(Path(output), measure_training(Path(rows), model).to_dict())
    return 0


if __name__ == "__main__":
    sys.exit(main())
