from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.statistics.shrinkage import binomial_masses, expected_best_of, shrink

noisy_scores = st.lists(
    st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 0.05)), min_size=2, max_size=12
)


@pytest.mark.parametrize(
    ("n", "points"),
    [
        (100, [5.7, 7.4, 9.0, 10.8]),
        (200, [4.1, 5.3, 6.4, 7.7]),
        (500, [2.5, 3.3, 4.1, 4.9]),
    ],
)
def test_the_best_of_equal_trials_looks_as_much_too_good_as_simulated(
    n: int, points: list[float]
) -> None:
    exact = [100.0 * expected_best_of(k, n, 0.6) for k in (5, 10, 20, 50)]
    assert exact == pytest.approx(points, abs=0.11)


def test_the_best_of_one_is_not_biased() -> None:
    assert expected_best_of(1, 80, 0.3) == pytest.approx(0.0, abs=1e-12)


def test_binomial_masses_sum_to_one_and_agree_with_scipy() -> None:
    from scipy.stats import binom

    assert binomial_masses(40, 0.3) == pytest.approx(binom.pmf(range(41), 40, 0.3).tolist())
    assert binomial_masses(3, 1.0) == [0.0, 0.0, 0.0, 1.0]


@given(noisy_scores)
def test_a_shrunken_score_lies_between_its_score_and_the_common_mean(
    pairs: list[tuple[float, float]],
) -> None:
    scores, variances = zip(*pairs, strict=True)
    shrunken = shrink(scores, variances)
    assert all(min(scores) - 1e-9 <= value <= max(scores) + 1e-9 for value in shrunken)
    # Those above the mean move down, those below move up: some value separates them.
    down = [v for s, v in zip(scores, shrunken, strict=True) if v < s]
    up = [v for s, v in zip(scores, shrunken, strict=True) if v > s]
    assert max(up, default=-1.0) <= min(down, default=2.0) + 1e-9


@given(noisy_scores, st.randoms())
def test_the_order_of_trials_does_not_matter(
    pairs: list[tuple[float, float]], shuffler: object
) -> None:
    order = list(range(len(pairs)))
    shuffler.shuffle(order)  # type: ignore[attr-defined]
    scores, variances = zip(*pairs, strict=True)
    shuffled = shrink([scores[i] for i in order], [variances[i] for i in order])
    expected = shrink(scores, variances)
    assert shuffled == pytest.approx([expected[i] for i in order], abs=1e-9)


@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=12), st.floats(1e-6, 0.05))
def test_equally_noisy_trials_keep_their_order(scores: list[float], variance: float) -> None:
    ranked = sorted(zip(scores, shrink(scores, [variance] * len(scores)), strict=True))
    assert all(a[1] <= b[1] + 1e-12 for a, b in pairwise(ranked))


def test_scores_without_noise_stay_as_they_are() -> None:
    assert shrink([0.2, 0.5, 0.9], [0.0] * 3) == pytest.approx([0.2, 0.5, 0.9])


def test_a_spread_no_larger_than_noise_shrinks_to_the_mean() -> None:
    assert shrink([0.50, 0.51, 0.52], [0.01] * 3) == pytest.approx([0.51] * 3)


def test_a_noisier_score_moves_further() -> None:
    low, _, exact, noisy = shrink([0.2, 0.4, 0.8, 0.8], [0.001, 0.001, 0.001, 0.02])
    assert low < noisy < exact < 0.8


def test_a_single_score_is_left_alone() -> None:
    assert shrink([0.7], [0.01]) == [0.7]


def test_shrinkage_removes_most_of_the_winners_curse() -> None:
    draws = np.random.default_rng(9)
    raw, shrunken = [], []
    for _ in range(400):
        truth = draws.normal(0.6, 0.02, 10)
        scores = draws.binomial(200, truth) / 200
        best = int(scores.argmax())
        estimate = shrink(scores.tolist(), (scores * (1 - scores) / 200).tolist())[best]
        raw.append(scores[best] - truth[best])
        shrunken.append(estimate - truth[best])
    assert np.mean(raw) > 0.025
    assert abs(np.mean(shrunken)) < 0.4 * np.mean(raw)


def test_a_negative_variance_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        shrink([0.1, 0.2], [0.1, -0.1])


def test_missing_variances_are_refused() -> None:
    with pytest.raises(ValueError, match="variances"):
        shrink([0.1, 0.2], [0.1])


@given(noisy_scores)
def test_many_scores_are_drawn_as_few_are(known: list[tuple[float, float]]) -> None:
    scores, variances = [s for s, _ in known], [v for _, v in known]
    few = shrink(scores, variances)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ftassist.statistics.shrinkage.FEW", 0)
        assert shrink(scores, variances) == pytest.approx(few, abs=1e-9)
