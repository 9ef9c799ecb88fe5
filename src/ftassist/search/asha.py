"""Partial runs by asynchronous successive halving (ASHA; Li et al., MLSys 2020).

A trial is first run to the lowest rung only. Whenever a slot is free, the best trial of a rung
that is among the best half of its rung, and was not run on yet, goes on to the next one, the
highest rungs first; where none is, a new trial is begun. Nothing is stopped for good: a trial
that rests is run on as soon as its rung has grown enough, and it is told how many of the others
are within the noise of the one that goes on. Where trials have one rung only, this is best-first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ftassist.search.best import contenders, ranking
from ftassist.search.greedy import Greedy
from ftassist.search.policy import Choice, SearchTree, TreeNode

HALVING = 2
"""Of so many trials of a rung, one goes on."""


@dataclass(frozen=True)
class ASHA:
    """Promotes the best half of each rung; grows from the best trial that was run furthest."""

    name: ClassVar[str] = "asha"

    def choose(self, tree: SearchTree, slots: int) -> list[Choice]:
        """Promotions first, from the highest rung down, then new trials at the lowest rung."""
        if slots < 1 or not tree.root.expandable:
            return []
        promoted = _promotions(tree)[:slots]
        grown = Greedy().choose(furthest(tree), slots - len(promoted))
        first = tree.rungs[0]
        text = f"; run to {first:.0%} first" if first < 1.0 else ""
        new = [replace(c, rung=first, reason=c.reason + text, instead="") for c in grown]
        return [*promoted, *new]

    def recommend(self, tree: SearchTree) -> str | None:
        """The best by shrunken score of the trials that were run to their end."""
        found = ranking(furthest(tree))
        return found[0][0].id if found else None


def furthest(tree: SearchTree) -> SearchTree:
    """The tree with only those scores that count: of whole runs; other trials are pending."""
    nodes = [node if node.rung >= 1.0 else _resting(node) for node in tree]
    return replace(tree, nodes=tuple(nodes))


def _resting(node: TreeNode) -> TreeNode:
    if node.status != "scored":
        return node
    # It rests below the top: no parent yet, and no slot is taken by it either.
    return replace(node, status="vetoed", score=None, interval=None)


def _promotions(tree: SearchTree) -> list[Choice]:
    """The trials that go on, those of the highest rung first."""
    found = []
    for place in range(len(tree.rungs) - 2, -1, -1):
        rung, above = tree.rungs[place], tree.rungs[place + 1]
        there = [node for node in tree.nodes[1:] if node.status == "scored" and node.rung >= rung]
        resting = [node for node in there if node.rung == rung]
        ranked = _ranked(resting)
        passed = sum(node.rung > rung for node in tree.nodes[1:])
        free = len(there) // HALVING - passed
        for node in ranked[: max(0, free)]:
            found.append(Choice(node.id, _reason(node, ranked, above), "promote", rung=above))
    return found


def _ranked(nodes: Sequence[TreeNode]) -> list[TreeNode]:
    """Trials of one rung, the best score first, the earlier one of equals."""
    return sorted(nodes, key=lambda node: -(node.score or 0.0))


def _reason(node: TreeNode, ranked: Sequence[TreeNode], above: float) -> str:
    near = len(contenders(ranked)) - 1
    return (
        f"{node.id} is the best of {len(ranked)} that rest at {node.rung:.0%} and goes on to "
        f"{above:.0%}; {near} of the others are within its noise and may go on later"
    )
