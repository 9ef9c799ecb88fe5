"""What a policy would do next, and what is believed of each trial, without doing anything.

The beliefs are those of `ftassist.search.beliefs`, whatever the policy: one yardstick to read all
of them by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ftassist.search.apart import Visible, chances_of_best, left_to_gain, tied_with, visible
from ftassist.search.best import Z_95, recommended, yardstick
from ftassist.search.policy import Choice, Policy, SearchTree

if TYPE_CHECKING:
    from ftassist.search.beliefs import Beliefs


@dataclass(frozen=True)
class Belief:
    """What is believed of a trial's true score (oriented: greater is better).

    Attributes:
        mean: Posterior mean.
        low: Lower end of the 95 % interval.
        high: Upper end of it.
        visits: Trials in its branch, itself included; vetoed ones do not count.
        chance: The chance that its true score is the highest of all.
    """

    trial: str
    mean: float
    low: float
    high: float
    visits: int
    chance: float


@dataclass(frozen=True)
class Outlook:
    """What would be done next.

    Attributes:
        policy: Whose choices these are.
        choices: What would be done, best first; none where the policy waits.
        recommended: The trial the campaign would end with now; None before anything is scored.
        yardstick: What it is the best by, in words.
        beliefs: Of the scored trials, by posterior mean, the highest first; of a large tree those
            the model is fitted to.
        tied: The trials that cannot be told apart from the one that is taken (the finalist, else
            the recommended one), which comes first; none before anything is scored.
        visible: The smallest difference that would be seen, now and with more seeds or items;
            None before anything is scored.
        left: How far the next trial may get above the best one; None before anything is scored.
    """

    policy: str
    choices: tuple[Choice, ...] = ()
    recommended: str | None = None
    yardstick: str = ""
    beliefs: tuple[Belief, ...] = ()
    tied: tuple[str, ...] = ()
    visible: Visible | None = None
    left: float | None = None


def look_ahead(
    policy: Policy, tree: SearchTree, slots: int = 1, finalist: str | None = None
) -> Outlook:
    """What a policy would do next with so many slots.

    Args:
        slots: How many trials may be chosen; 0 asks only for what is believed.
        finalist: The trial that was taken already, whatever the policy would take now.
    """
    if not tree.root.expandable:
        return Outlook(policy.name)
    from ftassist.search.beliefs import believe

    found = believe(tree)
    taken = recommended(policy, tree)
    return Outlook(
        policy.name,
        tuple(policy.choose(tree, slots)) if slots else (),
        taken,
        yardstick(policy),
        _beliefs(found, _visits(tree)),
        tied_with(found, finalist or taken),
        visible(found),
        left_to_gain(found),
    )


def _beliefs(found: Beliefs, visits: Mapping[str, int]) -> tuple[Belief, ...]:
    """What is believed of each trial, the highest mean first."""
    beliefs = []
    for place, (node, chance) in enumerate(zip(found.nodes, chances_of_best(found), strict=True)):
        mean = float(found.mean[place])
        half = Z_95 * max(0.0, float(found.covariance[place, place])) ** 0.5
        beliefs.append(Belief(node.id, mean, mean - half, mean + half, visits[node.id], chance))
    return tuple(sorted(beliefs, key=lambda belief: -belief.mean))


def _visits(tree: SearchTree) -> dict[str, int]:
    """Trials in each branch."""
    found = {node.id: 0 for node in tree}
    for node in reversed(tree.nodes):  # children come after their parents
        found[node.id] += node.status != "vetoed"
        if node.parent is not None:
            found[node.parent] += found[node.id]
    return found
