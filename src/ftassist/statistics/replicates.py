"""Comparing models trained several times: items and training seeds both vary.

Items are the unit: running more seeds does not make more items. The model is
`score(item, seed) = mean + item + seed + rest` for each of the two models. Knows nothing of
trials or metrics; scores are oriented (greater is better).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ftassist.statistics.paired import PairedComparison, group_by_view, grouped_mean, sign_flip_p

Runs = Sequence[Sequence[float]]


def compare_replicates(
    child_runs: Runs,
    parent_runs: Runs,
    level: float = 0.95,
    views: Sequence[str] | None = None,
) -> PairedComparison:
    """Child minus parent, each the mean over its training seeds, in the same item order.

    The difference of an item is taken between means over seeds. Its variance has three parts:
    `V = var(item differences) / n + var(child run means) / S + var(parent run means) / T`
    (the item part is summed over views where the score is reduced over views). The seed parts
    also hold the items' own noise, which the first part counts too: V errs on the safe side.
    The interval is `difference -+ t sqrt(V)`, with Satterthwaite's degrees of freedom
    `V^2 / sum(part^2 / (its own degrees))`, which are few when seeds disagree. The p-value is
    the larger of that t test and of sign flips of the item differences. A model with one run
    (a base model that answers deterministically) adds no seed part.

    Source: Satterthwaite, Biometrics Bulletin 2 (1946) 110-114.

    Raises:
        ValueError: No runs, runs of different lengths, or fewer than two items (in any view).
    """
    lengths = {len(run) for run in (*child_runs, *parent_runs)}
    if not child_runs or not parent_runs or len(lengths) != 1 or lengths.pop() < 2:
        raise ValueError("runs must have the same items, at least two")
    differences = [
        _mean(child) - _mean(parent)
        for child, parent in zip(
            zip(*child_runs, strict=True), zip(*parent_runs, strict=True), strict=True
        )
    ]
    groups = group_by_view(differences, views)
    if any(len(group) < 2 for group in groups):
        raise ValueError("every view needs at least two items")
    parts = _item_parts(groups) + _seed_parts(child_runs, views) + _seed_parts(parent_runs, views)
    difference = grouped_mean(groups)
    half, p = _t_test(difference, parts, level)
    return PairedComparison(
        difference, difference - half, difference + half, max(p, sign_flip_p(groups))
    )


def seed_deviation(runs: Runs) -> float | None:
    """The standard deviation of the runs' mean scores; None for a single run."""
    return math.sqrt(_variance([_mean(run) for run in runs])) if len(runs) > 1 else None


def _item_parts(groups: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    """(Variance, degrees of freedom) that items add to the difference, for each view."""
    return [
        (_variance(group) / len(group) / len(groups) ** 2, len(group) - 1.0) for group in groups
    ]


def _seed_parts(runs: Runs, views: Sequence[str] | None) -> list[tuple[float, float]]:
    """(Variance, degrees of freedom) that training seeds add to the mean over runs."""
    if len(runs) < 2:
        return []
    means = [grouped_mean(group_by_view(run, views)) for run in runs]
    return [(_variance(means) / len(runs), len(runs) - 1.0)]


def _t_test(
    difference: float, parts: Sequence[tuple[float, float]], level: float
) -> tuple[float, float]:
    """Half the interval's width, and the two-sided p-value of no difference."""
    from scipy.special import stdtr, stdtrit

    total = math.fsum(part for part, _ in parts)
    if total <= 0.0:
        return 0.0, 1.0 if difference == 0.0 else 0.0
    degrees = total**2 / math.fsum(part**2 / freedom for part, freedom in parts)
    error = math.sqrt(total)
    p = 2.0 * float(stdtr(degrees, -abs(difference) / error))
    return float(stdtrit(degrees, (1.0 + level) / 2.0)) * error, min(1.0, p)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _variance(values: Sequence[float]) -> float:
    """The sample variance, for at least two values."""
    mean = _mean(values)
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
