"""Always the best so far.

Grows from the trial with the highest shrunken score, so a single lucky score does not pull
the whole search to it. Does not explore: a branch that starts badly is left for good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from ftassist.search.best import contenders, ranking
from ftassist.search.policy import Choice, SearchTree, TreeNode


@dataclass(frozen=True)
class Greedy:
    """Best shrunken score first; parallel slots spread over trials that may be the best.

    A pending child counts as a slot already spent on its parent. Further slots go to the
    next-best contender with fewer pending children. A contender is a trial whose interval
    overlaps the leader's; where there is no other, the leader gets several children.
    """

    name: ClassVar[str] = "greedy"
    in_parts: ClassVar[bool] = False

    def choose(self, tree: SearchTree, slots: int) -> list[Choice]:
        """The contenders with the fewest pending children, best first."""
        found = ranking(tree)
        if not found:
            return []
        ranked = [node for node, _ in found]
        places = contenders(ranked)
        load = Counter(node.parent or "" for node in tree if node.pending)
        choices: list[Choice] = []
        for _ in range(slots):
            # min() keeps the first of equals, and contenders are ranked.
            place = min(places, key=lambda candidate: load[ranked[candidate].id])
            reason = _reason(ranked, place, load, found[place][1])
            choices.append(Choice(ranked[place].id, reason, instead=_instead(found, place, load)))
            load[ranked[place].id] += 1
        return choices


def _instead(found: Sequence[tuple[TreeNode, float]], place: int, load: Mapping[str, int]) -> str:
    """Why not the trial that is next by score, or the leader where that was passed over."""
    if len(found) < 2:
        return ""
    node, shrunken = found[0 if place else 1]
    if place:
        return f"{node.id} ({shrunken:.3f}) has {load[node.id]} children pending already"
    behind = found[0][1] - shrunken
    return f"{node.id} is next by shrunken score ({shrunken:.3f}), {behind:.3f} behind"


def _reason(
    ranked: Sequence[TreeNode], place: int, load: Mapping[str, int], shrunken: float
) -> str:
    """Why the trial at a place, in a sentence."""
    node, leader = ranked[place], ranked[0]
    if len(ranked) == 1:
        text = f"{node.id} is the only trial with a score"
    elif not place:
        text = f"{node.id} has the highest shrunken score ({shrunken:.3f}) of {len(ranked)} trials"
    else:
        return (
            f"{leader.id} already has {load[leader.id]} pending; {node.id} is number {place + 1} "
            f"by shrunken score ({shrunken:.3f}) and not clearly behind it"
        )
    waiting = load[node.id]
    return f"{text}; {waiting} of its children already pending" if waiting else text
