import random

import pytest

from ftassist.contest.standings import Runs, compare
from ftassist.errors import DataError
from ftassist.records.metric import Metric

ACCURACY = Metric("accuracy")
ERROR = Metric("mae", higher_is_better=False, binary=False)
N = 300


def runs(label: str, rate: float, seeds: int = 3, binary: bool = True) -> Runs:
    """Runs that get a share of the items right; the same items are easy for all."""
    found = []
    for seed in range(seeds):
        draw = random.Random(f"{label}:{seed}")
        values = [0.7 * random.Random(i).random() + 0.3 * draw.random() for i in range(N)]
        bar = sorted(values)[min(N - 1, int(rate * N))]
        found.append({f"i{i}": float(v < bar) if binary else v for i, v in enumerate(values)})
    means = [sum(run.values()) / N for run in found]
    estimates = tuple({"score": m, "low": m - 0.04, "high": m + 0.04, "n": N} for m in means)
    return Runs(label, tuple(range(seeds)), estimates, tuple(found))


def test_a_clear_difference_is_a_win_and_a_loss() -> None:
    standings, (pair,) = compare([runs("poor", 0.3), runs("good", 0.7)], ACCURACY)
    assert pair.kind == "worse"
    assert pair.difference == pytest.approx(standings[0].mean - standings[1].mean)
    assert pair.low < pair.difference < pair.high < 0


def test_agents_that_are_equal_are_tied() -> None:
    _, (pair,) = compare([runs("one", 0.5), runs("other", 0.5)], ACCURACY)
    assert pair.kind == "tied"


def test_of_an_error_less_is_better() -> None:
    few = runs("few", 0.5, binary=False)
    many = Runs(
        "many", few.seeds, few.estimates,
        tuple({i: value + 1.0 for i, value in run.items()} for run in few.items),
    )  # fmt: skip
    _, (pair,) = compare([few, many], ERROR)
    assert pair.kind == "better"
    assert pair.difference == pytest.approx(1.0)


def test_an_interval_is_over_items_and_seeds_and_wider_where_seeds_disagree() -> None:
    same = runs("same", 0.5, seeds=1)
    agreeing = Runs("agreeing", (0, 1, 2), same.estimates * 3, same.items * 3)
    parts = [runs("a", rate, seeds=1) for rate in (0.3, 0.5, 0.7)]
    split = Runs(
        "split", (0, 1, 2), tuple(p.estimates[0] for p in parts), tuple(p.items[0] for p in parts)
    )
    found, _ = compare([agreeing, split], ACCURACY)
    assert found[0].method == found[1].method == "items and seeds"
    assert found[0].low < found[0].mean < found[0].high
    assert found[1].high - found[1].low > found[0].high - found[0].low
    assert found[1].low >= 0.0 and found[1].high <= 1.0


def test_a_single_run_has_the_evaluators_own_interval() -> None:
    one = runs("one", 0.5, seeds=1)
    (standing,), pairs = compare([one], ACCURACY)
    assert (standing.low, standing.high) == (one.estimates[0]["low"], one.estimates[0]["high"])
    assert standing.method == "items"
    assert not pairs


def test_a_headline_that_is_no_mean_of_items_has_an_interval_over_seeds() -> None:
    found = runs("f1", 0.5)
    other = tuple({**e, "score": s} for e, s in zip(found.estimates, (0.1, 0.2, 0.3), strict=True))
    (standing,), _ = compare([Runs("f1", found.seeds, other, found.items)], ACCURACY)
    assert standing.method == "seeds"
    assert standing.mean == pytest.approx(0.2)
    assert standing.high - standing.mean == pytest.approx(4.3027 * 0.1 / 3**0.5, rel=1e-3)


def test_more_agents_make_each_comparison_pay_more() -> None:
    pair = compare([runs("a", 0.45), runs("b", 0.55)], ACCURACY)[1][0]
    among = compare([runs("a", 0.45), runs("b", 0.55), *(runs(c, 0.5) for c in "cde")], ACCURACY)
    assert among[1][0].p == pair.p
    assert among[1][0].p_adjusted > pair.p_adjusted


def test_scores_on_other_items_are_not_compared() -> None:
    odd = runs("odd", 0.5)
    less = tuple(dict(list(run.items())[1:]) for run in odd.items)
    fewer = Runs("fewer", odd.seeds, odd.estimates, less)
    with pytest.raises(DataError, match="fewer, seed 0"):
        compare([odd, fewer], ACCURACY)
