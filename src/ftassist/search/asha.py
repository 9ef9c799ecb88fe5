"""Partial runs by asynchronous successive halving (ASHA; Li et al., MLSys 2020).

A trial is first run to the lowest rung only. Whenever a slot is free, the best trial of a rung
that is among the best half of its rung, and was not run on yet, goes on to the next one, the
highest rungs first; where none is, a new trial is begun. Nothing is stopped for good: a trial
that rests is run on as soon as its rung has grown enough, and it is told how many of the others
are within the noise of the one that goes on. When there may be no new trials any more, or the
seconds left pay for none (`search.paying`), all that may be the best of their rung within their
noise go on, too. Where trials have one rung only, this is best-first.

A score at a rung is compared with others of that rung only: a tree holds it apart from scores
(`PartialScore`), so that nothing is grown from a trial that rests, and none is recommended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ftassist.search.best import bounds, ranking
from ftassist.search.greedy import Greedy
from ftassist.search.paying import new_runs, paid
from ftassist.search.policy import Choice, PartialScore, SearchTree, TreeNode

RUNGS = (0.25, 0.5, 1.0)
"""How far a campaign's trials are run at first and then on, as shares of a whole run."""
HALVING = 2
"""Of so many trials of a rung, one goes on."""


@dataclass(frozen=True)
class ASHA:
    """Promotes the best half of each rung; grows from the best trial that was run to its end."""

    name: ClassVar[str] = "asha"
    in_parts: ClassVar[bool] = True

    def choose(self, tree: SearchTree, slots: int) -> list[Choice]:
        """Promotions first, from the highest rung down, then new trials at the lowest rung."""
        if slots < 1 or not tree.root.expandable:
            return []
        grows = tree.may_grow and new_runs(tree, 1) > 0
        wanted = promotions(replace(tree, may_grow=grows)) if tree.may_repeat else []
        promoted = paid(tree, wanted)[:slots]
        if not grows:
            return promoted
        grown = Greedy().choose(tree, new_runs(tree, slots - len(promoted), promoted))
        first = tree.rungs[0]
        text = f"; run to {first:.0%} first" if first < 1.0 else ""
        new = [replace(c, rung=first, reason=c.reason + text, instead="") for c in grown]
        return [*promoted, *new]

    def recommend(self, tree: SearchTree) -> str | None:
        """The best by shrunken score of the trials that were run to their end."""
        found = ranking(tree)
        return found[0][0].id if found else None


@dataclass(frozen=True)
class Resting:
    """A trial that rests at a rung, and how it did there.

    Attributes:
        at: Its score there.
        behind: The trial that is clearly better there; "" for one that may be the best within its
            noise.
    """

    trial: str
    at: PartialScore
    behind: str = ""


def resting(tree: SearchTree, rung: float) -> list[Resting]:
    """The trials that rest at a rung, the best score first, the earlier one of equals."""
    there = _there(tree, rung)
    best = max(there, key=lambda found: found[1].score, default=None)
    found = [
        Resting(node.id, at, best[0].id if best and bounds(best[1])[0] > bounds(at)[1] else "")
        for node, at in there
        if node.status == "resting" and node.rung == rung
    ]
    return sorted(found, key=lambda rests: -rests.at.score)


def promotions(tree: SearchTree) -> list[Choice]:
    """The trials that go on, those of the highest rung first."""
    found = []
    for place in range(len(tree.rungs) - 2, -1, -1):
        rung, above = tree.rungs[place], tree.rungs[place + 1]
        ranked = resting(tree, rung)
        there = len(_there(tree, rung))
        free = max(0, there // HALVING - (there - len(ranked)))
        found += [_promotion(rests, ranked, above) for rests in ranked[:free]]
        if not tree.may_grow:
            late = [rests for rests in ranked[free:] if not rests.behind]
            found += [_late(rests, above) for rests in late]
    return found


def _there(tree: SearchTree, rung: float) -> list[tuple[TreeNode, PartialScore]]:
    """The trials that were scored at a rung, wherever they are now."""
    return [(node, at) for node in tree.nodes[1:] for at in node.partial if at.rung == rung]


def _promotion(rests: Resting, ranked: Sequence[Resting], above: float) -> Choice:
    low = bounds(rests.at)[0]
    near = sum(bounds(other.at)[1] >= low for other in ranked if other is not rests)
    reason = (
        f"{rests.trial} is the best of {len(ranked)} that rest at {rests.at.rung:.0%} and goes on "
        f"to {above:.0%}; {near} of the others are within its noise and may go on later"
    )
    return Choice(rests.trial, reason, "promote", rung=above)


def _late(rests: Resting, above: float) -> Choice:
    reason = (
        f"{rests.trial} may be the best of those at {rests.at.rung:.0%} within its noise, and "
        f"there are no new trials to run: it goes on to {above:.0%}"
    )
    return Choice(rests.trial, reason, "promote", rung=above)
