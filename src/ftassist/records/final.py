"""How a search ends: the claim, and the openings of the sealed test split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from ftassist.records.baseline import ScoredBaseline
from ftassist.records.feedback import TrialFeedback
from ftassist.records.record import Record
from ftassist.records.verdict import NO_VERDICT, TrialVerdict


@dataclass(frozen=True, slots=True)
class Claim(Record):
    """The verdict over all seeds of the finalist against the base; false before there is one."""

    trial: str = ""
    """The finalist."""
    verdict: TrialVerdict = NO_VERDICT

    def __bool__(self) -> bool:
        """Whether there is one."""
        return self != NO_CLAIM


NO_CLAIM = Claim()


@dataclass(frozen=True, slots=True)
class Opening(Record):
    """An opening of the sealed test split."""

    trial: str
    """The trial it was opened for."""
    seq: int
    time: float
    """When, in seconds since 1970."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OpenedTest(Record):
    """What the test split said of a trial, its fresh seeds and the base."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"runs", "baselines"})

    scores: Mapping[str, TrialFeedback] = field(default_factory=dict)
    """By trial, the base among them."""
    verdict: TrialVerdict = NO_VERDICT
    """The trial against the base."""
    runs: tuple[str, ...] = ()
    """The trial, then its fresh seeds."""
    baselines: tuple[ScoredBaseline, ...] = ()
    """The strongest classical baseline, where the task has one."""
