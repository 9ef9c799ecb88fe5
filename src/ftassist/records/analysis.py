"""What the agent made of a trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ftassist.records.record import Record


@dataclass(frozen=True, slots=True)
class TrialAnalysis(Record):
    """A reading of a trial, no measurement; false before there is one."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"text"})

    text: str | None = None
    """What it says, numbers that are not in the record marked; None before there is one."""
    causes: tuple[str, ...] = ()
    """Supposed causes of what came."""
    try_next: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is one."""
        return self.text is not None


NO_ANALYSIS = TrialAnalysis()
