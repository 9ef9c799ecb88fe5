"""Was it better: item scores in, verdict out. Computed, never asked of a language model.

Puts the statistics of this package together by one rule. Knows nothing of journals, trials'
contents or policies; the caller says how many comparisons the campaign makes (the family).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ftassist.errors import DataError
from ftassist.records.metric import Metric
from ftassist.records.verdict import TrialVerdict, VerdictKind
from ftassist.statistics.multiple import holm
from ftassist.statistics.paired import PairedComparison, compare_binary, paired_bootstrap
from ftassist.statistics.replicates import compare_replicates

ALPHA = 0.05
Items = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Verdict(TrialVerdict):
    """A verdict that was computed, so that all of it is known."""

    kind: VerdictKind
    against: str
    difference: float
    low: float
    high: float
    p: float
    p_adjusted: float
    family: int
    n: int
    method: str

    @classmethod
    def invalid(cls, against: str, why: str) -> Verdict:
        """The verdict on a trial whose score must not count, such as after leakage."""
        return cls("invalid", against, 0.0, 0.0, 0.0, 1.0, 1.0, 1, 0, why)


def judge(
    child_items: Items,
    parent_items: Items,
    metric: Metric,
    against: str,
    earlier_p: Sequence[float],
    family: int,
    views: Mapping[str, str] | None = None,
) -> Verdict:
    """Compares two trials item by item.

    "Better" and "worse" need a Holm-adjusted p-value below 0.05 and an interval that leaves
    out zero; everything else is "tied". Binary metrics use the exact McNemar test, others (and
    headlines reduced over views) the paired bootstrap.

    Args:
        child_items: Score of each validation item by id.
        parent_items: The same of the trial compared with.
        metric: Gives the direction, and whether items score 0 or 1.
        against: The trial `parent_items` belong to.
        earlier_p: Unadjusted p-values of the campaign's earlier verdicts.
        family: Verdicts the campaign's budget allows; those to come count as p = 1.
        views: View of each item by id, where the headline is the mean over views.

    Raises:
        DataError: The items differ, there are none, or a score is not usable.
    """
    ids = _common_ids(child_items, parent_items)
    child = _oriented(child_items, ids, metric)
    parent = _oriented(parent_items, ids, metric)
    if metric.binary and views is None:
        comparison = compare_binary(child, parent)
        method = "exact McNemar test, Newcombe interval"
    else:
        comparison = paired_bootstrap(child, parent, views=_views_of(ids, views))
        method = "paired bootstrap interval, sign-flip test"
    return _verdict(comparison, against, earlier_p, family, len(ids), method)


def judge_final(
    child_runs: Sequence[Items],
    base_items: Items,
    metric: Metric,
    against: str,
    earlier_p: Sequence[float] = (),
    family: int = 1,
    views: Mapping[str, str] | None = None,
) -> Verdict:
    """Compares several training runs of one trial, each with a seed of its own, with the base.

    On the validation items the trial was chosen by, the run it was chosen by may be one of
    its runs, if the campaign's `earlier_p` and `family` pay for the choice. On the sealed test
    split the family is this one comparison: pass runs on fresh seeds only, or a lucky seed is
    taken for progress (both simulated in docs/statistics.md). See
    `ftassist.statistics.replicates.compare_replicates` for the model.

    Raises:
        DataError: Fewer than two runs, items differ, or a score is not usable.
    """
    if len(child_runs) < 2:
        raise DataError(
            f"{len(child_runs)} run says nothing about the spread between seeds",
            where=against,
            fix="train the finalist on at least two fresh seeds",
        )
    ids = _common_ids(child_runs[0], base_items)
    names = _views_of(ids, views)
    if min(Counter(names or [""] * len(ids)).values()) < 2:
        raise DataError(
            "one item is too few to compare runs on",
            where=against,
            fix="score at least two items, and two of each view",
        )
    for run in child_runs[1:]:
        _common_ids(run, base_items)
    runs = [_oriented(run, ids, metric) for run in child_runs]
    base = _oriented(base_items, ids, metric)
    comparison = compare_replicates(runs, [base], views=names)
    method = f"mean of {len(runs)} seeds, t interval over items and seeds"
    return _verdict(comparison, against, earlier_p, family, len(ids), method)


def _verdict(
    comparison: PairedComparison,
    against: str,
    earlier_p: Sequence[float],
    family: int,
    n: int,
    method: str,
) -> Verdict:
    """The rule that turns a comparison into a word."""
    # A budget that was raised later must not make the family smaller than what was judged.
    size = max(family, len(earlier_p) + 1)
    adjusted = holm([*earlier_p, comparison.p], size)[-1]
    kind: VerdictKind = "tied"
    if adjusted < ALPHA and comparison.low > 0.0:
        kind = "better"
    elif adjusted < ALPHA and comparison.high < 0.0:
        kind = "worse"
    difference, low, high, p = comparison
    return Verdict(kind, against, difference, low, high, p, adjusted, size, n, method)


def _common_ids(child: Items, parent: Items) -> list[str]:
    """The item ids in a fixed order, once both sides are known to have the same."""
    if not child:
        raise DataError("no items to compare", fix="score the trial first")
    if odd := sorted(child.keys() ^ parent.keys()):
        raise DataError(
            f"the trials were scored on different items: {len(odd)} are only on one side",
            where=", ".join(odd[:3]),
            fix="score both on the same split and limit",
        )
    return sorted(child)


def _oriented(items: Items, ids: Sequence[str], metric: Metric) -> list[float]:
    """Scores in the order of `ids`, signed so that greater is better."""
    for item in ids:
        score = items[item]
        if not math.isfinite(score) or (metric.binary and score not in (0, 1)):
            wanted = "0 or 1" if metric.binary else "a finite number"
            raise DataError(
                f"score {score} where {metric.name} needs {wanted}",
                where=f"item {item}",
                fix="mend the task's scoring or the metric on its card",
            )
    if metric.higher_is_better:
        return [float(items[item]) for item in ids]
    # A wrong binary item becomes a right one, so that both directions share one test.
    return [(1.0 if metric.binary else 0.0) - float(items[item]) for item in ids]


def _views_of(ids: Sequence[str], views: Mapping[str, str] | None) -> list[str] | None:
    """The view of each item in the order of `ids`."""
    if views is None:
        return None
    if missing := [item for item in ids if item not in views]:
        raise DataError(
            f"{len(missing)} items belong to no view",
            where=", ".join(missing[:3]),
            fix="give each item of the evaluation set a view",
        )
    return [views[item] for item in ids]
