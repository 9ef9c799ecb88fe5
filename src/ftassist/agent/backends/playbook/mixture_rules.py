"""Rules about which sets are in the mix, and how many rows of each.

They look at scores by view and at what lies unused in the data repository.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ftassist.agent.backends.playbook.edits import add_edit, capped, drop_edit, sets_edit
from ftassist.agent.backends.playbook.rule import Edit, Finding, Prior
from ftassist.agent.sets import SetView
from ftassist.agent.situation import COVERED, GOOD, Situation
from ftassist.records.proposal import Evidence

LAGGING = 0.08
"""A view this far below the mean of the others lags."""
CAUGHT_UP = 0.8
"""A view that gets rows of its own is expected to close this share of the gap."""
GROWTH = 1.75
"""Rows grow by this factor, or more where there are many times as many to be had."""
ENOUGH_ROWS = 2500
"""Rows after which more of the same promise little, unless the cap lies higher."""
UNLIKE = 0.3
"""A set of bare answers promises so much of its quality beside sets that show their work."""


@dataclass(frozen=True)
class WeakestView:
    """One view lags behind the others: give it rows of its own.

    The headline is a mean, so the view that lags has the most to give. Its cause is often plain:
    no set about it is in the mix, or too few rows of one.
    """

    name: ClassVar[str] = "weakest_view"
    prior: ClassVar[Prior] = Prior(0.08, 0.06)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """Sets about the view that lags: unused ones to add, used ones to take more of."""
        weakest = at.weakest_view
        if weakest is None or at.plan.curate is None:
            return []
        view, score, others = weakest
        sign = 1.0 if at.context.higher_is_better else -1.0
        gap = sign * (others - score)
        if gap < LAGGING * at.scale:
            return []
        share = _weight_of_view(at, view)
        found = [
            self._finding(at, s, view, score, others, share, "add")
            for s in at.unused
            if s.views.get(view, 0.0) >= COVERED and s.quality >= GOOD
        ]
        found += [
            self._finding(at, s, view, score, others, share, "more")
            for s in at.used
            if s.views.get(view, 0.0) >= COVERED
            and s.unique > 1.3 * at.limit(s.name)
            and s.quality >= GOOD
            and s.name not in at.banned
        ]
        return sorted(found, key=lambda f: -(f.expected or 0.0))

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """The set added, or twice its rows."""
        view = finding.detail["view"]
        if finding.detail["how"] == "add":
            return add_edit(at, finding.subject, f"it is about {view}, the weakest view")
        now = {name: at.limit(name) for name in at.plan.sets}
        more = min(2 * now[finding.subject], at.sets[finding.subject].rows)
        sets = capped({**now, finding.subject: more}, at.row_cap)
        return sets_edit(
            at,
            f"curate.load:more:{finding.subject}",
            f"Take more rows of {finding.subject}: it is about {view}, the weakest view.",
            f"{finding.subject} gets {sets[finding.subject]} rows",
            sets,
        )

    def _finding(
        self,
        at: Situation,
        chosen: SetView,
        view: str,
        score: float,
        others: float,
        share: float,
        how: str,
    ) -> Finding:
        specific = chosen.views[view] / sum(chosen.views.values())
        expected = CAUGHT_UP * abs(others - score) * share * chosen.quality
        expected *= (0.3 + 0.7 * specific) * (UNLIKE if _skips_work(at, chosen) else 1.0)
        if how == "more":
            expected *= 0.5 * max(0.2, 1.0 - 2.0 * at.share(chosen.name))
        evidence = (
            Evidence(at.parent.id, f"score of view {view}", score),
            Evidence(at.parent.id, "mean score of the other views", round(others, 4)),
        )
        has = f"{at.share(chosen.name):.0%} of the rows are" if how == "more" else "no row is yet"
        cause = (
            f"View {view} scores {score:.2f}, the others {others:.2f} on average; "
            f"{chosen.name} is about it (likeness {chosen.views[view]:.2f}) and {has} from it."
        )
        detail = {"view": view, "how": how}
        return Finding(cause, evidence, 1.0, chosen.name, detail, expected)


@dataclass(frozen=True)
class ExploreSet:
    """A good set nobody has tried yet: add it and see.

    Profiles count what can be counted; what a set teaches only a trial tells. One set at a time,
    so that its worth can be read off, on the whole and for each view. A set of bare answers beside
    sets that show their work promises little: it teaches to skip the steps.
    """

    name: ClassVar[str] = "explore_set"
    prior: ClassVar[Prior] = Prior(0.025, 0.04)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """Unused sets of good quality, the best first."""
        if at.plan.curate is None:
            return []
        return [
            Finding(
                f"{s.name} is unused: quality {s.quality:.2f} by its profile, "
                f"{s.unique} unique rows, work shown in {s.worked:.0%}"
                + (f"; but {', '.join(s.flaws)}." if s.flaws else "."),
                (Evidence(at.parent.id, "score without it", at.parent.score),),
                s.quality * (UNLIKE if _skips_work(at, s) else 1.0),
                s.name,
            )
            for s in at.unused
            if s.quality >= GOOD
        ]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """The set added."""
        return add_edit(at, finding.subject, "a good set that was not tried yet")


@dataclass(frozen=True)
class MoreRows:
    """Rows left over and room below the cap: train on more of the same.

    As long as the data are good, more different rows help, with diminishing returns; few
    rows seen often are learned by heart. It costs time in proportion.
    """

    name: ClassVar[str] = "more_rows"
    prior: ClassVar[Prior] = Prior(0.05, 0.04)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """How many rows are used of those there are."""
        if at.plan.curate is None or not at.used:
            return []
        asked = sum(at.limit(name) for name in at.plan.sets)
        there = sum(s.unique for s in at.used)
        reachable = min(at.row_cap, there)
        if reachable < 1.2 * asked or at.plan.operator("curate.sample"):
            return []
        strength = max(0.2, min(1.0, 1.3 - at.rows / max(ENOUGH_ROWS, at.row_cap)))
        evidence = (Evidence(at.parent.id, "training rows", float(at.rows)),)
        cause = (
            f"{at.rows} rows were trained on; these sets have {there}, the cap is {at.row_cap}."
        )
        return [Finding(cause, evidence, strength)]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """Each set's rows raised by three quarters, up to what it has and to the cap.

        Where that leaves a long way to go, half of it is gone at once, as a factor: from 1,000
        of 16,000 rows to 4,000.
        """
        asked = sum(at.limit(name) for name in at.plan.sets)
        reachable = min(at.row_cap, sum(s.unique for s in at.used))
        growth = max(GROWTH, math.sqrt(reachable / max(1, asked)))
        grown = {
            name: max(at.limit(name), min(round(at.limit(name) * growth), at.sets[name].unique))
            if name in at.sets
            else at.limit(name)
            for name in at.plan.sets
        }
        sets = capped(grown, at.row_cap)
        return sets_edit(
            at,
            "curate.load:rows:up",
            f"Train on {sum(sets.values())} rows of the same sets instead of {at.rows}.",
            f"{sum(sets.values())} rows instead of {sum(at.limit(n) for n in at.plan.sets)}",
            sets,
        )


@dataclass(frozen=True)
class EvenMix:
    """One set crowds the others out: give each view's sets the same number of rows.

    With rows in proportion to what happens to be there, the largest set is what is learned.
    """

    name: ClassVar[str] = "even_mix"
    prior: ClassVar[Prior] = Prior(0.03, 0.03)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """A set with more than twice its even share."""
        if at.plan.curate is None or len(at.plan.sets) < 2:
            return []
        even = 1.0 / len(at.plan.sets)
        largest = max(at.plan.sets, key=lambda name: (at.share(name), name))
        if at.share(largest) < max(0.5, 1.6 * even):
            return []
        evidence = (Evidence(at.parent.id, f"share of rows from {largest}", at.share(largest)),)
        cause = f"{largest} makes {at.share(largest):.0%} of the rows of {len(at.plan.sets)} sets."
        return [Finding(cause, evidence, at.share(largest), largest)]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """Each set the same number of rows, as far as it has them."""
        total = sum(at.limit(name) for name in at.plan.sets)
        each = total // len(at.plan.sets)
        sets: dict[str, int | None] = {
            name: min(each, at.sets[name].rows) if name in at.sets else each
            for name in at.plan.sets
        }
        return sets_edit(
            at,
            "curate.load:even",
            f"Give every set the same number of rows: {finding.subject} crowds the others out.",
            f"{each} rows of each set",
            sets,
        )


@dataclass(frozen=True)
class LeaveOneOut:
    """Which set carries the score? Leave the most doubtful one out and see.

    An ablation seldom raises the score, but it tells what a set is worth, and now and then a set
    turns out to have been in the way.
    """

    name: ClassVar[str] = "leave_one_out"
    prior: ClassVar[Prior] = Prior(0.0, 0.05)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """The sets of the mix that have flaws, the worst first."""
        if at.plan.curate is None or len(at.plan.sets) < 2:
            return []
        doubtful = sorted((s for s in at.used if s.flaws), key=lambda s: (s.quality, s.name))
        return [
            Finding(
                f"{s.name} is the doubtful set of the mix: {', '.join(s.flaws)}.",
                (Evidence(at.parent.id, f"share of rows from {s.name}", at.share(s.name)),),
                1.0,
                s.name,
                expected=0.02 * (1.0 - s.quality),
            )
            for s in doubtful
        ]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """The set out."""
        return drop_edit(at, finding.subject, "to see what it is worth")


@dataclass(frozen=True)
class HeedVeto:
    """A person named a set in a veto, and it is in the mix: take it out first.

    People know things that no profile shows. Their word comes before every measured gain.
    """

    name: ClassVar[str] = "heed_veto"
    prior: ClassVar[Prior] = Prior(0.0, 0.06)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """Banned sets that the plan loads."""
        return [
            Finding(
                f"{name} is in the mix and a person's veto speaks against it.",
                (Evidence(at.parent.id, f"share of rows from {name}", at.share(name)),),
                1.0,
                name,
                expected=1.0,
            )
            for name in at.plan.sets
            if name in at.banned and len(at.plan.sets) > 1
        ]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """The set out."""
        return drop_edit(at, finding.subject, "a person's veto speaks against it")


def _skips_work(at: Situation, chosen: SetView) -> bool:
    """Whether a set shows no work while most rows of the mix do."""
    worked = sum(at.share(s.name) * s.worked for s in at.used)
    return chosen.worked < 0.3 and worked > 0.5


def _weight_of_view(at: Situation, view: str) -> float:
    """The view's weight in the headline.

    A task's own scorer does not say how it weighs views: where the headline is their plain mean,
    each weighs the same.
    """
    views, items = at.parent.views, at.parent.view_items
    reduction = at.context.task.reduction
    even = reduction == "views" or not items.get(view)
    even = even or (reduction == "scorer" and at.parent.even_views)
    return 1.0 / max(1, len(views)) if even else items[view] / sum(items.values())
