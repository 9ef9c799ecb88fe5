"""Two models on the same items: is one better, and by how much.

Scores are oriented (greater is better) and in the same item order. Knows nothing of trials,
metrics or of how many other comparisons were made (`ftassist.statistics.multiple`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from ftassist.statistics.intervals import wilson_interval

RESAMPLES = 10_000


class PairedComparison(NamedTuple):
    """Child minus parent: the difference, its interval, and a two-sided p-value."""

    difference: float
    low: float
    high: float
    p: float


def mcnemar_exact(b: int, c: int) -> float:
    """The two-sided exact McNemar p-value.

    Only items on which the two models differ tell them apart: `b` that only the child gets
    right, `c` that only the parent gets right. If neither is better, each of them is a coin
    flip: `p = min(1, 2 P(X <= min(b, c)))` with `X ~ Binomial(b + c, 1/2)`.

    Source: McNemar, Psychometrika 12 (1947) 153-157, in its exact form.

    Raises:
        ValueError: A count is negative.

    Example:
        >>> mcnemar_exact(9, 3)
        0.14599609375
    """
    if b < 0 or c < 0:
        raise ValueError(f"counts cannot be negative: {b}, {c}")
    term = tail = 1
    for i in range(1, min(b, c) + 1):
        term = term * (b + c - i + 1) // i  # binomial coefficients, exact integers
        tail += term
    return min(1.0, tail / (1 << (b + c - 1))) if b + c else 1.0


def compare_binary(
    child: Sequence[float], parent: Sequence[float], level: float = 0.95
) -> PairedComparison:
    """Exact McNemar test and Newcombe's interval for items that score 0 or 1.

    Raises:
        ValueError: Lengths differ, no items, or a score that is neither 0 nor 1.
    """
    _check_pairs(child, parent)
    if not all(score in (0, 1) for score in (*child, *parent)):
        raise ValueError("every score must be 0 or 1")
    pairs = list(zip(child, parent, strict=True))
    b, c = pairs.count((1, 0)), pairs.count((0, 1))
    both = pairs.count((1, 1))
    low, high = paired_proportion_interval(both, b, c, len(pairs) - both - b - c, level)
    return PairedComparison((b - c) / len(pairs), low, high, mcnemar_exact(b, c))


def paired_proportion_interval(
    both: int, b: int, c: int, neither: int, level: float = 0.95
) -> tuple[float, float]:
    """Newcombe's interval for the difference of two paired shares.

    The Wilson intervals of the two shares are squared and added, less their correlation `phi`
    (with a continuity correction where it is positive): with `dl`, `du` the distances from a
    share to the ends of its Wilson interval,
    `low = d - sqrt(dl1^2 - 2 phi dl1 du2 + du2^2)`,
    `high = d + sqrt(du1^2 - 2 phi du1 dl2 + dl2^2)`.

    Source: Newcombe, Statistics in Medicine 17 (1998) 2635-2650, method 10.

    Args:
        both: Items both models get right.
        b: Items only the child gets right.
        c: Items only the parent gets right.
        neither: Items both get wrong.
        level: Of the interval.
    """
    n = both + b + c + neither
    p1, p2 = (both + b) / n, (both + c) / n
    l1, u1 = wilson_interval(both + b, n, level)
    l2, u2 = wilson_interval(both + c, n, level)
    phi = _correlation(both, b, c, neither)
    below = (p1 - l1) ** 2 - 2.0 * phi * (p1 - l1) * (u2 - p2) + (u2 - p2) ** 2
    above = (u1 - p1) ** 2 - 2.0 * phi * (u1 - p1) * (p2 - l2) + (p2 - l2) ** 2
    difference = (b - c) / n
    low = difference - math.sqrt(max(0.0, below))
    return max(-1.0, low), min(1.0, difference + math.sqrt(max(0.0, above)))


def paired_bootstrap(
    child: Sequence[float],
    parent: Sequence[float],
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
    views: Sequence[str] | None = None,
) -> PairedComparison:
    """Compares item scores of any kind by resampling items.

    The interval is the BCa bootstrap interval of the mean difference of an item. The p-value
    comes from random sign flips of those differences: if neither model is better, each could
    as well have gone the other way, `p = (1 + #{|flipped| >= |difference|}) / (1 + resamples)`
    (for 0/1 items that is McNemar's test). It stays honest for a handful of items, where the
    bootstrap's own tail does not. With `views`, one name an item, the difference is the
    unweighted mean over views and items are resampled within their view.

    Source: Efron (1987) for the interval; Fisher, The Design of Experiments (1935), section
    21, for the test; Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010) for the 1 +.

    Raises:
        ValueError: Lengths differ, no items, or a score that is not finite.
    """
    from ftassist.statistics.resampling import bca_interval

    _check_pairs(child, parent)
    if views is not None and len(views) != len(child):
        raise ValueError(f"{len(views)} view names for {len(child)} items")
    differences = [x - y for x, y in zip(child, parent, strict=True)]
    groups = group_by_view(differences, views)
    low, high = bca_interval(groups, level, resamples, seed)
    return PairedComparison(grouped_mean(groups), low, high, sign_flip_p(groups, resamples, seed))


def sign_flip_p(
    groups: Sequence[Sequence[float]], resamples: int = RESAMPLES, seed: int = 0
) -> float:
    """The two-sided p-value of random sign flips of item differences, grouped by view."""
    from ftassist.statistics.resampling import sign_flip_means

    observed = abs(grouped_mean(groups))
    flipped = sign_flip_means(groups, resamples, seed)
    # Equal sums differ by rounding; without the margin ties would be lost.
    return (1 + int((abs(flipped) >= observed - 1e-9).sum())) / (1 + resamples)


def group_by_view(values: Sequence[float], views: Sequence[str] | None) -> list[list[float]]:
    """The values of each view, views in alphabetical order; one group where there are none."""
    if views is None:
        return [list(values)]
    groups: dict[str, list[float]] = {view: [] for view in sorted(set(views))}
    for value, view in zip(values, views, strict=True):
        groups[view].append(value)
    return list(groups.values())


def grouped_mean(groups: Sequence[Sequence[float]]) -> float:
    """The unweighted mean of the groups' means."""
    return math.fsum(math.fsum(group) / len(group) for group in groups) / len(groups)


def _correlation(both: int, b: int, c: int, neither: int) -> float:
    """Newcombe's phi: the correlation of the two models over items, corrected when positive."""
    margins = (both + b) * (c + neither) * (both + c) * (b + neither)
    if margins == 0:
        return 0.0
    cross = float(both * neither - b * c)
    if cross > 0:
        cross = max(0.0, cross - (both + b + c + neither) / 2.0)
    return cross / math.sqrt(margins)


def _check_pairs(child: Sequence[float], parent: Sequence[float]) -> None:
    """Raises ValueError unless both hold the same number (at least one) of finite scores."""
    if len(child) != len(parent) or not child:
        raise ValueError(f"cannot pair {len(child)} scores with {len(parent)}")
    if not all(math.isfinite(score) for score in (*child, *parent)):
        raise ValueError("a score is not finite")
