"""A proposal: one document that the journal, the faces and every backend share.

It is data only: nothing here decides what to propose. `agent.proposal.read_proposal` refuses a
document that is none.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Len

from ftassist.records.kinds import Also, Like
from ftassist.records.record import EVERY_FIELD, Record

BETTER = "better"
EQUAL = "equal"
CLAIMS = (BETTER, EQUAL)
Text = Annotated[str, Len(1, 4000)]
Side = Annotated[str, Also(enum=["data", "training"])]
_STAGES = ("curate", "train", "evaluate")
Cells = Annotated[
    Mapping[str, str],
    Also(
        required=[*_STAGES],
        additionalProperties=False,
        properties={stage: {"type": "string"} for stage in _STAGES},
    ),
]


@dataclass(frozen=True, slots=True)
class Evidence(Record):
    """A number of an earlier trial that a hypothesis rests on."""

    trial: str
    claim: Text
    value: float | None = None


@dataclass(frozen=True, slots=True)
class TrialHypothesis(Record):
    """A hypothesis as the journal tells it: false without one; an edit withdraws its prediction.

    One that is proposed is a `Hypothesis`, of which all is known.
    """

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"low", "high", "claims"})

    statement: str = ""
    changes: tuple[str, ...] = ()
    cause: str = ""
    evidence: tuple[Evidence, ...] = ()
    metric: str = ""
    low: float | None = None
    high: float | None = None
    refuted_if: str = ""
    claims: str = ""

    def __bool__(self) -> bool:
        """Whether there is one."""
        return self != NO_HYPOTHESIS

    @property
    def predicted(self) -> tuple[float, float] | None:
        """The predicted interval; None where nothing is predicted."""
        return None if self.low is None or self.high is None else (self.low, self.high)


NO_HYPOTHESIS = TrialHypothesis()


@dataclass(frozen=True, slots=True)
class Hypothesis(TrialHypothesis):
    """What is changed, why, and what should come of it."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset()

    statement: Annotated[str, Len(1, 300)]
    """One line a person can agree or disagree with."""
    changes: Annotated[tuple[Side, ...], Also(uniqueItems=True)]
    """"data", "training" or both; empty for a repetition."""
    cause: Text
    """The cause it supposes."""
    evidence: tuple[Evidence, ...]
    """What that rests on, by trial."""
    metric: str
    """The metric the prediction is about."""
    low: float
    """Predicted change of the metric against the parent, lower end (greater is better)."""
    high: float
    """The same, upper end."""
    refuted_if: Text
    """The result that would refute it."""
    claims: Annotated[str, Also(enum=[*CLAIMS])] = BETTER
    """"better" (it does something), or "equal" (it makes no difference)."""


@dataclass(frozen=True, slots=True)
class TrialChange(Record):
    """The one thing changed, as the journal tells it; false where that is not known."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"before", "after", "parts"})

    key: str = ""
    description: str = ""
    before: str = ""
    after: str = ""
    parts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether it is known."""
        return bool(self.key or self.description)


NO_CHANGE = TrialChange()


@dataclass(frozen=True, slots=True)
class Change(TrialChange):
    """The one thing changed."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset()

    key: Text
    """What a veto forbids, such as "train.learning_rate:up"."""
    description: Text
    before: str = ""
    after: str = ""
    parts: tuple[str, ...] = ()
    """Each single thing, where several are changed on purpose."""


@dataclass(frozen=True, slots=True)
class Estimate(Record):
    """What a trial is expected to cost; None where nothing is known yet, false for nothing."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"tokens"})

    seconds: float | None = None
    memory_mb: float | None = None
    cost_usd: float | None = None
    tokens: float | None = None
    """Tokens it trains on, each as often as it is seen."""

    def __bool__(self) -> bool:
        """Whether anything is known."""
        return self != NOTHING_KNOWN


NOTHING_KNOWN = Estimate()


