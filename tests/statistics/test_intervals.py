from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftassist.statistics.intervals import (
    bootstrap_interval,
    grouped_bootstrap_interval,
    wilson_interval,
)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(60, 100, 0.50200, 0.69060), (0, 10, 0.0, 0.27753), (81, 263, 0.25529, 0.36621)],
)
def test_wilson_gives_published_values(successes: int, n: int, low: float, high: float) -> None:
    assert wilson_interval(successes, n) == pytest.approx((low, high), abs=5e-5)


def test_wilson_agrees_with_scipy() -> None:
    from scipy.stats import binomtest

    expected = binomtest(7, 31).proportion_ci(0.9, method="wilson")
    assert wilson_interval(7, 31, 0.9) == pytest.approx((expected.low, expected.high))


@given(st.integers(1, 500), st.data())
def test_wilson_holds_the_share_stays_in_bounds_and_mirrors(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    low, high = wilson_interval(k, n)
    assert 0.0 <= low <= k / n <= high <= 1.0
    assert wilson_interval(n - k, n) == pytest.approx((1.0 - high, 1.0 - low))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6])
def test_wilson_covers_the_truth_about_95_times_in_100(share: float) -> None:
    counts = np.random.default_rng(1).binomial(300, share, size=3000)
    ends = [wilson_interval(int(k), 300) for k in counts]
    assert 0.93 <= np.mean([low <= share <= high for low, high in ends]) <= 0.98


@pytest.mark.parametrize(("successes", "n"), [(1, 0), (-1, 5), (6, 5)])
def test_wilson_refuses_impossible_counts(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="successes"):
        wilson_interval(successes, n)


def test_a_level_outside_0_to_1_is_refused() -> None:
    with pytest.raises(ValueError, match="level"):
        wilson_interval(1, 2, level=95.0)


def test_the_bootstrap_covers_a_skewed_mean_about_95_times_in_100() -> None:
    draws = np.random.default_rng(2)
    hits = 0
    for seed in range(300):
        low, high = bootstrap_interval(
            draws.exponential(1.0, 100).tolist(), resamples=600, seed=seed
        )
        hits += low <= 1.0 <= high
    assert 0.91 <= hits / 300 <= 0.985


def test_the_bootstrap_is_close_to_wilson_on_shares() -> None:
    values = [1.0] * 180 + [0.0] * 120
    assert bootstrap_interval(values) == pytest.approx(wilson_interval(180, 300), abs=0.006)


def test_the_bootstrap_agrees_with_scipy() -> None:
    from scipy.stats import bootstrap

    values = np.random.default_rng(3).gamma(2.0, size=80)
    expected = bootstrap((values,), np.mean, method="BCa", n_resamples=9999, random_state=1)
    ends = (expected.confidence_interval.low, expected.confidence_interval.high)
    assert bootstrap_interval(values.tolist(), resamples=9999) == pytest.approx(ends, rel=0.02)


def test_equal_values_give_an_interval_of_no_width() -> None:
    assert bootstrap_interval([0.25] * 9) == (0.25, 0.25)


def test_the_same_seed_gives_the_same_interval() -> None:
    values = [0.1, 0.5, 0.2, 0.9, 0.4]
    assert bootstrap_interval(values, seed=4) == bootstrap_interval(values, seed=4)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=40))
def test_the_bootstrap_stays_within_the_values(values: list[float]) -> None:
    low, high = bootstrap_interval(values, resamples=200)
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9


def test_a_small_view_weighs_as_much_as_a_large_one() -> None:
    low, high = grouped_bootstrap_interval([[1.0] * 10 + [0.9], [0.0] * 1000 + [0.1]])
    assert low < (10.9 / 11 + 0.1 / 1001) / 2 < high
    assert 0.45 < low < high < 0.55


@pytest.mark.parametrize("values", [[], [0.1, float("nan")]])
def test_missing_or_broken_values_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="value"):
        bootstrap_interval(values)
