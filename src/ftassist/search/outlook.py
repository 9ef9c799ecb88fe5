"""What a policy would do next, and what is believed of each trial, without doing anything.

The beliefs are those of `ftassist.search.beliefs`, whatever the policy: one yardstick to read all
of them by.
"""

from __future__ import annotations

from dataclasses import dataclass

from ftassist.search.best import Z_95, recommended
from ftassist.search.policy import Choice, Policy, SearchTree


@dataclass(frozen=True)
class Belief:
    """What is believed of a trial's true score (oriented: greater is better).

    Attributes:
        trial: The trial.
        mean: Posterior mean.
        low: Lower end of the 95 % interval.
        high: Upper end of it.
        visits: Trials in its branch, itself included; vetoed ones do not count.
    """

    trial: str
    mean: float
    low: float
    high: float
    visits: int


@dataclass(frozen=True)
class Outlook:
    """What would be done next.

    Attributes:
        policy: Whose choices these are.
        choices: What would be done, best first; none where the policy waits.
        recommended: The trial the campaign would end with now; None before anything is scored.
        beliefs: Of the scored trials, by posterior mean, the highest first; of a large tree those
            the model is fitted to.
        visible: The smallest difference between two trials of one run each that would be seen.
    """

    policy: str
    choices: tuple[Choice, ...]
    recommended: str | None
    beliefs: tuple[Belief, ...]
    visible: float | None


def look_ahead(policy: Policy, tree: SearchTree, slots: int = 1) -> Outlook:
    """What a policy would do next with so many slots."""
    if not tree.root.expandable:
        return Outlook(policy.name, (), None, (), None)
    from ftassist.search.beliefs import believe

    found = believe(tree)
    visits = _visits(tree)
    beliefs = []
    for place, node in enumerate(found.nodes):
        mean = float(found.mean[place])
        half = Z_95 * max(0.0, float(found.covariance[place, place])) ** 0.5
        beliefs.append(Belief(node.id, mean, mean - half, mean + half, visits[node.id]))
    return Outlook(
        policy.name,
        tuple(policy.choose(tree, slots)),
        recommended(policy, tree),
        tuple(sorted(beliefs, key=lambda belief: -belief.mean)),
        float(Z_95 * (2.0 * found.noise(1)) ** 0.5),
    )


def _visits(tree: SearchTree) -> dict[str, int]:
    """Trials in each branch."""
    found = {node.id: 0 for node in tree}
    for node in reversed(tree.nodes):  # children come after their parents
        found[node.id] += node.status != "vetoed"
        if node.parent is not None:
            found[node.parent] += found[node.id]
    return found
