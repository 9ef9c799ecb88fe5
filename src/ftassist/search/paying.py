"""What the seconds that are left pay for, where trials are run in parts.

A score at a rung is of use only on the way to a whole run. So no trial is begun, and none is run
on to a rung below its end, that the seconds left cannot bring to its end. The last part of a run
is begun as any policy begins a whole one: as long as there are seconds at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from statistics import median

from ftassist.search.policy import Choice, SearchTree, TreeNode


def whole_run(tree: SearchTree) -> float:
    """Seconds that a new trial is expected to take to its end; 0 while nothing tells.

    The median of what trials have cost, each as if it had come to its end.
    """
    ended = [node for node in tree.nodes[1:] if node.status in ("scored", "resting")]
    costs = [_whole(node) for node in ended if node.seconds > 0.0]
    return median(costs) if costs else 0.0


def under_way(tree: SearchTree) -> float:
    """Seconds that the runs under way are expected to take, from where each began."""
    going = [node for node in tree.nodes[1:] if node.status == "running"]
    done = [max((at.rung for at in node.partial), default=0.0) for node in going]
    whole = whole_run(tree)
    return sum(whole * max(0.0, node.rung - d) for node, d in zip(going, done, strict=True))


def new_runs(tree: SearchTree, slots: int, begun: Sequence[Choice] = ()) -> int:
    """How many of so many slots may begin a trial, beside what is run on.

    All of them where a person waits for a proposal.
    """
    if not tree.may_repeat:
        return slots
    left = _left(tree) - sum(_part(tree, choice) for choice in begun)
    whole, count = whole_run(tree), 0
    while count < slots and left >= whole:
        left -= tree.rungs[0] * whole
        count += 1
    return count


def paid(tree: SearchTree, wanted: Sequence[Choice]) -> list[Choice]:
    """Those of the promotions that the seconds left pay for, in their order.

    Where they pay for none, and no trial has come to its end or is on its way, the first goes to
    its end at once: a campaign that only has scores at rungs can recommend nothing.
    """
    left, found = _left(tree), []
    for choice in wanted:
        node = tree.node(choice.parent)
        needed = 0.0 if choice.rung >= 1.0 else _whole(node) * (1.0 - node.rung)
        if left > 0.0 and needed <= left:
            found.append(choice)
            left -= _part(tree, choice)
    going = any(node.status in ("scored", "running") for node in tree.nodes[1:])
    if found or going or not wanted:
        return found
    first = wanted[0].parent
    reason = (
        f"{first} is the best that rests, no trial has come to its end, and the {left:.0f} s that "
        "are left pay for no run in parts: it goes to its end at once"
    )
    return [Choice(first, reason, "promote")]


def _left(tree: SearchTree) -> float:
    return inf if tree.seconds_left is None else tree.seconds_left


def _whole(node: TreeNode) -> float:
    return node.seconds / node.rung


def _part(tree: SearchTree, choice: Choice) -> float:
    """Seconds from where a trial rests to where it goes on to."""
    node = tree.node(choice.parent)
    return _whole(node) * (choice.rung - node.rung)
