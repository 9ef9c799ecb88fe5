from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from ftassist import teach
from ftassist.teach.exercises.was_it_better import BASE, FAMILY, GAIN, MOST


def wilson(k: int, n: int, z: float = 1.96) -> tuple[float, float]:
    middle, half = k + z * z / 2, z * math.sqrt(k * (n - k) / n + z * z / 4)
    return (middle - half) / (n + z * z), (middle + half) / (n + z * z)


def textbook(k: int, n: int) -> tuple[float, float]:
    share = k / n
    half = 1.96 * math.sqrt(share * (1 - share) / n)
    return share - half, share + half


def mcnemar(b: int, c: int) -> float:
    ways = sum(math.comb(b + c, k) for k in range(min(b, c) + 1))
    return min(1.0, 2 * ways / float(1 << (b + c)))


def test_wilsons_interval_passes_and_the_textbooks_is_told_by_its_name() -> None:
    assert teach.check("04.1", wilson)
    assert "textbook" in str(teach.check("04.1", textbook))


@pytest.mark.parametrize(
    ("made", "hint"),
    [
        (lambda k, n: tuple(100 * end for end in wilson(k, n)), "not percent"),
        (lambda k, n: wilson(k, n)[::-1], "below where it begins"),
        (lambda k, n: wilson(k, n, z=2.58), "middle or its width"),
        (lambda k, n: k / n, "two numbers"),
        (lambda k, n: None, "returns nothing"),
    ],
)
def test_another_interval_gets_a_hint(made: Callable[..., Any], hint: str) -> None:
    found = teach.check("04.1", made)
    assert not found
    assert hint in str(found)


@pytest.mark.parametrize(
    ("made", "hint"),
    [
        (lambda b, c: mcnemar(b, c) / 2, "one-sided"),
        (lambda b, c: 2 * mcnemar(b, c), "at least as uneven"),
        (lambda b, c: mcnemar(b, c) if b >= c else 0.5, "either"),
        (lambda b, c: 0.05, "at least as uneven"),
    ],
)
def test_another_test_than_mcnemars_gets_a_hint(made: Callable[..., Any], hint: str) -> None:
    assert teach.check("04.2", mcnemar)
    found = teach.check("04.2", made)
    assert not found
    assert hint in str(found)


def test_only_what_holm_leaves_may_be_claimed() -> None:
    assert teach.check("04.3", [0.004])
    assert "family of eight" in str(teach.check("04.3", [p for p in FAMILY if p < 0.05]))
    assert "Too many" in str(teach.check("04.3", [0.004, 0.008]))
    assert "none of the eight" in str(teach.check("04.3", [0.5]))
    assert not teach.check("04.3", [0.008])


def test_enough_items_pass_and_far_too_many_or_too_few_do_not() -> None:
    passed = [n for n in range(600, 1000, 20) if teach.check("04.4", n)]
    assert passed
    assert max(passed) <= 1.15 * min(passed)
    assert "not enough" in str(teach.check("04.4", 200))
    assert "would do as well" in str(teach.check("04.4", 2 * min(passed)))
    assert "would do as well" in str(teach.check("04.4", MOST * 10))
    assert (GAIN, BASE) == (0.05, 0.6)  # as the notebook asks
