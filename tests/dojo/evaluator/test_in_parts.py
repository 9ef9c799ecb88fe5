"""Items asked in parts: of each kind as many, within a limit by the clock, more with more time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import pytest

from ftassist.dojo.evaluator.in_parts import Until, in_order
from ftassist.errors import DataError

ITEMS = [(f"{view}-{n}", view) for view in ("sums", "words", "facts") for n in range(24)]


class Clock:
    """A clock that a question moves on."""

    def __init__(self, each: float) -> None:
        self.now = 100.0
        self.each = each
        self.calls: list[int] = []

    def __call__(self) -> float:
        return self.now

    def ask(self, names: Collection[str]) -> list[str]:
        self.now += self.each * len(names)
        self.calls.append(len(names))
        return list(names)


def asked(seconds: float | None, each: float, loading: float = 0.0) -> tuple[list[str], Clock]:
    clock = Clock(each)
    until = Until(seconds, clock)
    clock.now += loading
    return until(ITEMS, clock.ask), clock


@pytest.mark.parametrize("each", [0.05, 0.3, 0.9])
def test_the_limit_holds_and_is_used(each: float) -> None:
    found, clock = asked(10.0, each)
    assert clock.now <= 110.0 + 1e-9
    assert len(found) == len(set(found)) == pytest.approx(min(72, 10.0 / each), abs=1.001)


def test_loading_counts_too() -> None:
    found, clock = asked(10.0, 0.5, loading=7.0)
    assert clock.now <= 110.0
    assert len(found) == 6


def test_any_beginning_has_as_many_of_each_kind() -> None:
    found, _ = asked(10.0, 0.45)
    counts = Counter(name.partition("-")[0] for name in found)
    assert max(counts.values()) - min(counts.values()) <= 1


def test_less_time_asks_the_beginning_of_what_more_time_asks() -> None:
    few, many = asked(10.0, 0.9)[0], asked(10.0, 0.3)[0]
    assert many[: len(few)] == few
    assert many != sorted(many), "drawn by a seed, not the first ones of the file"


def test_without_a_limit_all_are_asked_at_once() -> None:
    found, clock = asked(None, 1.0)
    assert sorted(found) == sorted(name for name, _ in ITEMS)
    assert clock.calls == [72]


def test_parts_grow_so_that_few_are_begun() -> None:
    assert asked(1000.0, 0.1)[1].calls == [3, 6, 12, 24, 27]


def test_without_time_nothing_is_asked() -> None:
    with pytest.raises(DataError, match="over before anything was asked"):
        asked(1.0, 0.1, loading=2.0)


def test_the_order_is_that_of_every_process() -> None:
    assert in_order([(f"q{n}", "x") for n in range(5)]) == ["q3", "q1", "q0", "q4", "q2"]
