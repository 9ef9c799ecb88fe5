"""What a trial tried and was refused, and how it was run again with another cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ftassist.records.record import Record


@dataclass(frozen=True, slots=True)
class Refusal(Record):
    """Something that a trial tried and may not do."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"stage", "by"})

    class_: str = ""
    """One of class INVALID is a cheat, and makes the trial invalid however it ends."""
    what: str = ""
    """What it tried."""
    where: str = ""
    stage: str = ""
    """The stage it was seen in, where that is known."""
    by: str = ""
    """Who refused it: "evaluator", or "runner" for what the watch in the kernel saw."""

    @property
    def cheats(self) -> bool:
        """Whether it makes the trial invalid."""
        return self.class_ == "INVALID"


@dataclass(frozen=True, slots=True)
class Retry(Record):
    """A trial that is run again with another cell, since it was out of memory."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"peak_memory_mb", "cuda_peak_mb"})

    reason: str = ""
    stage: str = ""
    """The stage whose cell is another."""
    source: str = ""
    """The cell's new source."""
    change: str = ""
    """What is other in it."""
    peak_memory_mb: float | None = None
    """Highest resident memory of the kernel that failed, in MiB."""
    cuda_peak_mb: float | None = None
    """The most GPU memory that torch held there, in MiB."""
