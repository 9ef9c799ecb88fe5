"""Any scored trial, drawn by lot: the baseline every other policy has to beat.

The draw is seeded and depends on the tree's size, so the same tree gets the same answer and
a killed runner repeats itself. Does not look at scores.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import ClassVar

from ftassist.search.policy import Choice, SearchTree


@dataclass(frozen=True)
class Random:
    """Every scored trial is equally likely, each slot drawn on its own."""

    seed: int = 0
    name: ClassVar[str] = "random"
    in_parts: ClassVar[bool] = False

    def choose(self, tree: SearchTree, slots: int) -> list[Choice]:
        """As many draws as there are slots."""
        scored = tree.expandable
        if not scored:
            return []
        # A text seed is hashed the same way in every process, unlike hash().
        draws = random.Random(f"{self.seed}:{len(tree)}:{len(scored)}")
        reason = f"drawn by lot from {len(scored)} scored trials (seed {self.seed})"
        return [Choice(draws.choice(scored).id, reason) for _ in range(slots)]
