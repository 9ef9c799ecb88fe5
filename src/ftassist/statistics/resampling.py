"""Seeded resampling of item scores: bootstrap means and sign flips.

The only place of this package that draws random numbers for statistics. It imports NumPy, so
its callers import it inside functions. Knows nothing of trials or metrics.

Items come in groups. The statistic is the unweighted mean of the group means: one group gives
the plain mean over items, a group for each view gives a headline that is reduced over views.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

_CELLS = 4_000_000  # numbers drawn at once, 32 MB
Groups = Sequence[Sequence[float]]


def bootstrap_means(groups: Groups, resamples: int, seed: int) -> NDArray[np.float64]:
    """The statistic of `resamples` data sets drawn with replacement within each group."""
    draws = np.random.default_rng(seed)
    total = np.zeros(resamples)
    for group in groups:
        values = np.asarray(group, dtype=np.float64)
        for start, stop in _blocks(resamples, len(values)):
            chosen = draws.integers(len(values), size=(stop - start, len(values)))
            total[start:stop] += values[chosen].mean(axis=1)
    return total / len(groups)


def sign_flip_means(groups: Groups, resamples: int, seed: int) -> NDArray[np.float64]:
    """The statistic of `resamples` data sets in which each value keeps or changes its sign.

    Values of equal size are drawn together: of m such values, Binomial(m, 1/2) are positive.
    """
    draws = np.random.default_rng(seed)
    total = np.zeros(resamples)
    for group in groups:
        # Rounding joins sizes that are equal but for the last bits, such as 1/3 and 1 - 2/3.
        changed = [abs(value) for value in group if value]
        sizes, counts = np.unique(np.round(changed, 12), return_counts=True)
        for start, stop in _blocks(resamples, len(sizes)):
            positive = draws.binomial(counts, 0.5, size=(stop - start, len(sizes)))
            total[start:stop] += (2 * positive - counts) @ sizes / len(group)
    return total / len(groups)


def bca_interval(groups: Groups, level: float, resamples: int, seed: int) -> tuple[float, float]:
    """The bias-corrected and accelerated bootstrap interval of the statistic.

    The percentiles read off the bootstrap distribution are moved by the bias `z0` (how far the
    estimate is from the distribution's median) and the acceleration `a` (skewness of the
    items' influence, `sum(l^3) / (6 sum(l^2)^1.5)` with `l` an item's share in the error).

    Source: Efron, "Better bootstrap confidence intervals", JASA 82 (1987) 171-185.
    """
    normal = NormalDist()
    arrays = [np.asarray(group, dtype=np.float64) for group in groups]
    estimate = float(np.mean([values.mean() for values in arrays]))
    influence = np.concatenate([(v - v.mean()) / (len(v) * len(arrays)) for v in arrays])
    spread = float((influence**2).sum())
    if spread <= 1e-24:
        return estimate, estimate
    means = bootstrap_means(groups, resamples, seed)
    close = np.isclose(means, estimate, rtol=0.0, atol=1e-12)
    share = float((means < estimate)[~close].sum() + 0.5 * close.sum()) / resamples
    bias = normal.inv_cdf(min(max(share, 1.0 / resamples), 1.0 - 1.0 / resamples))
    acceleration = float((influence**3).sum()) / (6.0 * spread**1.5)

    def percentile(probability: float) -> float:
        shifted = bias + normal.inv_cdf(probability)
        return normal.cdf(bias + shifted / (1.0 - acceleration * shifted))

    ends = [percentile((1.0 - level) / 2.0), percentile((1.0 + level) / 2.0)]
    low, high = np.quantile(means, ends)
    return float(low), float(high)


def _blocks(resamples: int, items: int) -> list[tuple[int, int]]:
    """Ranges of resamples small enough to hold in memory at once."""
    step = max(1, _CELLS // max(1, items))
    return [(start, min(start + step, resamples)) for start in range(0, resamples, step)]
