"""What rows of a simulation say: means with bootstrap intervals, paired over seeds; rates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ftassist.simulate.bench import NULL_WORLD, BenchRow
from ftassist.statistics.intervals import wilson_interval

RESAMPLES = 4000


class Interval(NamedTuple):
    """A mean and its 95 % interval."""

    mean: float
    low: float
    high: float


class Rate(NamedTuple):
    """A share of campaigns and its 95 % interval."""

    share: float
    low: float
    high: float
    of: int


@dataclass(frozen=True)
class PolicyStanding:
    """One policy in one world with one number of workers.

    Attributes:
        workers: Runs at once.
        regret: Mean regret at the end.
        against: Its regret less the reference policy's on the same seeds; None for itself.
        area: Mean regret over the whole budget (the anytime curve's area).
        wall: Mean time, as a share of the budget's seconds.
        cheated: Campaigns that recommend a cheat.
        claimed: Campaigns that claim an improvement.
        false_claims: Campaigns that claim one wrongly.
        false_sealed: Campaigns that the sealed test wrongly calls better.
        runs: Mean number of runs.
        choosing: Mean seconds of this machine, a campaign.
    """

    world: str
    workers: int
    policy: str
    regret: Interval
    against: Interval | None
    area: float
    wall: float
    cheated: Rate
    claimed: Rate
    false_claims: Rate
    false_sealed: Rate
    runs: float
    choosing: float


def standings(rows: Iterable[BenchRow], reference: str) -> list[PolicyStanding]:
    """All of them, in the order of the rows; `reference` is what others are compared with."""
    groups: dict[tuple[str, int, str], list[BenchRow]] = defaultdict(list)
    for row in rows:
        groups[row.world, row.workers, row.policy].append(row)
    return [
        _standing(group, groups.get((world, workers, reference)) if policy != reference else None)
        for (world, workers, policy), group in groups.items()
    ]


def mean_curve(rows: Iterable[BenchRow], axis: str) -> list[float]:
    """The mean regret at each point of a curve: "seconds" or "runs"."""
    curves = [row.curve if axis == "seconds" else row.by_runs for row in rows]
    return [float(point) for point in np.mean(curves, axis=0)]


def bootstrap(values: Sequence[float], seed: int = 0) -> Interval:
    """The mean of values, one a seed, with its percentile bootstrap interval."""
    array = np.asarray(values, dtype=np.float64)
    chosen = np.random.default_rng(seed).integers(len(array), size=(RESAMPLES, len(array)))
    low, high = np.quantile(array[chosen].mean(axis=1), (0.025, 0.975))
    return Interval(float(array.mean()), float(low), float(high))


def _standing(group: Sequence[BenchRow], reference: Sequence[BenchRow] | None) -> PolicyStanding:
    first = group[0]
    against = None
    if reference:
        other = {row.seed: row.regret for row in reference}
        against = bootstrap([row.regret - other[row.seed] for row in group if row.seed in other])
    return PolicyStanding(
        first.world,
        first.workers,
        first.policy,
        bootstrap([row.regret for row in group]),
        against if first.world != NULL_WORLD else None,
        float(np.mean([row.curve for row in group])),
        float(np.mean([row.wall for row in group])),
        _rate([row.cheated for row in group]),
        _rate([row.claimed for row in group]),
        _rate([row.false_claim for row in group]),
        _rate([row.false_sealed for row in group]),
        float(np.mean([row.runs for row in group])),
        float(np.mean([row.choosing for row in group])),
    )


def _rate(found: Sequence[bool]) -> Rate:
    low, high = wilson_interval(sum(found), len(found))
    return Rate(sum(found) / len(found), low, high, len(found))
