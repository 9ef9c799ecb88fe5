from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftassist.statistics.paired import (
    compare_binary,
    mcnemar_exact,
    paired_bootstrap,
    paired_proportion_interval,
)

bits = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)
floats = st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=1, max_size=40)


@pytest.mark.parametrize(("b", "c"), [(0, 0), (6, 0), (9, 3), (3, 9), (12, 12), (140, 91)])
def test_mcnemar_is_a_binomial_test_of_the_differing_items(b: int, c: int) -> None:
    from scipy.stats import binomtest

    expected = binomtest(b, b + c, 0.5).pvalue if b + c else 1.0
    assert mcnemar_exact(b, c) == pytest.approx(expected, rel=1e-9)


def test_mcnemar_stays_exact_for_thousands_of_items() -> None:
    assert 0.0 < mcnemar_exact(2600, 2400) < 0.01
    assert mcnemar_exact(2500, 2500) == 1.0


def test_mcnemar_refuses_negative_counts() -> None:
    with pytest.raises(ValueError, match="negative"):
        mcnemar_exact(-1, 2)


@pytest.mark.parametrize(
    ("cells", "low", "high"),
    [((36, 12, 2, 0), 0.0569, 0.3404), ((20, 12, 2, 16), 0.0562, 0.3292)],
)
def test_newcombe_gives_published_values(
    cells: tuple[int, int, int, int], low: float, high: float
) -> None:
    assert paired_proportion_interval(*cells) == pytest.approx((low, high), abs=5e-4)


def test_newcombe_covers_the_true_difference_about_95_times_in_100() -> None:
    cells = np.random.default_rng(5).multinomial(300, [0.5, 0.1, 0.05, 0.35], size=2000)
    ends = [paired_proportion_interval(*map(int, row)) for row in cells]
    assert 0.93 <= np.mean([low <= 0.05 <= high for low, high in ends]) <= 0.98


def test_the_difference_is_child_minus_parent() -> None:
    assert compare_binary([1, 1, 1, 0], [0, 0, 1, 0]).difference == 0.5


@given(bits)
def test_swapping_two_binary_models_mirrors_the_comparison(pairs: list[tuple[bool, bool]]) -> None:
    child, parent = ([float(x) for x in side] for side in zip(*pairs, strict=True))
    forth, back = compare_binary(child, parent), compare_binary(parent, child)
    assert back == pytest.approx((-forth.difference, -forth.high, -forth.low, forth.p))
    assert forth.low <= forth.difference <= forth.high


@settings(max_examples=40, deadline=None)
@given(floats)
def test_swapping_two_models_mirrors_the_bootstrap(pairs: list[tuple[float, float]]) -> None:
    child, parent = ([*side] for side in zip(*pairs, strict=True))
    forth = paired_bootstrap(child, parent, resamples=300)
    back = paired_bootstrap(parent, child, resamples=300)
    mirrored = (-forth.difference, -forth.high, -forth.low, forth.p)
    assert back == pytest.approx(mirrored, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(floats)
def test_equal_models_never_differ(pairs: list[tuple[float, float]]) -> None:
    scores = [first for first, _ in pairs]
    assert paired_bootstrap(scores, scores, resamples=100) == (0.0, 0.0, 0.0, 1.0)


def test_the_bootstrap_test_agrees_with_mcnemar_on_binary_items() -> None:
    child = [1.0] * 30 + [0.0] * 14 + [1.0] * 256
    parent = [0.0] * 30 + [1.0] * 14 + [1.0] * 256
    exact, resampled = compare_binary(child, parent), paired_bootstrap(child, parent)
    assert resampled.p == pytest.approx(exact.p, abs=0.006)
    assert resampled.low == pytest.approx(exact.low, abs=0.006)
    assert resampled.high == pytest.approx(exact.high, abs=0.006)


def test_a_handful_of_items_is_never_significant() -> None:
    assert paired_bootstrap([1.0, 0.9, 0.8, 1.0], [0.1, 0.2, 0.1, 0.0]).p > 0.1


def test_the_bootstrap_test_rejects_a_true_null_5_times_in_100() -> None:
    draws = np.random.default_rng(6)
    small = 0
    for seed in range(500):
        skill = draws.normal(size=80)
        noise = draws.exponential(size=(2, 80))
        child, parent = (skill + noise).tolist()
        small += paired_bootstrap(child, parent, resamples=300, seed=seed).p < 0.05
    assert 0.02 <= small / 500 <= 0.08


def test_pairing_sees_what_the_spread_over_items_hides() -> None:
    skill = np.random.default_rng(7).normal(scale=10.0, size=100)
    better = skill + 0.5 + np.random.default_rng(8).normal(size=100)
    comparison = paired_bootstrap(better.tolist(), skill.tolist())
    assert comparison.p < 0.01
    assert 0.0 < comparison.low < 0.5 < comparison.high < 1.0


def test_views_weigh_the_same_whatever_their_size() -> None:
    child = [1.0] * 90 + [0.0] * 10
    views = ["large"] * 90 + ["small"] * 10
    assert paired_bootstrap(child, [0.0] * 100, views=views).difference == 0.5


@pytest.mark.parametrize(
    ("child", "parent"), [([], []), ([1.0], [1.0, 0.0]), ([float("nan")], [1.0])]
)
def test_scores_that_cannot_be_paired_are_refused(child: list[float], parent: list[float]) -> None:
    with pytest.raises(ValueError, match=r"pair|finite"):
        paired_bootstrap(child, parent)


def test_a_half_right_item_is_no_binary_item() -> None:
    with pytest.raises(ValueError, match="0 or 1"):
        compare_binary([0.5], [1.0])
