"""That a search ends before its budget does, since nothing that is left to gain would be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ftassist.records.record import Record

StoppingMode = Literal["stop", "wait", "never"]
"""What a campaign then does: go on to its end, wait for a person, or search on."""


@dataclass(frozen=True, slots=True)
class SearchStop(Record):
    """The end of a search before that of its budget; false without one."""

    reason: str = ""
    """Why, in a sentence."""
    visible: float = 0.0
    """The smallest difference between two trials that would be seen, in units of the score."""
    left: float = 0.0
    """How far the next trial might have got above the best one, at most (95 %)."""
    trials: int = 0
    """Scored trials that this rests on."""
    seen: int = 0
    """The sequence number that was decided on."""
    overruled: bool = False
    """Whether a person has had the search go on."""

    def __bool__(self) -> bool:
        """Whether the search was stopped, and nobody has had it go on."""
        return bool(self.reason) and not self.overruled


NOT_STOPPED = SearchStop()
