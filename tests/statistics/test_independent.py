"""The difference of two estimates over different items."""

from __future__ import annotations

import random

import pytest

from ftassist.statistics.independent import gap
from ftassist.statistics.paired import compare_binary


def test_distances_to_the_ends_add_as_squares() -> None:
    found = gap((0.30, 0.20, 0.45), (0.10, 0.06, 0.30))
    assert found.difference == pytest.approx(0.20)
    assert found.low == pytest.approx(0.20 - (0.10**2 + 0.20**2) ** 0.5)
    assert found.high == pytest.approx(0.20 + (0.15**2 + 0.04**2) ** 0.5)


def test_two_equal_gains_are_told_apart_no_oftener_than_the_level_allows() -> None:
    draw = random.Random(5)

    def gain(items: int) -> tuple[float, float, float]:
        parent = [float(draw.random() < 0.4) for _ in range(items)]
        child = [max(was, float(draw.random() < 0.2)) for was in parent]
        return compare_binary(child, parent)[:3]

    false = sum(gap(gain(80), gain(240)).low > 0 for _ in range(400))
    assert false <= 0.05 * 400  # one-sided 2.5 %, and three standard errors of 400 draws
