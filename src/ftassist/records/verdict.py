"""Whether a trial was better than another one, as the journal tells."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import ClassVar, Literal

from ftassist.records.record import EVERY_FIELD, Record

VerdictKind = Literal["better", "tied", "worse", "invalid"]


@dataclass(frozen=True, slots=True)
class TrialVerdict(Record):
    """A trial against another one, as far as that is known; false where nobody compared.

    One that was computed here is a `search.verdict.Verdict`, of which all is known.
    """

    LEFT_OUT: ClassVar[Container[str]] = EVERY_FIELD

    kind: VerdictKind | None = None
    """None where nobody compared."""
    against: str = ""
    """The trial it was compared with."""
    difference: float | None = None
    """Oriented: greater is better, whatever the metric's direction."""
    low: float | None = None
    """Lower end of the difference's 95 % interval."""
    high: float | None = None
    """Upper end of it."""
    p: float | None = None
    """Two-sided p-value of this comparison alone."""
    p_adjusted: float | None = None
    """The same, Holm-adjusted for the family."""
    family: int | None = None
    """Comparisons the campaign makes on these validation items."""
    n: int | None = None
    """Items compared."""
    method: str = ""
    """What computed it, in words; for an invalid trial, why it is invalid."""
    name: str = ""
    """What a baseline that it was compared with is called."""

    def __bool__(self) -> bool:
        """Whether there is a verdict."""
        return self.kind is not None


NO_VERDICT = TrialVerdict()
