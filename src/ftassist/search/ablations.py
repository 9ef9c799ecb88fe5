"""A trial without one of the changes that led to it: which may be left out, and what is believed.

The true score of such a trial is the trial's less what the change was worth where it was made, so
its mean and its variance follow from the posterior over the tree; a change may be worth something
else beside those that came after it, and that part is not known (`INTERACTION`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ftassist.search.policy import ABLATION, SearchTree

if TYPE_CHECKING:
    from ftassist.search.beliefs import Array, Beliefs

NEAREST = 8
"""Ancestors whose change may be left out at most, the nearest: a path may be long."""
INTERACTION = 0.4
"""The part of a step's variance by which a change may be worth more or less later than at first:
what of a step its idea and setting do not make (`beliefs`)."""


@dataclass(frozen=True)
class LeftOut:
    """A trial without what one of its ancestors changed.

    Attributes:
        without: The ancestor.
        mean: Posterior mean of its true score.
        variance: Posterior variance of it.
        covariance: With the true scores that are believed.
    """

    trial: str
    without: str
    mean: float
    variance: float
    covariance: Array


def leaving_out(tree: SearchTree, beliefs: Beliefs, place: int) -> list[LeftOut]:
    """The ancestors whose change may be left out of a trial, the nearest last.

    Not the trial's own change, without which it is its parent, nor the first one, which made a
    recipe of nothing; nor one that was left out of it before.
    """
    places = {node.id: at for at, node in enumerate(beliefs.nodes)}
    trial = beliefs.nodes[place].id
    tried = {child.idea for child in tree.children(trial)}
    found = []
    for node in tree.path(trial)[2:-1][-NEAREST:]:
        before = node.parent or ""
        known = node.id in places and before in places
        if known and node.idea and f"{ABLATION}:{trial}:{node.id}" not in tried:
            found.append(_left_out(beliefs, place, places[node.id], places[before]))
    return found


def _left_out(beliefs: Beliefs, trial: int, change: int, before: int) -> LeftOut:
    mean, covariance = beliefs.mean, beliefs.covariance
    with_all = covariance[:, trial] - covariance[:, change] + covariance[:, before]
    variance = float(with_all[trial] - with_all[change] + with_all[before])
    return LeftOut(
        beliefs.nodes[trial].id,
        beliefs.nodes[change].id,
        float(mean[trial] - mean[change] + mean[before]),
        max(0.0, variance) + INTERACTION * beliefs.step**2,
        with_all,
    )
