"""`metrics.jsonl`: the training curve, one JSON object a step, written so that it can be tailed.

A row of training has: stage ("train"), step and steps (optimizer steps, from 1), loss (nats a
trained token), learning_rate, gradient_norm (before clipping), tokens (of all rows seen so far),
seconds (since training began), eta (seconds left), time (Unix). A row of validation has stage,
step, steps, eval_loss, time. The writer flushes every line; the reader leaves a half-written last
line for the next time. Knows nothing of trainers.
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from ftassist.errors import DataError, FtassistError


@dataclass(frozen=True)
class MetricsPage:
    """What a reader got.

    Attributes:
        rows: The new rows, oldest first.
        next: Where to read on from, in bytes: the `since` of the next call.
    """

    rows: tuple[dict[str, Any], ...]
    next: int


class MetricsWriter:
    """Writes a training curve; starts the file anew.

    Raises:
        FtassistError: The file cannot be written.

    Example:
        >>> with MetricsWriter(folder / "metrics.jsonl", stage="train") as metrics:  # doctest: +SKIP
        ...     metrics.write(step=1, steps=60, loss=2.31)
    """  # noqa: E501

    def __init__(self, path: Path, *, stage: str) -> None:
        self.stage = stage
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("w", encoding="utf-8")
        except OSError as error:
            raise self._failed(error) from error

    def write(self, **values: float | int | None) -> None:
        """Adds one row; a number that is not finite is written as null."""
        plain = {
            key: value if not isinstance(value, float) or math.isfinite(value) else None
            for key, value in values.items()
        }
        row = {"stage": self.stage, **plain, "time": round(time.time(), 3)}
        try:
            self._file.write(json.dumps(row) + "\n")
            self._file.flush()
        except OSError as error:
            raise self._failed(error) from error

    def __enter__(self) -> MetricsWriter:
        """The writer itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes the file."""
        self._file.close()

    def _failed(self, error: OSError) -> FtassistError:
        return FtassistError(
            f"cannot write {self.path.name}: {error.strerror}",
            where=str(self.path),
            fix="check that the disk is not full and the folder is writable, then try again",
        )


def read_metrics(path: Path, since: int = 0) -> MetricsPage:
    """Reads the rows of a training curve that are complete.

    Args:
        path: The file; one that is not there yet has no rows.
        since: Where to read on from, in bytes; a file that has become shorter (a new training
            began) is read from its start.

    Raises:
        DataError: A complete line is not a JSON object.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            start = since if since <= size else 0
            file.seek(start)
            raw = file.read()
    except FileNotFoundError:
        return MetricsPage((), 0)
    complete = raw[: raw.rfind(b"\n") + 1]
    rows = tuple(_row(line, path) for line in complete.splitlines() if line.strip())
    return MetricsPage(rows, start + len(complete))


def _row(line: bytes, path: Path) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise DataError(
            f"not valid JSON: {line[:60]!r}", where=str(path), fix="run the trial again"
        ) from error
    if not isinstance(row, dict):
        raise DataError(f"not a JSON object: {line[:60]!r}", where=str(path))
    return row
