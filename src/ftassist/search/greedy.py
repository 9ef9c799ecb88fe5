"""Always the best so far.

Grows from the trial with the highest shrunken score, so a single lucky score does not pull
the whole search to it. Does not explore: a branch that starts badly is left for good.
"""

from __future__ import annotations

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
        shrunken = {node.id: value for node, value in ranking(tree)}
        ranked = [tree.node(trial) for trial in shrunken]
        if not ranked:
            return []
        contenders = [node for node in ranked if _overlaps(node, ranked[0])]
        load = {node.id: tree.pending_children(node.id) for node in contenders}
        choices: list[Choice] = []
        for _ in range(slots):
            # min() keeps the first of equals, and contenders are ranked.
            node = min(contenders, key=lambda candidate: load[candidate.id])
            choices.append(Choice(node.id, _reason(node, ranked, load, shrunken[node.id])))
            load[node.id] += 1
        return choices


def _overlaps(node: TreeNode, leader: TreeNode) -> bool:
    """Whether `node` may be as good as the leader, as far as their intervals tell."""
    return node is leader or _bounds(node)[1] >= _bounds(leader)[0]


def _bounds(node: TreeNode) -> tuple[float, float]:
    """The interval, or the bare score twice where there is none."""
    score = node.score if node.score is not None else float("-inf")
    return node.interval or (score, score)


def _reason(node: TreeNode, ranked: list[TreeNode], load: dict[str, int], shrunken: float) -> str:
    """Why this trial, in a sentence."""
    if len(ranked) == 1:
        text = f"{node.id} is the only trial with a score"
    elif node is ranked[0]:
        text = f"{node.id} has the highest shrunken score ({shrunken:.3f}) of {len(ranked)} trials"
    else:
        place = ranked.index(node) + 1
        leader = ranked[0]
        return (
            f"{leader.id} already has {load[leader.id]} pending; {node.id} is number {place} by "
            f"shrunken score ({shrunken:.3f}) and not clearly behind it"
        )
    waiting = load[node.id]
    return f"{text}; {waiting} of its children already pending" if waiting else text