@dataclass(frozen=True, slots=True)
class DryRun(Record):
    """How cells went on a few rows, before they cost a trial."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"why", "mended"})

    seconds: float
    settled: bool
    why: str = ""
    """Why it is not settled."""
    mended: tuple[str, ...] = ()
    """What broke before, each in a line."""


@dataclass(frozen=True, slots=True)
class Round(Record):
    """The round a proposal was asked for in."""

    at: int = 0
    """The event it was asked for with."""
    size: int = 1
    """How many proposals came of it."""
    of_: tuple[Any, ...] = ()
    """The questions: [parent, count, numbers] of each."""

    def __bool__(self) -> bool:
        """Whether there is one."""
        return self.at > 0


@dataclass(frozen=True, slots=True)
class Proposal(Record):
    """A trial nobody has decided on yet."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset(
        {"looked", "beside", "dry_run", "variant", "optimiser", "round", "why_not", "wish"}
    )

    parent: Annotated[str, Like("^t[0-9]{4,}$")]
    """The trial it starts from."""
    hypothesis: Hypothesis
    """What is claimed."""
    cells: Cells
    """The source of each stage."""
    change: Change
    """The one thing changed."""
    estimate: Estimate
    """Expected cost."""
    backend: Text
    """Who proposes it."""
    rule: str = ""
    """The playbook's rule, if one made it."""
    why_parent: str = ""
    """Why the policy chose this parent."""
    why_not: str = ""
    """Why it did not choose the runner-up; "" where there was none."""
    seed: Annotated[int, Ge(0)] = 0
    """Random seed of sampling and training; not a knob, the same for all trials."""
    follows: str = ""
    """How it follows the vetoes before it, in one line."""
    looked: tuple[str, ...] = ()
    """What was looked at before it was made, a few words each."""
    beside: str = ""
    """The proposal that it is an alternative to, where a person asked for one."""
    dry_run: DryRun | None = None
    """How its cells went before they cost a trial; None without one."""
    wish: Annotated[str, Len(0, 1000)] = ""
    """What it was asked for, in the words of who asked; "" where nobody did in words."""
    variant: Annotated[str, Also(enum=["bold", "cheap", "rival"])] = ""
    """What it is for in its round; "" for none of these."""
    optimiser: Mapping[str, Any] = field(default_factory=dict)
    """The values that an optimiser named, by parameter, where one did."""
    round: Round | None = None
    """The round it was asked for in; None where it was asked for alone."""


@dataclass(frozen=True, slots=True)
class TrialProposal(Record):
    """What was proposed as a trial, as the journal tells; false where nobody proposed it.

    One that a backend makes is a `Proposal`, of which all is known.
    """

    LEFT_OUT: ClassVar[Container[str]] = EVERY_FIELD

    parent: str = ""
    hypothesis: TrialHypothesis = NO_HYPOTHESIS
    cells: Mapping[str, str] = field(default_factory=dict)
    change: TrialChange = NO_CHANGE
    estimate: Estimate = NOTHING_KNOWN
    backend: str = ""
    rule: str = ""
    why_parent: str = ""
    why_not: str = ""
    seed: int | None = None
    follows: str = ""
    looked: tuple[str, ...] = ()
    beside: str = ""
    dry_run: DryRun | None = None
    wish: str = ""
    variant: str = ""
    optimiser: Mapping[str, Any] = field(default_factory=dict)
    round: Round | None = None
    retries: str = ""
    """The trial that ended and is tried again with an edit; "" for a new idea."""
    author: str = ""
    """Who edited it, as an actor; "" where the hypothesis is its backend's."""
    proposed: TrialProposal | None = None
    """Of an edited one, what its backend proposed."""

    def __bool__(self) -> bool:
        """Whether it was proposed."""
        return self != NOT_PROPOSED

    @property
    def first(self) -> TrialProposal:
        """What its backend proposed, before anybody edited it."""
        return self.proposed or self


NOT_PROPOSED = TrialProposal()
