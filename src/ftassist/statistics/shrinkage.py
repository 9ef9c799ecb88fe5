"""The winner's curse: how much too good the best of many looks, and shrinkage against it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import mul

FEW = 500
"""Scores up to which plain sums are fast enough."""


def shrink(scores: Sequence[float], variances: Sequence[float]) -> list[float]:
    """Empirical-Bayes estimates of what the scores would be without their noise.

    Each score is drawn towards the mean of all of them, the more so the noisier it is:
    `shrunken = mean + t / (t + v) (score - mean)`, with v the score's sampling variance and t
    the variance between trials, estimated from the scores themselves by Paule and Mandel's
    equation `sum((score - mean)^2 / (t + v)) = k - 1` (t = 0 where that has no root: then the
    spread is no larger than noise, and all estimates are the mean).

    Source: Efron and Morris, JASA 70 (1975) 311-319; Paule and Mandel, J. Res. NBS 87 (1982)
    377-385.

    Args:
        scores: One a trial.
        variances: Squared standard errors; zero for a score known without error.

    Raises:
        ValueError: Lengths differ, or a variance is negative.

    Example:
        >>> [round(x, 3) for x in shrink([0.5, 0.6, 0.7], [0.0025] * 3)]
        [0.525, 0.6, 0.675]
    """
    if len(scores) != len(variances):
        raise ValueError(f"{len(scores)} scores with {len(variances)} variances")
    if any(variance < 0.0 for variance in variances):
        raise ValueError("a variance cannot be negative")
    if len(scores) < 2:
        return list(scores)
    noise = [max(variance, 1e-15) for variance in variances]  # keeps weights finite
    between, mean = _variance_between(scores, noise)
    if between == 0.0:
        return [mean] * len(scores)
    shrunken = [
        mean + between / (between + variance) * (score - mean)
        for score, variance in zip(scores, noise, strict=True)
    ]
    # Rounding must not carry an estimate past its own score or past the mean.
    return [
        min(max(value, score), mean) if score < mean else max(min(value, score), mean)
        for value, score in zip(shrunken, scores, strict=True)
    ]


def expected_best_of(k: int, n: int, p: float) -> float:
    """How far the best of `k` equal models is expected to score above the truth.

    The expected maximum of k independent Binomial(n, p) / n, minus p:
    `sum over x < n of (1 - F(x)^k) / n - p`, exact. Models that share items' difficulty
    vary together and gain less; this is the upper end.

    Args:
        k: Models compared on the same validation set.
        n: Items of the set.
        p: What each of them truly scores.

    Raises:
        ValueError: `k` or `n` is not positive, or `p` is not between 0 and 1.

    Example:
        >>> round(expected_best_of(5, 200, 0.6), 3)
        0.04
    """
    if k < 1 or n < 1 or not 0.0 <= p <= 1.0:
        raise ValueError(f"best of {k} on {n} items at {p}")
    cumulative, expected = 0.0, 0.0
    for mass in binomial_masses(n, p)[:-1]:
        cumulative = min(1.0, cumulative + mass)
        expected += 1.0 - cumulative**k
    return expected / n - p


def binomial_masses(n: int, p: float) -> list[float]:
    """The probabilities of 0 to n successes in n draws."""
    if p in (0.0, 1.0):
        return [float(x == n * int(p)) for x in range(n + 1)]
    log_p, log_q = math.log(p), math.log1p(-p)
    full = math.lgamma(n + 1)
    return [
        math.exp(full - math.lgamma(x + 1) - math.lgamma(n - x + 1) + x * log_p + (n - x) * log_q)
        for x in range(n + 1)
    ]


def _variance_between(scores: Sequence[float], variances: Sequence[float]) -> tuple[float, float]:
    """Paule and Mandel's variance between trials, and the mean weighted by precision with it.

    Newton's method from zero: the left side of their equation falls and is convex in the
    variance between, so that each step goes towards the root and never past it (DerSimonian
    and Kacker, Contemporary Clinical Trials 28 (2007) 105-114).
    """
    between, mean, sums = 0.0, 0.0, _sums_of(scores, variances)
    for _ in range(200):
        mean, spread, slope = sums(between)
        excess = spread - (len(scores) - 1)
        if excess <= 1e-9:
            break
        between += excess / slope
    return between, mean


def _sums_of(
    scores: Sequence[float], variances: Sequence[float]
) -> Callable[[float], tuple[float, float, float]]:
    """For a variance between: the weighted mean, the weighted spread, and how fast that falls."""

    def few(between: float) -> tuple[float, float, float]:
        weights = [1.0 / (between + variance) for variance in variances]
        mean = math.fsum(map(mul, weights, scores)) / math.fsum(weights)
        terms = [(s - mean) ** 2 * weight for s, weight in zip(scores, weights, strict=True)]
        return mean, math.fsum(terms), math.fsum(map(mul, terms, weights))

    if len(scores) <= FEW:
        return few
    import numpy as np  # who shows the tree of a usual campaign has no need of it

    score, noise = np.asarray(scores, dtype=np.float64), np.asarray(variances, dtype=np.float64)

    def many(between: float) -> tuple[float, float, float]:
        weights = 1.0 / (between + noise)
        mean = float(weights @ score / weights.sum())
        terms = (score - mean) ** 2 * weights
        return mean, float(terms.sum()), float(terms @ weights)

    return many
