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
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ftassist.errors import FtassistError

SUPERVISED = "supervised.jsonl"
"""The same of supervised epochs that come before a method, whose own curve is `metrics.jsonl`."""
PAGE_BYTES = 4_000_000
"""Most bytes of a page: some twenty thousand steps."""
CURVE_BYTES = 4_000_000
"""Size of a file above which a whole curve is thinned."""
TAIL_BYTES = 65_536
LONGEST_LINE = 65_536
PIECES = 1_000
"""Places of a large file that are looked at for its curve."""
PIECE_ROWS = 5
"""Most rows taken at each of them."""


@dataclass(frozen=True)
class MetricsPage:
    """What a reader got.

    Attributes:
        rows: The new rows, oldest first.
        next: Where to read on from, in bytes: the `since` of the next call.
        skipped: Lines that were no rows.
        more: Whether there is more to read already.
    """

    rows: tuple[dict[str, Any], ...]
    next: int
    skipped: int = 0
    more: bool = False


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
        self.again({"stage": self.stage, **plain, "time": round(time.time(), 3)})

    def again(self, row: dict[str, Any]) -> None:
        """Adds a row as it was written before the training was interrupted."""
        try:
            self._file.write(json.dumps(row) + "\n")
            self._file.flush()
        except OSError as error:
            raise self._failed(error) from error

    def __enter__(self) -> MetricsWriter:
        """The writer itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the file."""
        self._file.close()

    def _failed(self, error: OSError) -> FtassistError:
        return FtassistError(
            f"cannot write {self.path.name}: {error.strerror}",
            where=str(self.path),
            fix="check that the disk is not full and the folder is writable, then try again",
        )


def read_metrics(path: Path, since: int = 0, limit: int = PAGE_BYTES) -> MetricsPage:
    """Reads the rows of a training curve that are complete, a page at a time (see `page_of`).

    Args:
        path: The file; one that is not there yet has no rows.
        since: Where to read on from, in bytes.
        limit: Most bytes of a page.
    """
    try:
        with path.open("rb") as file:
            return page_of(file, since, limit)
    except OSError:
        return MetricsPage((), 0)


def page_of(file: IO[bytes], since: int = 0, limit: int = PAGE_BYTES) -> MetricsPage:
    """Reads a page of an open training curve.

    A line that is no JSON object, or longer than 64 KiB, is skipped and counted: a curve is for
    looking at, and a cell can write what it likes. Numbers that are not finite become None.

    Args:
        file: The curve.
        since: Where to read on from, in bytes; a file that has become shorter (a new training
            began) is read from its start.
        limit: Most bytes of a page.
    """
    size = file.seek(0, os.SEEK_END)
    start = since if since <= size else 0
    file.seek(start)
    raw = file.read(limit)
    more = size > start + len(raw)
    complete = raw[: raw.rfind(b"\n") + 1]
    if not complete and len(raw) == limit:  # one endless line
        return MetricsPage((), start + len(raw), skipped=1, more=more)
    lines = [line for line in complete.split(b"\n") if line.strip()]
    rows = tuple(row for line in lines if (row := _row(line)) is not None)
    return MetricsPage(rows, start + len(complete), len(lines) - len(rows), more)


def last_of(file: IO[bytes]) -> tuple[dict[str, Any], ...]:
    """The rows at the end of a training curve: what is enough to tell where it stands."""
    size = file.seek(0, os.SEEK_END)
    return page_of(file, max(0, size - TAIL_BYTES), TAIL_BYTES).rows


def curve_of(file: IO[bytes]) -> tuple[dict[str, Any], ...]:
    """A whole training curve, thinned evenly where its file is larger than a few pages.

    Takes about as long for a million lines as for ten thousand.
    """
    size = file.seek(0, os.SEEK_END)
    if size <= CURVE_BYTES:
        return page_of(file, 0, CURVE_BYTES).rows
    rows: list[dict[str, Any]] = []
    piece = CURVE_BYTES // PIECES
    for number in range(PIECES):
        start = number * (size - piece) // (PIECES - 1)
        rows += page_of(file, start, piece).rows[:PIECE_ROWS]
    return tuple(rows)


def _row(line: bytes) -> dict[str, Any] | None:
    """A row; None for a line that is none, such as one that was begun before the page."""
    if len(line) > LONGEST_LINE:
        return None
    try:
        row = json.loads(line, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict):
        return None
    return {key: _finite(value) for key, value in row.items()}


def _finite(value: Any) -> Any:
    """The value; None for a number that overflowed, such as 1e999."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
