"""What the search would do next and what it believes, and what numbers of recipes seem worth."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from ftassist.records.kinds import TrialId, document


@document
class NextStep(TypedDict):
    """Something that would be done next."""

    action: Literal["grow", "repeat", "promote", "ablate"]
    """A proposal from the trial; the trial on a fresh seed, run further, or without a change."""
    trial: TrialId
    reason: str
    instead: str
    """Why not the runner-up; empty where there is none."""


@document
class Believed(TypedDict):
    """What is believed of a trial's true score."""

    trial: TrialId
    mean: float
    """Posterior mean of the true score."""
    low: float
    """Lower end of its 95 % interval."""
    high: float
    visits: int
    """Trials in its branch, itself included."""
    chance: float
    """The chance that it is the best of all."""


@document
class OnFront(TypedDict):
    """A trial that no other beats in every metric."""

    trial: TrialId
    values: dict[str, float]
    """What it got in each metric of the task, in the metric's own direction."""


@document
class WhatIf(TypedDict):
    """What the search policy would do next, and what is believed; nothing is done for it."""

    schema: Literal["ftassist/what-if/1"]
    policy: str
    """Whose choices these are."""
    own: str
    """The campaign's own policy."""
    policies: list[str]
    """Those that may be asked."""
    next: list[NextStep]
    """Best first; none where the policy waits."""
    recommended: TrialId | None
    """The trial the campaign would end with now."""
    tied: list[TrialId]
    """The trial that is taken, then those that cannot be told apart from it."""
    tied_sentence: str
    """The same in words; empty where there is nothing to choose among."""
    sure: list[str]
    """How sure one may be, and what one more seed or more items would buy, a sentence each."""
    front: list[OnFront]
    """The trials that no other beats in every metric; none where the task has only one."""
    front_sentence: str
    """The same in words; empty where there is none."""
    visible: float | None
    """The smallest difference between two trials of one run each that would be seen."""
    beliefs: list[Believed]
    """Of the scored trials, the best first; of more than 128 those the model is fitted to."""


@document
class KnobAxis(TypedDict):
    """A number of a recipe."""

    name: str
    log: bool
    """Whether it counts by orders of magnitude."""
    values: list[float]
    """What it was in each of the trials."""


@document
class KnobWorth(TypedDict):
    """What a number seems worth: its share of what the numbers explain."""

    name: str
    share: float
    low: float
    """Least of the middle 90 % over trials that are drawn again."""
    high: float


@document
class Knobs(TypedDict):
    """The numbers of the scored trials, and what each seems worth."""

    schema: Literal["ftassist/knobs/1"]
    trials: list[TrialId]
    """Scored trials whose numbers are known, in the order they were proposed."""
    scores: list[float]
    """Theirs, in the metric's own direction."""
    axes: list[KnobAxis]
    """The numbers, those that never varied too."""
    worths: list[KnobWorth]
    """By PED-ANOVA, the most important first; none where that cannot be told."""
    why_not: str
    """Why it cannot be told; empty where it can."""
