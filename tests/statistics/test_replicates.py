from __future__ import annotations

import numpy as np
import pytest

from ftassist.statistics.replicates import compare_replicates, seed_deviation


def seeded_runs(draws: np.random.Generator, seeds: int, deviation: float) -> list[list[float]]:
    """A base run and `seeds` equally good runs on 200 items, seeds varying by `deviation`."""
    chance = draws.beta(0.5, 0.5, 200)
    shifts = [0.0, *draws.normal(0.0, deviation, seeds)]
    shifted = [chance + np.where(s > 0, 1 - chance, chance) * 2 * s for s in shifts]
    return [(draws.random(200) < chances).astype(float).tolist() for chances in shifted]


@pytest.mark.parametrize(("seeds", "deviation"), [(2, 0.0), (3, 0.02), (3, 0.04)])
def test_equal_recipes_are_covered_although_seeds_vary(seeds: int, deviation: float) -> None:
    draws = np.random.default_rng(11)
    hits = 0
    for _ in range(150):
        base, *runs = seeded_runs(draws, seeds, deviation)
        comparison = compare_replicates(runs, [base])
        hits += comparison.low <= 0.0 <= comparison.high
    assert hits / 150 >= 0.92


def test_seeds_that_disagree_widen_the_interval() -> None:
    base = [0.0, 1.0] * 100
    alike = [[1.0, 1.0] * 100, [1.0, 1.0] * 100]
    apart = [[1.0, 1.0] * 50 + [0.0, 1.0] * 50, [1.0, 1.0] * 100]
    narrow, wide = (compare_replicates(runs, [base]) for runs in (alike, apart))
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)
    assert wide.p > narrow.p


def test_more_seeds_do_not_make_more_items() -> None:
    draws = np.random.default_rng(12)
    child, base = ((draws.random(100) < share).astype(float).tolist() for share in (0.6, 0.5))
    few, many = (compare_replicates([child] * seeds, [base]) for seeds in (2, 20))
    assert many.high - many.low == pytest.approx(few.high - few.low, rel=1e-6)


def test_swapping_the_models_mirrors_the_comparison() -> None:
    first, second = seeded_runs(np.random.default_rng(13), 3, 0.02)[:2], [[0.0, 1.0] * 100]
    forth, back = compare_replicates(first, second), compare_replicates(second, first)
    assert back == pytest.approx((-forth.difference, -forth.high, -forth.low, forth.p))


def test_both_sides_may_have_seeds() -> None:
    runs = seeded_runs(np.random.default_rng(14), 5, 0.0)
    comparison = compare_replicates(runs[:3], runs[3:])
    assert comparison.low < 0.0 < comparison.high


def test_views_weigh_the_same_whatever_their_size() -> None:
    views = ["large"] * 90 + ["small"] * 10
    runs = [[1.0] * 90 + [0.0] * 10] * 2
    assert compare_replicates(runs, [[0.0] * 100], views=views).difference == 0.5


def test_certain_runs_on_two_items_prove_nothing() -> None:
    assert compare_replicates([[1.0, 1.0]] * 3, [[0.0, 0.0]]).p > 0.4


def test_the_seed_deviation_is_that_of_the_mean_scores() -> None:
    assert seed_deviation([[1.0, 0.0], [1.0, 1.0]]) == pytest.approx(0.5 / 2**0.5)
    assert seed_deviation([[1.0, 0.0]]) is None


def test_runs_on_different_numbers_of_items_are_refused() -> None:
    with pytest.raises(ValueError, match="same items"):
        compare_replicates([[1.0, 0.0], [1.0]], [[0.0, 0.0]])
