"""A training of a few steps that measures how fast this machine trains a base on a task's rows.

    python -m ftassist.trial.micro_run ROWS.jsonl MODEL OUTPUT.json

It calls `train.sft` as a trial does, on real rows with the usual settings, and writes what it
measured as JSON: trained tokens a second after the first step, seconds of everything that does
not depend on the number of rows, and the tokens a row of each set has as the base's template
writes it. What is trained is thrown away.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from ftassist.errors import DataError
from ftassist.files import read_jsonl, write_json
from ftassist.isolation.ending import die_with_parent

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


def measure(rows: Path, model: str, *, steps: int = STEPS) -> dict[str, Any]:
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
    return {
        "tokens_a_second": round(tokens / seconds, 3),
        "fixed_seconds": round(sum(result.seconds.get(name, 0.0) for name in FIXED), 3),
        "tokens_a_row": {name: round(sum(n) / len(n), 2) for name, n in sorted(lengths.items())},
        "batch_size": batch,
        "method": result.method,
        "rank": RANK,
        "device": result.device,
        "precision": result.precision,
        "peak_memory": result.peak_memory,
        "load": round(os.getloadavg()[0], 2),
        **shape,
    }


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


def _shape(trained: Path, model: str) -> dict[str, Any]:
    """Sizes of the base that settings depend on."""
    from ftassist.models import ready
    from ftassist.models.loading import load_config

    config = load_config(ready(model)).get_text_config()
    record = json.loads((trained / "training.json").read_text(encoding="utf-8"))
    return {
        "architecture": str(config.model_type),
        "width": int(config.hidden_size),
        "layers": int(config.num_hidden_layers),
        "parameters_trained": int(record["parameters_trained"]),
    }


def main(arguments: list[str] | None = None) -> int:
    """Measures, and writes the result; see the module."""
    rows, model, output = arguments or sys.argv[1:4]
    die_with_parent(os.getppid())
    write_json(Path(output), measure(Path(rows), model))
    return 0


if __name__ == "__main__":
    sys.exit(main())
