"""What a rule looks at: one trial to start from, its plan, its evidence and the raw sets.

Queries only, from a `Context`; nothing is proposed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from ftassist.agent.context import Context
from ftassist.agent.evidence import WrongAnswers
from ftassist.agent.loss_curve import LossCurve
from ftassist.agent.plan import SUPERVISED, Plan
from ftassist.agent.sets import SetView, read_sets
from ftassist.agent.trial_view import TrialView

COVERED = 0.35
"""A set is about a view when it has this share of the view's words."""
GOOD = 0.4
"""A set of at least this quality is worth a trial."""


@dataclass(frozen=True)
class Situation:
    """A trial to start from, and what is known around it.

    Attributes:
        context: What the campaign knows.
        parent: The trial to start from.
        plan: Its cells.
        sets: The raw sets, judged.
        banned: Sets that people's vetoes keep out.
    """

    context: Context
    parent: TrialView
    plan: Plan
    sets: Mapping[str, SetView]
    banned: frozenset[str] = frozenset()

    @classmethod
    def of(cls, context: Context, parent: str) -> Situation:
        """The situation at a trial.

        Raises:
            UnknownNameError: The context does not describe it.
        """
        view = context.trial(parent)
        own = {name for one in context.baselines for name in one.sets}
        sets = read_sets(context.profiles, context.task, wrong_prompts(context), own)
        return cls(context, view, Plan.of(view.cells), sets)

    def moved(self, parent: str) -> Situation:
        """The same campaign, looked at from another trial."""
        view = self.context.trial(parent)
        return replace(self, parent=view, plan=Plan.of(view.cells))

    @property
    def row_cap(self) -> int:
        """The most training rows a trial may use."""
        return self.context.budget.rows

    @property
    def tiny(self) -> bool:
        """Whether the base model is the tiny one that ships."""
        return self.context.model in ("tiny", "")

    @property
    def headroom(self) -> float | None:
        """How far the score can still rise; None where the metric has no known top."""
        if not self.bounded or self.parent.score is None:
            return None
        return max(0.0, 1.0 - self.parent.score)

    @property
    def bounded(self) -> bool:
        """Whether the metric is a share of items between 0 and 1, more being better."""
        return self.context.task.metric.binary and self.context.higher_is_better

    @property
    def scale(self) -> float:
        """What one unit of a prior is worth in the metric: 1 for shares, else the base score."""
        if self.context.task.metric.binary:
            return 1.0
        return abs(self.context.base) if self.context.base else 1.0

    @property
    def supervised(self) -> bool:
        """Whether it learns the rows' own answers, so that its loss and epochs are about them."""
        return self.plan.trainer in SUPERVISED

    @property
    def loss(self) -> LossCurve | None:
        """The loss curve of the trial to start from; None where it is not about the rows."""
        if not self.supervised:
            return None
        return self.parent.evidence.loss if self.parent.evidence else None

    @property
    def wrong(self) -> WrongAnswers | None:
        """Its classes of wrong answers."""
        return self.parent.evidence.wrong if self.parent.evidence else None

    @cached_property
    def mix(self) -> dict[str, int]:
        """Rows the trial trains on, by set: as counted, or as asked for where nothing was."""
        data = self.parent.evidence.data if self.parent.evidence else None
        asked = {
            name: min(limit, self.sets[name].rows) if limit is not None else self.sets[name].rows
            for name, limit in self.plan.sets.items()
            if name in self.sets
        }
        if data is None:
            return asked
        return {name: data.by_source.get(name, 0) for name in asked}

    @property
    def rows(self) -> int:
        """Rows the trial trains on."""
        data = self.parent.evidence.data if self.parent.evidence else None
        return data.rows if data else sum(self.mix.values())

    @property
    def used(self) -> list[SetView]:
        """The sets it loads, as far as they are profiled."""
        return [self.sets[name] for name in self.plan.sets if name in self.sets]

    @property
    def unused(self) -> list[SetView]:
        """The sets it does not load and nobody banned, the best first."""
        rest = [s for s in self.sets.values() if s.name not in self.plan.sets]
        free = [s for s in rest if s.name not in self.banned]
        return sorted(free, key=lambda s: (-s.quality, s.name))

    def share(self, name: str) -> float:
        """A set's share of the rows."""
        whole = sum(self.mix.values())
        return self.mix.get(name, 0) / whole if whole else 0.0

    def limit(self, name: str) -> int:
        """The rows of a set that the plan asks for."""
        limit = self.plan.sets.get(name, 0)
        rows = self.sets[name].rows if name in self.sets else 0
        return rows if limit is None else min(limit, rows) if rows else limit

    @property
    def weakest_view(self) -> tuple[str, float, float] | None:
        """(view, its score, mean of the other views) of the view that lags; None for none."""
        views = self.parent.views
        if len(views) < 2:
            return None
        sign = 1.0 if self.context.higher_is_better else -1.0
        view = min(views, key=lambda name: (sign * views[name], name))
        others = [score for name, score in views.items() if name != view]
        return view, views[view], sum(others) / len(others)

    @property
    def children(self) -> list[TrialView]:
        """What was already proposed from here."""
        return self.context.children(self.parent.id)


def wrong_prompts(context: Context) -> dict[str, list[str]]:
    """Prompts of the wrong answers shown so far, by view: how the evaluation words things."""
    found: dict[str, list[str]] = {}
    for view in context.trials.values():
        for item in view.wrong:
            prompts = found.setdefault(item.view, [])
            if item.prompt.quoted not in prompts:
                prompts.append(item.prompt.quoted)
    return found
