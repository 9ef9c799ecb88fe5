"""How cells went in a dry run: plain data, which loads no kernel."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

TOLD = 1200
"""Most characters of what was said."""


@dataclass(frozen=True)
class Tried:
    """How cells went in a dry run.

    Attributes:
        passed: Whether nothing speaks against them.
        seconds: What it took.
        settled: Whether they ran to the end; what is not settled is not held against them.
        stage: Where they broke.
        failure: The class of the failure.
        message: What it said; of a run that settled nothing, why.
        log: The end of the traceback.
    """

    passed: bool
    seconds: float
    settled: bool = True
    stage: str = ""
    failure: str = ""
    message: str = ""
    log: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON, without its empty parts."""
        return {name: value for name, value in asdict(self).items() if value != ""}

    @classmethod
    def unsettled(cls, why: str, seconds: float = 0.0) -> Tried:
        """Nothing was found out."""
        return cls(True, round(seconds, 1), settled=False, message=why[:TOLD])
