"""What a trial was predicted to change, against what came."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import ClassVar

from ftassist.records.record import EVERY_FIELD, Record


@dataclass(frozen=True, slots=True)
class TrialPrediction(Record):
    """A predicted interval and what was observed; false where nothing was predicted."""

    LEFT_OUT: ClassVar[Container[str]] = EVERY_FIELD

    low: float | None = None
    """Predicted change against the parent, lower end (greater is better)."""
    high: float | None = None
    """The same, upper end."""
    observed: float | None = None
    """The change that came; None before a verdict."""
    held: bool | None = None
    """Whether it lay within the interval."""
    refuted: bool | None = None
    """Whether it refutes the hypothesis; None in journals from before that was told."""

    def __bool__(self) -> bool:
        """Whether anything was predicted."""
        return self.low is not None and self.high is not None


NO_PREDICTION = TrialPrediction()
