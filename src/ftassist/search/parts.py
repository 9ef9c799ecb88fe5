"""What a score at a rung says of the score at the end, and when a trial in parts is worth it.

At a rung a trial shows a part of its gain on the base: its score there is

    base + offset + slope * (true score - base) + noise,

a line for each rung, fitted (Bayesian linear regression) to the trials that were scored there and
at their end. Until there are such, slope and offset are a wide assumption, and a score at a rung
says little. The score at the highest rung a trial has come to counts; earlier ones are of the
same run and say little beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from statistics import NormalDist, median
from typing import TYPE_CHECKING

from ftassist.search.best import Z_95, bounds
from ftassist.search.policy import PartialScore, SearchTree

if TYPE_CHECKING:
    from ftassist.search.beliefs import Array, Beliefs

_SLOPE, _SLOPE_DEVIATION = 0.7, 0.3
"""What part of its gain a trial shows at a rung, before it is measured."""
_OFFSET = 1.0
"""Deviation of the offset before it is measured, in steps."""
_OWN = 0.3
"""How far trials stray from the line of their rung, in steps, before it is measured."""
_PRIOR_PAIRS = 3.0
"""How many trials that assumption is worth."""
POINTS = 31


@dataclass(frozen=True)
class RungLine:
    """How scores at a rung follow true scores.

    Attributes:
        base: The score that gains are counted from.
        weights: Offset and slope.
        covariance: How unsure they are.
        noise: Variance of a score at the rung around the line.
    """

    base: float
    weights: Array
    covariance: Array
    noise: float

    def left(self, mean: float, variance: float) -> float:
        """The variance of a true score that is left once its score at the rung is known."""
        slope = float(self.weights[1])
        return variance - (slope * variance) ** 2 / self._spread(mean, variance)

    def after(self, mean: float, variance: float, score: float) -> float:
        """The mean of a true score once its score at the rung is known."""
        offset, slope = map(float, self.weights)
        expected = self.base + offset + slope * (mean - self.base)
        return mean + slope * variance / self._spread(mean, variance) * (score - expected)

    def _spread(self, mean: float, variance: float) -> float:
        """The variance of the score at the rung, with that of the line."""
        gain = mean - self.base
        (offset, both), (_, slope) = self.covariance
        line = float(offset + 2.0 * gain * both + (gain**2 + variance) * slope)
        return float(self.weights[1]) ** 2 * variance + line + self.noise


def lines(tree: SearchTree, beliefs: Beliefs) -> dict[float, RungLine]:
    """The line of each rung below the end."""
    return {rung: _line(tree, beliefs, rung) for rung in tree.rungs if rung < 1.0}


def _line(tree: SearchTree, beliefs: Beliefs, rung: float) -> RungLine:
    import numpy as np

    base = float(beliefs.mean[0])
    means = {node.id: float(mean) for node, mean in zip(beliefs.nodes, beliefs.mean, strict=True)}
    there = [(node.id, at) for node in tree.nodes[1:] for at in node.partial if at.rung == rung]
    pairs = [(means[trial] - base, at.score - base) for trial, at in there if trial in means]
    prior = np.array([0.0, _SLOPE])
    precision = np.diag([1.0 / (_OFFSET * beliefs.step) ** 2, 1.0 / _SLOPE_DEVIATION**2])
    assumed = _items([at for _, at in there], beliefs) + (_OWN * beliefs.step) ** 2
    design = np.array([(1.0, gain) for gain, _ in pairs]).reshape(-1, 2)
    seen = np.array([score for _, score in pairs])
    noise = assumed
    for _ in range(2):  # the line by the noise, the noise by the line
        covariance = np.linalg.inv(precision + design.T @ design / noise)
        weights = covariance @ (precision @ prior + design.T @ seen / noise)
        squares = float(((seen - design @ weights) ** 2).sum())
        noise = (_PRIOR_PAIRS * assumed + squares) / (_PRIOR_PAIRS + len(pairs))
    return RungLine(base, weights, covariance, noise)


def _items(there: Sequence[PartialScore], beliefs: Beliefs) -> float:
    """The noise of items and seed of a score at a rung; twice a whole one's before any is seen."""
    widths = [high - low for low, high in map(bounds, there)]
    found = (median(widths) / (2.0 * Z_95)) ** 2 / 2.0 if widths else 0.0
    return (found or beliefs.item_variance) + beliefs.seed_variance


@dataclass(frozen=True)
class Stopping:
    """A run that stops at the next rung unless it looks well there.

    Attributes:
        gain: The expected rise of the best mean.
        seconds: The expected seconds.
        share: In what part of cases it goes on to its end.
    """

    gain: float
    seconds: float
    share: float


def stopping(
    mean: float,
    variance: float,
    left: float,
    noise: float,
    best: float,
    costs: tuple[float, float],
) -> Stopping:
    """The best rule of stopping at a rung: the most gain a second.

    Args:
        mean: Of the true score, as is known now.
        variance: The same.
        left: What of that is left once the rung's score is known.
        noise: Variance of a whole run's score.
        best: The best mean now.
        costs: Seconds to the rung, and from there to the end.
    """
    deviation = sqrt(max(0.0, variance - left))
    first, rest = costs
    total, found = 0.0, Stopping(0.0, first, 0.0)
    for count, point in enumerate(reversed(normal_points()), 1):
        total += gain(mean + deviation * point, left, noise, best) / POINTS
        share = count / POINTS
        now = Stopping(total, first + share * rest, share)
        if now.gain / now.seconds > found.gain / found.seconds:
            found = now
    return found


def gain(mean: float, variance: float, noise: float, best: float) -> float:
    """How far the best mean is expected to rise by a whole run of one trial alone."""
    spread = variance / sqrt(variance + noise) if variance > 0.0 else 0.0
    if spread <= 0.0:
        return max(0.0, mean - best)
    above = (mean - best) / spread
    normal = NormalDist()
    return spread * (normal.pdf(above) + above * normal.cdf(above))


@lru_cache(maxsize=1)
def normal_points() -> tuple[float, ...]:
    """Equally likely points of the standard normal distribution, the lowest first."""
    normal = NormalDist()
    return tuple(normal.inv_cdf((i + 0.5) / POINTS) for i in range(POINTS))
