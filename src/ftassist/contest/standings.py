"""Agents set against each other on one task: means over seeds with intervals, and paired wins.

Item scores on the sealed test go in, all of the same items. Items and seeds both vary
(`statistics.replicates`); all pairs of agents on a task are one family (`statistics.multiple`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from ftassist.errors import DataError
from ftassist.records.metric import Metric
from ftassist.statistics.multiple import holm
from ftassist.statistics.replicates import compare_replicates

ALPHA = 0.05
_SAME = 1e-6
Items = Mapping[str, float]
Word = Literal["better", "tied", "worse"]


@dataclass(frozen=True)
class Runs:
    """An agent's results on one task, over its seeds.

    Attributes:
        label: The column.
        seeds: The seeds, in order.
        estimates: {score, low, high, n} of the headline on test, by seed.
        items: Item scores on test, by seed.
    """

    label: str
    seeds: tuple[int, ...]
    estimates: tuple[Mapping[str, Any], ...]
    items: tuple[Items, ...]


@dataclass(frozen=True)
class Standing:
    """Where an agent stands on a task.

    Attributes:
        label: The column.
        scores: The headline by seed.
        low: Lower end of its 95 % interval.
        high: Upper end of it.
        method: What the interval is over.
    """

    label: str
    scores: tuple[float, ...]
    mean: float
    low: float
    high: float
    method: str


@dataclass(frozen=True)
class Pair:
    """Two agents on one task: the first against the second, oriented so that plus is better."""

    first: str
    second: str
    difference: float
    low: float
    high: float
    p: float
    p_adjusted: float
    kind: Word


def compare(
    runs: Sequence[Runs], metric: Metric, views: Mapping[str, str] | None = None
) -> tuple[list[Standing], list[Pair]]:
    """Standings in the order of `runs`, and all pairs.

    "Better" needs a Holm-adjusted p-value below 0.05 and an interval that leaves out zero.

    Raises:
        DataError: Agents were scored on different items.
    """
    if not runs:
        return [], []
    ids = _common(runs)
    pairs = _pairs(runs, ids, metric, views)
    return [_standing(one, ids, metric, views) for one in runs], pairs


def _pairs(
    runs: Sequence[Runs], ids: Sequence[str], metric: Metric, views: Mapping[str, str] | None
) -> list[Pair]:
    sign = 1.0 if metric.higher_is_better else -1.0
    names = [views[i] for i in ids] if views is not None else None
    both = list(combinations(runs, 2))
    found = [
        compare_replicates(
            [[sign * run[i] for i in ids] for run in first.items],
            [[sign * run[i] for i in ids] for run in second.items],
            views=names,
        )
        for first, second in both
    ]
    adjusted = holm([one.p for one in found])
    return [
        Pair(first.label, second.label, *one, p, _word(one.low, one.high, p))
        for (first, second), one, p in zip(both, found, adjusted, strict=True)
    ]


def _word(low: float, high: float, p: float) -> Word:
    if p < ALPHA and low > 0.0:
        return "better"
    return "worse" if p < ALPHA and high < 0.0 else "tied"


def _standing(
    runs: Runs,
    ids: Sequence[str],
    metric: Metric,
    views: Mapping[str, str] | None,
) -> Standing:
    scores = tuple(float(one["score"]) for one in runs.estimates)
    mean = math.fsum(scores) / len(scores)
    low, high, method = _interval(runs, ids, mean, views)
    if metric.binary or metric.fraction:
        low, high = max(0.0, low), min(1.0, high)
    return Standing(runs.label, scores, mean, low, high, method)


def _interval(
    runs: Runs, ids: Sequence[str], mean: float, views: Mapping[str, str] | None
) -> tuple[float, float, str]:
    """The interval of a mean over seeds.

    Over items and seeds where the headline is a mean of items; where it is another word of the
    task's scorer, over seeds alone; of a single run, the evaluator's own.
    """
    if len(runs.items) == 1:
        only = runs.estimates[0]
        return float(only["low"]), float(only["high"]), "items"
    names = [views[i] for i in ids] if views is not None else None
    values = [[run[i] for i in ids] for run in runs.items]
    found = compare_replicates(values, [[0.0] * len(ids)], views=names)
    if abs(found.difference - mean) < _SAME:
        return found.low, found.high, "items and seeds"
    half = _half([float(one["score"]) for one in runs.estimates])
    return mean - half, mean + half, "seeds"


def _half(scores: Sequence[float]) -> float:
    """Half of Student's interval of a mean."""
    from scipy.special import stdtrit

    mean = math.fsum(scores) / len(scores)
    variance = math.fsum((score - mean) ** 2 for score in scores) / (len(scores) - 1)
    return float(stdtrit(len(scores) - 1, 0.975)) * math.sqrt(variance / len(scores))


def _common(runs: Sequence[Runs]) -> list[str]:
    """The items all were scored on.

    Raises:
        DataError: They differ.
    """
    first = runs[0].items[0].keys()
    for one in runs:
        for seed, items in zip(one.seeds, one.items, strict=True):
            if odd := sorted(items.keys() ^ first):
                raise DataError(
                    f"{one.label}, seed {seed}, was scored on other items than "
                    f"{runs[0].label}: {len(odd)} are only on one side",
                    where=", ".join(odd[:3]),
                    fix="play the contest on one version of the task",
                )
    return sorted(first)
