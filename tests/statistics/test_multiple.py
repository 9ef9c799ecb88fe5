from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.statistics.multiple import holm

p_values = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12)


def test_holm_gives_the_values_of_its_definition() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_comparisons_to_come_count_as_if_they_showed_nothing() -> None:
    assert holm([0.004, 0.01], family_size=8) == holm([0.004, 0.01] + [1.0] * 6)[:2]
    assert holm([0.004], family_size=8) == pytest.approx([0.032])


@given(p_values)
def test_an_adjusted_value_is_never_smaller_than_the_raw_one(raw: list[float]) -> None:
    assert all(p <= adjusted <= 1.0 for p, adjusted in zip(raw, holm(raw), strict=True))


@given(p_values)
def test_the_order_of_evidence_is_kept(raw: list[float]) -> None:
    ranked = sorted(zip(raw, holm(raw), strict=True))
    assert all(a[1] <= b[1] for a, b in pairwise(ranked))


@given(p_values, st.randoms())
def test_the_order_of_comparisons_does_not_matter(raw: list[float], shuffler: object) -> None:
    order = list(range(len(raw)))
    shuffler.shuffle(order)  # type: ignore[attr-defined]
    shuffled = holm([raw[i] for i in order])
    assert shuffled == [holm(raw)[i] for i in order]


@given(p_values, p_values)
def test_a_claim_is_never_taken_back_by_comparisons_to_come(
    early: list[float], late: list[float]
) -> None:
    size = len(early) + len(late)
    before, after = holm(early, size), holm(early + late, size)[: len(early)]
    assert all(a <= b for a, b in zip(after, before, strict=True))


@given(p_values, st.integers(0, 10))
def test_a_larger_family_adjusts_no_less(raw: list[float], more: int) -> None:
    larger = holm(raw, len(raw) + more)
    assert all(a >= b for a, b in zip(larger, holm(raw), strict=True))


def test_a_family_that_is_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="family of 1"):
        holm([0.1, 0.2], family_size=1)


def test_a_p_value_beyond_one_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([1.2])
