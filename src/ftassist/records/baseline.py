"""What a classical model reaches on a task, without a language model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ftassist.records.record import Record


@dataclass(frozen=True, slots=True)
class ScoredBaseline(Record):
    """A baseline and what it reached on the items of a split."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"n"})

    key: str
    """Names its item scores: "baseline-words"."""
    name: str
    """In words: "bag of words"."""
    rows: int
    """Training rows it learned from."""
    labels: int
    """Different answers among these."""
    sets: tuple[str, ...]
    """The raw sets they are from."""
    score: float
    """The task's headline."""
    low: float
    """Lower end of its 95 % interval."""
    high: float
    """Upper end of it."""
    n: int | None = None
    """Items it was scored on; journals of older versions do not tell."""
    seconds: float = 0.0
    """To fit and to answer."""
    scores_digest: str = ""
    """Hash of the file with the item scores."""
