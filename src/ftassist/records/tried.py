"""How cells went in a dry run: plain data, which loads no kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ftassist.records.record import Record

TOLD = 1200
"""Most characters of what was said."""


@dataclass(frozen=True, slots=True)
class Tried(Record):
    """How cells went in a dry run."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"stage", "failure", "message", "log"})

    passed: bool
    """Whether nothing speaks against them."""
    seconds: float
    """What it took."""
    settled: bool = True
    """Whether they ran to the end; what is not settled is not held against them."""
    stage: str = ""
    """Where they broke."""
    failure: str = ""
    """The class of the failure."""
    message: str = ""
    """What it said; of a run that settled nothing, why."""
    log: str = ""
    """The end of the traceback."""

    @classmethod
    def unsettled(cls, why: str, seconds: float = 0.0) -> Tried:
        """Nothing was found out."""
        return cls(True, round(seconds, 1), settled=False, message=why[:TOLD])
