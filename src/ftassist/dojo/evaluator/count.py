"""How many items of an evaluation are answered, in a file that faces show while it goes on.

One file an evaluator, because it evaluates one model at a time: rewritten a few times a second at
most, and removed when the evaluation is over. What matters is in the scores file and the journal.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ftassist.dojo.task import Split
from ftassist.errors import FtassistError
from ftassist.files import write_json

PROGRESS = "progress.json"
"""The file's name, in the folder of the item scores."""

EVERY_SECONDS = 0.5
"""How often it is written at most."""

Count = Callable[[int, int], None]
"""Told of the items answered, and of how many there are."""


@contextmanager
def counted(folder: Path, trial: str, split: Split) -> Iterator[Count]:
    """Gives a function that writes how far an evaluation has come; the file goes at its end.

    Args:
        folder: The folder of the item scores.
        trial: Whose model is evaluated.
        split: On which split.
    """
    started, written = time.time(), 0.0

    def count(done: int, of: int) -> None:
        nonlocal written
        now = time.monotonic()
        if now - written < EVERY_SECONDS and 0 < done < of:
            return
        written = now
        told = {"trial": trial, "split": split, "done": done, "of": of}
        with suppress(FtassistError):  # a full disk ends no evaluation for the sake of this file
            write_json(folder / PROGRESS, {**told, "started": started, "time": time.time()})

    try:
        yield count
    finally:
        with suppress(OSError):
            (folder / PROGRESS).unlink(missing_ok=True)
