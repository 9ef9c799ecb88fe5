"""What was decided on a trial, by whom and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from ftassist.records.proposal import TrialChange
from ftassist.records.record import Record
from ftassist.records.understanding import Understanding

DecisionKind = Literal["", "accept", "veto", "edit", "correct", "set aside", "undo veto", "stop"]


@dataclass(frozen=True, slots=True)
class Decision(Record):
    """A decision on a trial; false where there is none."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"stages", "prediction", "understood"})

    kind: DecisionKind = ""
    """What was decided; "correct" is another reading of a veto's reason."""
    actor: str = ""
    """Who decided: "person:<name>", "agent:<name>" or "runner"."""
    time: float = 0.0
    """When, in seconds since 1970."""
    reason: str = ""
    """Why; "" where nothing was said."""
    stages: tuple[str, ...] = ()
    """The stages whose cells an edit changed."""
    prediction: Mapping[str, float] = field(default_factory=dict)
    """{low, high} that a person predicted with an edit; empty without."""
    understood: Understanding | None = None
    """A veto's reason as it is read; None where it was not."""

    def __bool__(self) -> bool:
        """Whether anything was decided."""
        return bool(self.kind)

    @property
    def of_person(self) -> bool:
        """Whether a person decided."""
        return self.actor.startswith("person:")


NO_DECISION = Decision()


@dataclass(frozen=True, slots=True)
class GivenVeto(Record):
    """A veto that stands, with what it was about."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"understood"})

    trial: str
    reason: str
    """Why; "" where nothing was said."""
    actor: str
    """Who gave it."""
    change: TrialChange
    """What the trial would have changed."""
    understood: Understanding | None = None
    """The reason as it is read; None where it was not."""
