"""The trials that no other beats in every metric: the Pareto front of a task with several.

A campaign improves one metric, which its task's card declares; what that costs in the others is
for a person to weigh. It compares what was measured and counts no noise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ftassist.records.metric import Metric


@dataclass(frozen=True)
class Front:
    """The trials that are not dominated, in several metrics.

    Attributes:
        metrics: The metrics, in the card's order.
        values: What each trial on the front got in each, in the metrics' own directions; in the
            order the trials were proposed.
        compared: How many trials were compared.
    """

    metrics: tuple[Metric, ...]
    values: Mapping[str, tuple[float, ...]]
    compared: int


def front(metrics: Sequence[Metric], measured: Mapping[str, Sequence[float]]) -> Front:
    """The front of measured trials; equals do not dominate each other.

    Args:
        metrics: The metrics, each with its direction.
        measured: By trial, a value for each metric.
    """
    signs = [1.0 if metric.higher_is_better else -1.0 for metric in metrics]
    oriented = {
        trial: tuple(sign * value for sign, value in zip(signs, values, strict=True))
        for trial, values in measured.items()
    }
    kept: list[str] = []
    # Nobody is dominated by one that comes later in this order.
    for trial in sorted(oriented, key=oriented.__getitem__, reverse=True):
        if not any(_dominates(oriented[other], oriented[trial]) for other in kept):
            kept.append(trial)
    found = {trial: tuple(values) for trial, values in measured.items() if trial in kept}
    return Front(tuple(metrics), found, len(measured))


def _dominates(one: Sequence[float], other: Sequence[float]) -> bool:
    return one != other and all(a >= b for a, b in zip(one, other, strict=True))
