"""Whether a search may stop: the smallest visible effect exceeds what is left to gain.

A trial more would then cost its seconds and not be told apart from the best one, whatever it is.
Only policies that go by these beliefs say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from ftassist.errors import UnknownNameError
from ftassist.records.stopping import StoppingMode
from ftassist.search.policy import Policy, SearchTree

FEWEST = 6
"""Scored trials, the base not counted, before anything is said of what is left to gain."""


@dataclass(frozen=True)
class Enough:
    """What a search stops for.

    Attributes:
        visible: The smallest difference between two trials of one run each that would be seen.
        left: How far the next trial may get above the best one, at most (95 %).
        trials: Scored trials, the base not counted.
    """

    visible: float
    left: float
    trials: int

    @property
    def reason(self) -> str:
        """The same in a sentence."""
        return (
            f"the smallest visible effect ({self.visible:.3f}) exceeds what is left to gain: by "
            f"the steps of {self.trials} scored trials the next one gets at most {self.left:.3f} "
            "above the best (95 %)"
        )


def checked_stopping(mode: str) -> str:
    """The setting, if it can be one; "" stands for the usual.

    Raises:
        UnknownNameError: There is no such setting.
    """
    modes = get_args(StoppingMode)
    if mode and mode not in modes:
        raise UnknownNameError.of("way of stopping", mode, modes)
    return mode


def stops(policy: Policy) -> bool:
    """Whether a policy ever says that a search may stop."""
    return bool(getattr(policy, "stops", False))


def enough(policy: Policy, tree: SearchTree) -> Enough | None:
    """What the search may stop for now; None where it goes on."""
    scored = sum(node.expandable for node in tree.nodes[1:])
    if not stops(policy) or scored < FEWEST or not tree.root.expandable:
        return None
    from ftassist.search.apart import left_to_gain, visible
    from ftassist.search.beliefs import believe

    beliefs = believe(tree)
    seen, left = visible(beliefs).now, left_to_gain(beliefs)
    return Enough(seen, left, scored) if seen > left else None
