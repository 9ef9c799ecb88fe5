"""The best trial first, and failed ones are mended by lot: AIDE's search after its drafts.

As published (Jiang et al., arXiv 2502.13138, and its code): with a debug probability, one failed
leaf, drawn by lot, is gone on from, so that the agent mends it; else the best trial grows. A leaf
at the end of more failed attempts in a row than `DEPTH` is given up. The lots are drawn by seed
and by how many trials there are, so the same tree gets the same answer.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import ClassVar

from ftassist.search.greedy import Greedy
from ftassist.search.policy import Choice, SearchTree, TreeNode

PROBABILITY = 0.5
"""Of mending a failed leaf where there is one, as published."""
DEPTH = 3
"""Failed attempts in a row at most, as published."""


@dataclass(frozen=True)
class AIDE:
    """Best-first search with debug draws."""

    seed: int = 0
    probability: float = PROBABILITY
    name: ClassVar[str] = "aide"
    in_parts: ClassVar[bool] = False
    mends: ClassVar[bool] = True

    def choose(self, tree: SearchTree, slots: int) -> list[Choice]:
        """Failed leaves that the lot falls on, each once, and the best trials for the others."""
        if slots < 1 or not tree.root.expandable:
            return []
        leaves = failed_leaves(tree)
        # A text seed is hashed the same way in every process, unlike hash().
        draws = random.Random(f"{self.seed}:{len(tree)}:{len(leaves)}")
        mended: list[Choice] = []
        for _ in range(slots):
            if leaves and draws.random() < self.probability:
                leaf = leaves.pop(draws.randrange(len(leaves)))
                mended.append(self._mending(leaf, len(leaves) + 1))
        grown = Greedy().choose(tree, slots - len(mended))
        left = f"; {len(leaves)} failed leaves, and the lot was for the best one" if leaves else ""
        return mended + [replace(choice, reason=choice.reason + left) for choice in grown]

    def _mending(self, leaf: TreeNode, among: int) -> Choice:
        reason = (
            f"{leaf.id} failed and is to be mended: drawn with probability {self.probability:g}, "
            f"out of {among} failed leaves"
        )
        return Choice(leaf.id, reason, instead="the best trial grows where the lot falls on it")


def failed_leaves(tree: SearchTree) -> list[TreeNode]:
    """Failed trials that nothing was grown from and that are not at the end of their attempts."""
    found = []
    for node in tree.nodes[1:]:
        if node.status != "failed" or any(c.status != "vetoed" for c in tree.children(node.id)):
            continue
        row, above = 1, tree.node(node.parent or "")
        while above.status == "failed" and row <= DEPTH:
            row, above = row + 1, tree.node(above.parent or "")
        if row <= DEPTH:
            found.append(node)
    return found
