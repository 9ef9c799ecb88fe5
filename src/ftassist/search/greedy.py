"""Always the best so far.

Grows from the trial with the highest shrunken score, so a single lucky score does not pull
the whole search to it. Does not explore: a branch that starts badly is left for good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from ftassist.search.best import ranking
from ftassist.search.policy import Choice, SearchTree, TreeNode


@dataclass(frozen=True)
class Greedy:
    """Best shrunken score first; parallel slots spread over trials that may be the best.

    A pending child counts as a slot already spent on its parent. Further slots go to the
    next-best contender with fewer pending children. A contender is a trial whose interval
    overlaps the leader's; where there is no other, the leader gets several children.
    """

    name: ClassVar[str] = "greedy"

    def choose(self, tree: SearchTree, slots: int) -> list[Choice]:
        """The contenders with the fewest pending children, best first."""
        found = ranking(tree)
        if not found:
            return []
        ranked = [node for node, _ in found]
        low = _bounds(ranked[0])[0]
        contenders = [
            place for place, node in enumerate(ranked) if not place or _bounds(node)[1] >= low
        ]
        load = Counter(node.parent or "" for node in tree if node.pending)
        choices: list[Choice] = []
        for _ in range(slots):
            # min() keeps the first of equals, and contenders are ranked.
            place = min(contenders, key=lambda candidate: load[ranked[candidate].id])
            reason = _reason(ranked, place, load, found[place][1])
            choices.append(Choice(ranked[place].id, reason))
            load[ranked[place].id] += 1
        return choices


def _bounds(node: TreeNode) -> tuple[float, float]:
    """The interval, or the bare score twice where there is none."""
    score = node.score if node.score is not None else float("-inf")
    return node.interval or (score, score)


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
