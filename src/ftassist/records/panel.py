"""What a model keeps of what its base could do: the general panel, as the journal tells."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from ftassist.records.record import EVERY_FIELD, Record


@dataclass(frozen=True, slots=True)
class PanelPart(Record):
    """The difference in one kind of question: how many both answered, and its 95 % interval."""

    n: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PanelDifference(Record):
    """A trial minus the base on the panel, and what follows (`statistics.noninferiority`)."""

    kind: Literal["kept", "lost", "unclear"]
    difference: float
    low: float
    """Lower end of its 95 % interval."""
    high: float
    """Upper end of it."""
    margin: float
    """The loss that does not matter."""
    views: Mapping[str, float] = field(default_factory=dict)
    """The difference in each view."""
    n: int | None = None
    """Questions that both answered; None in older journals."""
    parts: Mapping[str, PanelPart] = field(default_factory=dict)
    """How sure that is, by view; empty in older journals."""


@dataclass(frozen=True, slots=True)
class PanelScore(Record):
    """What a model got on the panel; false before it was asked, without a score if that failed."""

    LEFT_OUT: ClassVar[Container[str]] = EVERY_FIELD

    score: float | None = None
    low: float | None = None
    """Lower end of its 95 % interval."""
    high: float | None = None
    """Upper end of it."""
    n: int | None = None
    """Questions that it was asked."""
    size: int | None = None
    """Questions there are; None in older journals, which asked all."""
    views: Mapping[str, float] = field(default_factory=dict)
    """The score of each kind of question."""
    seconds: float | None = None
    digest: str = ""
    """Of the evaluator that asked."""
    against: PanelDifference | None = None
    """Against the base, of a trial."""
    failed: str = ""
    """Why it has no score."""

    def __bool__(self) -> bool:
        """Whether it was asked."""
        return self != NOT_ASKED


NOT_ASKED = PanelScore()
