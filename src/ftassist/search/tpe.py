"""Numbers by Optuna's TPE or CMA-ES, each trial grown from the one whose recipe is nearest.

For a search within one idea, where a recipe is a handful of numbers. Where a tree says no numbers,
it grows from the best trial as `greedy` does and leaves the numbers to the agent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from ftassist.search.greedy import Greedy
from ftassist.search.policy import Choice, Policy, SearchTree, TreeNode

if TYPE_CHECKING:
    from ftassist.search.numbers import Sampler


@dataclass(frozen=True)
class TPE:
    """Optuna's tree-structured Parzen estimator over the tree's numbers."""

    seed: int = 0
    name: ClassVar[str] = "tpe"
    in_parts: ClassVar[bool] = False
    sampler: ClassVar[Sampler] = "tpe"
    words: ClassVar[str] = "TPE"

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

        found = suggest(tree.nodes, tree.space, slots, self.seed + 7919 * len(tree), self.sampler)
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
            f"{self.words} over {known} scored trials proposes "
            f"{changed or 'the same numbers again'}; {node.id} is the fewest changes away"
        )
        return Choice(node.id, reason, numbers=tuple(numbers.items()))


@dataclass(frozen=True)
class CMA(TPE):
    """The covariance matrix adaptation evolution strategy, warm-started with the tree's trials."""

    name: ClassVar[str] = "cmaes"
    sampler: ClassVar[Sampler] = "cmaes"
    words: ClassVar[str] = "CMA-ES"


def chooses_numbers(policy: Policy) -> bool:
    """Whether a policy has an optimiser choose a recipe's numbers."""
    return isinstance(policy, TPE)
