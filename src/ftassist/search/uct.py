"""Tree search by upper confidence bounds: our reconstruction of TREX's search.

TREX (arXiv 2604.14116) describes a tree search over experiments in rounds of three to five
variants; its formula is not public. What stands here is ours, from what is standard: UCT (Kocsis
and Szepesvari, ECML 2006) on values normalised over the tree, an exploration that decays, and a
virtual loss for trials still under way. It takes scores at face value: a lucky one counts fully.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import ClassVar

from ftassist.search.policy import Choice, SearchTree, TreeNode

VARIANTS = 3
"""Children a trial gets, a round, before the search goes on below it."""
START, END, PACE = 1.4, 0.5, 15.0
"""The weight of exploration: from `START` down to `END`, by half the way in about ten trials."""


@dataclass
class _Branch:
    """What lies below a trial, itself included."""

    visits: int = 0
    value: float = 0.0


@dataclass(frozen=True)
class UCT:
    """Descends from the base to where a round of variants is not complete.

    A child's bound is `Q + c sqrt(ln N / n)`: Q the mean of the normalised scores below it (0 for
    the worst score of the tree, for a failure, and for a trial under way), N the visits of its
    parent, n its own, c falling with the number of trials.
    """

    variants: int = VARIANTS
    name: ClassVar[str] = "uct"
    in_parts: ClassVar[bool] = False

    def choose(self, tree: SearchTree, slots: int) -> list[Choice]:
        """One descent for each slot; what a slot was given counts as a loss for the next."""
        if not tree.root.expandable:
            return []
        children: dict[str, list[TreeNode]] = defaultdict(list)
        for node in tree.nodes[1:]:
            if node.status != "vetoed" and node.parent is not None:
                children[node.parent].append(node)
        parents = {node.id: node.parent for node in tree}
        branches = _branches(tree)
        weight = END + (START - END) * math.exp(-len(tree) / PACE)
        given: dict[str, int] = defaultdict(int)
        choices = []
        for _ in range(slots):
            parent, why, instead = self._descend(tree.root, children, branches, weight, given)
            choices.append(Choice(parent.id, why, instead=instead))
            given[parent.id] += 1
            _visit(branches, parents, parent.id, 0.0)
        return choices

    def _descend(
        self,
        root: TreeNode,
        children: dict[str, list[TreeNode]],
        branches: dict[str, _Branch],
        weight: float,
        given: dict[str, int],
    ) -> tuple[TreeNode, str, str]:
        """The trial whose round is not complete, why the search came there and not elsewhere."""
        node, why, instead = root, "", ""
        while True:
            below = [child for child in children[node.id] if child.expandable]
            made = len(children[node.id]) + given[node.id]
            if made < self.variants or not below:
                of = f"variant {made % self.variants + 1} of {self.variants} from {node.id}"
                return node, f"{of}{why or ', where the search begins'}", instead
            log = math.log(max(2, branches[node.id].visits))
            bounds = {}
            for child in below:
                branch = branches[child.id]
                explore = weight * math.sqrt(log / branch.visits)
                bounds[child.id] = (branch.value / branch.visits, explore)
            ranked = sorted(below, key=lambda child: -sum(bounds[child.id]))
            if len(ranked) > 1:
                value, explore = bounds[ranked[1].id]
                instead = (
                    f"the branch of {ranked[1].id} has the next bound: mean {value:.2f} + "
                    f"exploration {explore:.2f}"
                )
            node = ranked[0]
            value, explore = bounds[node.id]
            why = (
                f", whose branch has the highest upper bound of {len(below)}: "
                f"mean {value:.2f} + exploration {explore:.2f} ({branches[node.id].visits} visits)"
            )


def _branches(tree: SearchTree) -> dict[str, _Branch]:
    """Visits and summed normalised scores of each branch; vetoed trials are no visit."""
    scores = [node.score for node in tree if node.score is not None]
    low, span = min(scores), max(max(scores) - min(scores), 1e-12)
    found = {node.id: _Branch() for node in tree}
    for node in reversed(tree.nodes):  # children come after their parents
        branch = found[node.id]
        if node.status != "vetoed":
            branch.visits += 1
            branch.value += 0.0 if node.score is None else (node.score - low) / span
        if node.parent is not None:
            found[node.parent].visits += branch.visits
            found[node.parent].value += branch.value
    return found


def _visit(
    branches: dict[str, _Branch], parents: dict[str, str | None], trial: str, value: float
) -> None:
    """Counts one more visit on the way from a trial up to the base."""
    at: str | None = trial
    while at is not None:
        branches[at].visits += 1
        branches[at].value += value
        at = parents[at]
