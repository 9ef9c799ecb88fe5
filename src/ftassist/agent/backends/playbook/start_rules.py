"""Rules for the first plan: which raw sets; how many rows and steps, `first_size` says.

Apply only where there is nothing to change yet: from the untouched base model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ftassist.agent.backends.playbook.first_size import Size, fair_share, first_size, settings
from ftassist.agent.backends.playbook.rule import Edit, Finding, Prior
from ftassist.agent.cells import render
from ftassist.agent.plan import EVALUATE, export_call, load_call, operator_call, sft_call
from ftassist.agent.sets import SetView
from ftassist.agent.situation import COVERED, GOOD, Situation
from ftassist.records.proposal import Evidence

START_SETS = 3
AS_GOOD = 0.03
"""Sets whose merits differ by this share at most are as good as each other."""


@dataclass(frozen=True)
class Start:
    """Begin with a few clean sets that show their work and cover the views.

    A first trial should be bold and easy to read: with few sets in the mix it stays clear which
    one helped, and of those it takes as many rows and steps as a fair share of the budget
    allows, since a timid start is made good by doublings that cost a trial each. Sets whose
    answers are the task's own are taken alone where there are any: a related set with other
    answers teaches to give answers that are none. Rows that show the steps teach a small
    model how to get to an answer; bare answers teach it to guess. Repeats and rows that leak
    evaluation items are taken out from the start, because neither can do any good.
    """

    name: ClassVar[str] = "start"
    prior: ClassVar[Prior] = Prior(0.3, 0.18)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """Up to three different mixes, the best first."""
        if not at.plan.empty or not at.sets:
            return []
        allowed = [s for s in at.sets.values() if s.name not in at.banned]
        own = [s for s in allowed if not s.foreign] or allowed
        mixes = [_cover(at, own), _top(own, START_SETS), _top(own, 1)]
        mixes += [[s] for s in _top(allowed, len(allowed))[1:]]
        findings, seen = [], set()
        for strength, mix in zip([1.0, 0.8, *[0.5] * len(mixes)], mixes, strict=False):
            names = tuple(sorted(s.name for s in mix))
            if names and names not in seen:
                seen.add(names)
                findings.append(_finding(at, mix, strength))
        return findings

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """The first plan: load, clean, export; train with the usual settings."""
        size: Size = finding.detail["size"]
        sets = dict(size.sets)
        training = settings(at, size.epochs, size.batch)
        calls = [load_call(sets), operator_call("deduplicate")]
        calls += [operator_call("decontaminate"), export_call()]
        cells = {
            "curate": render("curate", calls),
            "train": render("train", [sft_call(**training)]),
            "evaluate": render("evaluate", EVALUATE),
        }
        names = ", ".join(sets)
        return Edit(
            key=f"start:{'+'.join(sorted(sets))}",
            statement=f"{sum(sets.values())} rows of {names} teach the base model the task in "
            f"{size.epochs} epoch{'s' * (size.epochs > 1)}.",
            description=f"a first plan: {names}; {training['method']} training",
            side="both",
            cells=cells,
            after=", ".join(f"{name} {count}" for name, count in sets.items()),
        )


def _cover(at: Situation, allowed: Sequence[SetView]) -> list[SetView]:
    """The best set for each view (quality times likeness), at most `START_SETS` of them.

    Of many views each gets a set at once, be it a poor one: to add them one after another would
    cost a trial each.
    """
    views = sorted(at.context.task.views)
    many = len(views) > START_SETS + 1
    good, most = (0.0, len(views)) if many else (GOOD, START_SETS)
    chosen: list[tuple[float, SetView]] = []
    for view in views:
        fitting = [s for s in allowed if s.views.get(view, 0.0) >= COVERED and s.quality >= good]
        if fitting:
            best = _cheapest_of_the_best(fitting, view)
            if best not in [s for _, s in chosen]:
                chosen.append((best.quality * best.views[view], best))
    ranked = sorted(chosen, key=lambda pair: (-pair[0], pair[1].name))
    return [s for _, s in ranked[:most]] or _top(allowed, START_SETS)


def _cheapest_of_the_best(fitting: Sequence[SetView], view: str) -> SetView:
    """The best set for a view; of sets that are as good, the one whose rows are shorter."""
    merit = {s.name: s.quality * s.views[view] for s in fitting}
    least = (1.0 - AS_GOOD) * max(merit.values())
    alike = [s for s in fitting if merit[s.name] >= least]
    shortest = min(s.prompt_length for s in alike)
    return max(
        (s for s in alike if s.prompt_length == shortest), key=lambda s: (merit[s.name], s.name)
    )


def _top(allowed: Sequence[SetView], count: int) -> list[SetView]:
    """The sets of the best quality; those that are not good only where no other is left."""
    ranked = sorted(allowed, key=lambda s: (-s.quality, s.name))
    good = [s for s in ranked if s.quality >= GOOD]
    return (good or ranked)[:count]


def _finding(at: Situation, mix: Sequence[SetView], strength: float) -> Finding:
    size = first_size(at, mix)
    reasons = "; ".join(_merits(s) for s in mix)
    score = at.parent.score
    evidence = [Evidence(at.parent.id, "score of the untouched model", score)]
    if at.wrong is not None:
        evidence.append(
            Evidence(at.parent.id, "share of its answers that cannot be read", at.wrong.unparsable)
        )
    cause = f"The base model has not seen the task. By their profiles: {reasons}.{_pace(at)}"
    return Finding(cause, tuple(evidence), strength, "+".join(size.sets), {"size": size})


def _pace(at: Situation) -> str:
    """What the size rests on, in words."""
    tokens = at.context.speed.tokens_a_second
    if not tokens:
        return ""
    return (
        f" A few steps trained {tokens:.0f} tokens a second here, and a fair share of the "
        f"time left is {fair_share(at):.0f} s a trial: so many rows and epochs fit."
    )


def _merits(chosen: SetView) -> str:
    covers = [view for view, share in chosen.views.items() if share >= COVERED]
    flaws = f"; but {', '.join(chosen.flaws)}" if chosen.flaws else ""
    about = f", about {', '.join(covers)}" if covers else ""
    return (
        f"{chosen.name} shows work in {chosen.worked:.0%} of rows, "
        f"{chosen.unique} of {chosen.rows} rows are unique{about}{flaws}"
    )
