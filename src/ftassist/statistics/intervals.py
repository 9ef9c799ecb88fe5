"""Confidence intervals of one score. Knows nothing of comparisons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

RESAMPLES = 4000


def wilson_interval(successes: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The Wilson score interval of a share of items that are right.

    `(k + z^2/2 -+ z sqrt(k (n - k) / n + z^2/4)) / (n + z^2)`: all shares that a score test
    would not reject. Unlike the textbook interval it stays inside [0, 1] and keeps its
    coverage for few items and for shares near 0 or 1.

    Source: Wilson, JASA 22 (1927) 209-212; recommended by Brown, Cai and DasGupta,
    Statistical Science 16 (2001) 101-133.

    Raises:
        ValueError: `n` is not positive, or `successes` is not between 0 and `n`.

    Example:
        >>> [round(end, 4) for end in wilson_interval(60, 100)]
        [0.502, 0.6906]
    """
    if n < 1 or not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n} items")
    z = _two_sided_z(level)
    middle = successes + z * z / 2.0
    half = z * math.sqrt(successes * (n - successes) / n + z * z / 4.0)
    low, high = (middle - half) / (n + z * z), (middle + half) / (n + z * z)
    # The ends are exact at 0 and n; rounding would leave 1e-17 there.
    return (0.0 if successes == 0 else low), (1.0 if successes == n else high)


def bootstrap_interval(
    values: Sequence[float], level: float = 0.95, resamples: int = RESAMPLES, seed: int = 0
) -> tuple[float, float]:
    """The BCa bootstrap interval of the mean of `values`, one a validation item.

    See `ftassist.statistics.resampling.bca_interval` for the formula and its source.

    Raises:
        ValueError: No values, or one that is not finite.
    """
    return grouped_bootstrap_interval([values], level, resamples, seed)


def grouped_bootstrap_interval(
    groups: Sequence[Sequence[float]],
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[float, float]:
    """The interval of the unweighted mean of the groups' means, for scores reduced over views.

    Items are drawn within their group, so every view keeps its number of items.

    Raises:
        ValueError: No groups, an empty group, or a value that is not finite.
    """
    from ftassist.statistics.resampling import bca_interval

    _two_sided_z(level)
    if not groups or not all(groups):
        raise ValueError("no values to take an interval of")
    if not all(math.isfinite(value) for group in groups for value in group):
        raise ValueError("a value is not finite")
    return bca_interval(groups, level, resamples, seed)


def _two_sided_z(level: float) -> float:
    """The standard normal quantile of a two-sided interval."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"a level is between 0 and 1, not {level}")
    return NormalDist().inv_cdf((1.0 + level) / 2.0)
