"""Which trials can be told apart, how sure a choice among them is, and what would tell them apart.

All of it is read off the posterior over true scores (`ftassist.search.beliefs`), which knows the
noise of items and of training seeds. It makes no claim: that is `ftassist.search.verdict`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING

from ftassist.search.best import Z_95

if TYPE_CHECKING:
    from ftassist.search.beliefs import Beliefs

DRAWS = 4096
"""Draws from the posterior behind a chance of being the best: it is exact to about 1.5 points."""
MORE_ITEMS = 200
"""Further validation items whose worth is told."""


@dataclass(frozen=True)
class Visible:
    """The smallest difference between two trials that would be seen, in units of the score.

    Attributes:
        now: With one run each on the items there are.
        seed: With one further training seed of each.
        items: With `MORE_ITEMS` further items, one run each; None where the items are not known.
        both: With both; None likewise.
        measured: Whether the seeds' noise was measured by a repeat, rather than assumed.
    """

    now: float
    seed: float
    items: float | None
    both: float | None
    measured: bool


def tied_with(beliefs: Beliefs, taken: str) -> tuple[str, ...]:
    """The trials whose true scores may equal that of `taken`, itself first, then by mean.

    Those are the trials for which the 95 % interval of the difference holds zero; none where the
    model is not fitted to `taken`.
    """
    places = {node.id: place for place, node in enumerate(beliefs.nodes)}
    if taken not in places:
        return ()
    own = places[taken]
    mean, covariance = beliefs.mean, beliefs.covariance
    found = []
    for name, place in places.items():
        spread = covariance[own, own] + covariance[place, place] - 2.0 * covariance[own, place]
        reach = Z_95 * max(0.0, float(spread)) ** 0.5
        if place != own and abs(float(mean[own] - mean[place])) <= reach:
            found.append((-float(mean[place]), place, name))
    return (taken, *(name for _, _, name in sorted(found)))


def chances_of_best(beliefs: Beliefs) -> tuple[float, ...]:
    """The chance of each trial that its true score is the highest; the same for the same tree."""
    import numpy as np

    count = len(beliefs.nodes)
    spare = 1e-9 * float(beliefs.covariance.diagonal().max()) + 1e-18  # of its own rounding
    root = np.linalg.cholesky(beliefs.covariance + spare * np.eye(count))
    drawn = np.random.default_rng(0).standard_normal((DRAWS, count)) @ root.T + beliefs.mean
    wins = np.bincount(drawn.argmax(axis=1), minlength=count)
    return tuple(float(each) / DRAWS for each in wins)


def visible(beliefs: Beliefs) -> Visible:
    """What can be seen now, and what one more seed or more items would buy.

    The items' part of the noise falls with their number, the seeds' part with the runs.
    """
    items = max((node.n_items for node in beliefs.nodes), default=0)
    share = items / (items + MORE_ITEMS) if items else None
    return Visible(
        now=_smallest(beliefs, 1, 1.0),
        seed=_smallest(beliefs, 2, 1.0),
        items=None if share is None else _smallest(beliefs, 1, share),
        both=None if share is None else _smallest(beliefs, 2, share),
        measured=any(node.repeats for node in beliefs.nodes),
    )


def left_to_gain(beliefs: Beliefs) -> float:
    """How far the next trial may get above the best one: the upper 95 % end of its true gain.

    Of a child of the trial with the highest mean, by what steps have brought so far.
    """
    leader = int(beliefs.mean.argmax())
    tired = beliefs.fatigue * log2(1.0 + beliefs.siblings[leader])
    return max(0.0, beliefs.drift + tired + Z_95 * beliefs.step)


def _smallest(beliefs: Beliefs, runs: int, share: float) -> float:
    """The half width of a difference's interval, by runs of each and the share of item noise."""
    return float(Z_95 * (2.0 * beliefs.noise(runs, share)) ** 0.5)
