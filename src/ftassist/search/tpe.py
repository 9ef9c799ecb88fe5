"""Numbers by Optuna's TPE, each trial grown from the one whose recipe is nearest.

For a search within one idea, where a recipe is a handful of numbers. Where a tree says no numbers,
it grows from the best trial as `greedy` does and leaves the numbers to the agent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from ftassist.search.greedy import Greedy
from ftassist.search.policy import Choice, SearchTree, TreeNode


@dataclass(frozen=True)
class TPE:
    """Optuna's tree-structured Parzen estimator over the tree's numbers."""

    seed: int = 0
    name: ClassVar[str] = "tpe"
    in_parts: ClassVar[bool] = False

    def choose(self, tree: SearchTree, slots: int) -> list[Choice]:
        """Numbers for each slot, and the trial they are fewest changes away from."""
        if slots < 1 or not tree.root.expandable:
            return []
        known = sum(node.expandable and bool(node.knobs) for node in tree)
        if not tree.space or not known:
            why = "; no numbers are known to optimise"
            greedy = Greedy().choose(tree, slots)
            return [replace(choice, reason=choice.reason + why) for choice in greedy]
        from ftassist.search.numbers import suggest

        found = suggest(tree.nodes, tree.space, slots, self.seed + 7919 * len(tree))
        return [self._choice(tree, numbers, known) for numbers in found]

    def _choice(self, tree: SearchTree, numbers: dict[str, float], known: int) -> Choice:
        def distance(node: TreeNode) -> tuple[int, float]:
            own = dict(node.knobs)
            changed = sum(own.get(name) != value for name, value in numbers.items())
            return changed, -(node.score or 0.0)

        node = min((node for node in tree.expandable if node.knobs), key=distance)
        own = dict(node.knobs)
        changed = ", ".join(
            f"{name} {value:g}" for name, value in numbers.items() if own.get(name) != value
        )
        reason = (
            f"TPE over {known} scored trials proposes {changed or 'the same numbers again'}; "
            f"{node.id} is the fewest changes away"
        )
        return Choice(node.id, reason, numbers=tuple(numbers.items()))
