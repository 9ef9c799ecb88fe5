"""What the evaluator told about a trial's model, as the journal tells.

One that the evaluator makes itself is a `dojo.feedback.Feedback`, of which all is known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

from ftassist.records.metric import Metric
from ftassist.records.record import Record

ReadingRow = tuple[str, str, int, float, int, int]
"""View, third of it by length of the prompt, items, mean score, unreadable, cut off."""


@dataclass(frozen=True, slots=True)
class Measured(Record):
    """A score with its 95 % interval, over n items."""

    score: float
    low: float
    high: float
    n: int

    @property
    def headline(self) -> Measured:
        """The score with its interval alone, without what else is told with it."""
        return Measured(self.score, self.low, self.high, self.n)


@dataclass(frozen=True, slots=True)
class MeasuredByView(Measured):
    """A score over some items, the same for each view, and how the answers could be read."""

    views: Mapping[str, Measured]
    parse_rate: float
    """Share of the items with a readable answer."""
    truncation_rate: float
    """Share of them that hit the limit of new tokens without an end token."""

    @property
    def by_view(self) -> MeasuredByView:
        """The score, its views and the rates, without what else is told with them."""
        shares = self.views, self.parse_rate, self.truncation_rate
        return MeasuredByView(self.score, self.low, self.high, self.n, *shares)

    @property
    def parts(self) -> dict[str, Measured]:
        """The score over all items, then that of each view."""
        return {"all items": self, **self.views}

    @property
    def view_scores(self) -> dict[str, float]:
        """The score of each view."""
        return {name: float(view.score) for name, view in self.views.items()}


@dataclass(frozen=True, slots=True)
class WrongItem(Record):
    """A wrong answer, for a person or an agent to learn from."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"label"})

    id: str = ""
    view: str = ""
    prompt: str = ""
    gold: str = ""
    output: str = ""
    label: str = ""
    """The label of the closed answer set that was given and is wrong; "" for another text."""


@dataclass(frozen=True, slots=True)
class Confusion(Record):
    """What was given for what, in a view with a closed answer set."""

    given: Mapping[str, Mapping[str, int]]
    """{right answer: {answer given: count}}."""
    commonest: float
    """The share of its most frequent right answer: what saying nothing else gets."""


@dataclass(frozen=True, slots=True)
class ConfusedPair(Record):
    """What was given for what, how often, in a closed answer set of many labels."""

    right: str
    """"(any)" where the answer given is no label."""
    given: str
    count: int
    share: float
    """Of the items with that right answer."""


@dataclass(frozen=True, slots=True)
class Diagnosis(Record):
    """How answers came out, counted; false where nothing was."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"pairs"})

    reading: tuple[ReadingRow, ...] = ()
    """What could be read, by view and length of the prompt."""
    confusion: Mapping[str, Confusion] = field(default_factory=dict)
    """By view, of those with a closed answer set of a few labels."""
    pairs: tuple[ConfusedPair, ...] = ()
    """Of a closed answer set of many, the most frequent first."""

    def __bool__(self) -> bool:
        """Whether anything was counted."""
        return bool(self.reading or self.confusion or self.pairs)


NO_DIAGNOSIS = Diagnosis()


@dataclass(frozen=True, slots=True)
class TrialFeedback(MeasuredByView):
    """What the evaluator told about a trial's model; false before it did.

    Where a part of the validation items is there to be shown, the wrong items are from that part,
    and headline, views, metrics and rates are over the others.
    """

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset(
        {
            "task", "split", "metric", "generated_tokens", "model_digest", "evaluator_digest",
            "scores_digest", "metrics", "strict", "shown", "rung", "diagnosis",
        }
    )  # fmt: skip

    score: float = math.nan
    """The headline; not a number where nothing was told, as are its ends and the rates."""
    low: float = math.nan
    """Lower end of its 95 % interval (Wilson for 0/1 items, bootstrap otherwise)."""
    high: float = math.nan
    """Upper end."""
    n: int = 0
    """Items that the headline is over."""
    views: Mapping[str, Measured] = field(default_factory=dict)
    """The same for each view, in the same unit."""
    parse_rate: float = math.nan
    truncation_rate: float = math.nan
    wrong: tuple[WrongItem, ...] = ()
    """At most ten wrong items; none on the test split."""
    seconds: float = 0.0
    """Generation and scoring, without loading."""
    generated_tokens: int | None = None
    """Over all items."""
    task: str = ""
    """The task's key."""
    split: str = ""
    """"validation" or "test"."""
    metric: Metric | None = None
    """The headline metric."""
    model_digest: str = ""
    """Hash of the weights and of the configuration that gives them meaning."""
    evaluator_digest: str = ""
    """Hash of the evaluator's code and data, the same before and after."""
    scores_digest: str = ""
    """Hash of the file with the item scores, which lies outside the trial."""
    metrics: Mapping[str, Measured] = field(default_factory=dict)
    """Every metric of the task's scorer, by the official reading; empty without one."""
    strict: Mapping[str, float] = field(default_factory=dict)
    """The same metrics by the strict reading."""
    shown: MeasuredByView | None = None
    """How it did on the items that may be shown; None where all are shown and all select."""
    rung: float | None = None
    """How far the training had come, where the run was in part: the headline is then over a part
    of the items, and no score of the trial. None for a whole run."""
    diagnosis: Diagnosis = NO_DIAGNOSIS
    """How answers to the items that may be shown came out (`dojo/diagnosis.py`); false on the test
    split."""

    def __bool__(self) -> bool:
        """Whether the evaluator told anything."""
        return self.n > 0 or not math.isnan(self.score)

    @property
    def told(self) -> MeasuredByView:
        """What an agent is told views and rates from: the items it may see.

        All items where all are shown.
        """
        return self.shown or self

    def for_agent(self) -> Self:
        """The feedback as an agent gets it: views and rates are of the items that may be shown.

        Score, interval and headline metrics stay what the other items give.
        """
        if self.shown is None:
            return self
        return replace(
            self,
            views=self.shown.views,
            parse_rate=self.shown.parse_rate,
            truncation_rate=self.shown.truncation_rate,
            metrics={name: found for name, found in self.metrics.items() if "." not in name},
            strict={name: found for name, found in self.strict.items() if "." not in name},
        )

    @property
    def items(self) -> int:
        """Items that were scored: those of the headline, and those that may be shown."""
        return self.n + (self.shown.n if self.shown else 0)


NO_FEEDBACK = TrialFeedback()
