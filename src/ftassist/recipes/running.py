"""What every training shares: rows in, seconds, audits, the saved folder.

Knows no trainer and no loss.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.errors import DataError
from ftassist.files import hash_text, read_json, read_jsonl, write_json
from ftassist.recipes import audit
from ftassist.recipes.arguments import ADAPTERS, SftArguments, TrainResult
from ftassist.recipes.chat import check_row
from ftassist.recipes.saving import write_folder

if TYPE_CHECKING:
    from ftassist.recipes.models import LoadedModel

VALIDATION_ROWS = 64
"""Most rows held out for the validation loss; more would cost time and show no more."""


def read_rows(data: str | Path) -> list[dict[str, Any]]:
    """Reads and checks exported rows.

    Raises:
        DataError: There are none, or a row does not meet the schema (names the row).
    """
    path = Path(data) / "train.jsonl" if Path(data).is_dir() else Path(data)
    if not path.is_file():
        raise DataError(
            "there is no training data", where=str(path), fix="run the curate cell first"
        )
    rows = []
    for number, row in enumerate(read_jsonl(path), start=1):
        check_row(row, f"{path} row {number}")
        rows.append(row)
    if not rows:
        raise DataError("the training data is empty", where=str(path), fix="loosen the filters")
    return rows


def split_rows(count: int, share: float, seed: int) -> tuple[list[int], list[int]]:
    """Indices to train on and to hold out, both in order; at most 64 are held out."""
    size = min(int(count * share), VALIDATION_ROWS)
    held_out = set(random.Random(f"validation:{seed}").sample(range(count), size))
    kept = [index for index in range(count) if index not in held_out]
    return kept, sorted(held_out)


def identity(
    arguments: SftArguments,
    rows: Sequence[Mapping[str, Any]],
    base: str,
    more: Mapping[str, Any] | None = None,
) -> str:
    """What two runs of the same training share: arguments, rows and base model."""
    what = {k: v for k, v in asdict(arguments).items() if k not in ("model", "data", "output")}
    if what["layers"] is None:
        del what["layers"]  # as before there was such a choice
    if what["devices"] == 1:
        del what["devices"]
    texts = [json.dumps(row["messages"]) for row in rows]
    texts += [f"{row['id']} {row['untrained']}" for row in rows if row.get("untrained")]
    return hash_text(json.dumps({**what, **(more or {})}, sort_keys=True), base, *texts)


@dataclass
class Clock:
    """Seconds by phase."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Times what is inside."""
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - start
            self.seconds[name] = round(self.seconds.get(name, 0.0) + spent, 3)


@dataclass
class AuditLog:
    """`audit.json`: every check as soon as it is made; a failed one stops training."""

    path: Path
    checks: list[audit.Check] = field(default_factory=list)

    @classmethod
    def going_on(cls, path: Path) -> AuditLog:
        """One that keeps the checks that a training before wrote there."""
        known = read_json(path)["checks"] if path.is_file() else []
        return cls(path, [audit.Check(**check) for check in known])

    def add(self, check: audit.Check) -> None:
        """Writes a check down, then enforces it."""
        self.checks.append(check)
        write_json(self.path, {"checks": [each.to_dict() for each in self.checks]})
        check.enforce()


def save_result(
    model: Any,
    loaded: LoadedModel,
    result: TrainResult,
    arguments: Mapping[str, Any],
    validation_losses: Sequence[float],
    clock: Clock,
) -> None:
    """Saves weights, tokenizer and `training.json`; the folder appears whole or not at all."""
    extra: dict[str, Any] = {}
    if result.method in ADAPTERS:
        extra = {"save_embedding_layers": False, "selected_adapters": ["default"]}

    def write(folder: Path) -> None:
        with clock.phase("save"):
            model.save_pretrained(folder, **extra)
            loaded.tokenizer.save_pretrained(folder)
        record = {
            "arguments": dict(arguments),
            "base": loaded.location,
            "day": loaded.chats.day.isoformat(),
            "validation_losses": list(validation_losses),
            **{key: value for key, value in asdict(result).items() if key != "output"},
        }
        write_json(folder / "training.json", record)

    write_folder(Path(result.output).resolve(), write)
