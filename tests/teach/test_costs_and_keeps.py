from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ftassist import teach
from ftassist.statistics.noninferiority import compare_with_margin


def adapter(shapes: list[tuple[int, int]], rank: int) -> int:
    return sum(rank * (inputs + outputs) for inputs, outputs in shapes)


def kept(low: float, high: float, margin: float) -> str:
    if low > -margin:
        return "kept"
    return "lost" if high < 0 else "unclear"


def test_the_weights_of_an_adapter_are_counted_from_the_sides_of_its_layers() -> None:
    assert teach.check("05.1", adapter)


@pytest.mark.parametrize(
    ("made", "hint"),
    [
        (lambda shapes, rank: sum(i * o for i, o in shapes), "stay as they are"),
        (lambda shapes, rank: sum(rank * i for i, _ in shapes), "bring them up again"),
        (lambda shapes, rank: 1, "you say 1"),
        (lambda shapes, rank: "many", "A number is asked for"),
    ],
)
def test_another_count_gets_a_hint(made: Callable[..., Any], hint: str) -> None:
    found = teach.check("05.1", made)
    assert not found
    assert hint in str(found)


@pytest.mark.parametrize(
    ("made", "hint"),
    [
        (lambda weights, trained: 4 * weights + 12 * trained, "bytes"),
        (lambda weights, trained: (4 * weights + 8 * trained) / 1e6, "gradient"),
        (lambda weights, trained: 16 * weights / 1e6, "not trained"),
        (lambda weights, trained: 4 * weights / 1e6, "lines of the table"),
    ],
)
def test_memory_counts_what_is_trained_on_top(made: Callable[..., Any], hint: str) -> None:
    assert hint in str(teach.check("05.2", made))
    assert teach.check("05.2", lambda weights, trained: (4 * weights + 12 * trained) / 1e6)


def test_kept_is_what_was_shown_to_be_kept() -> None:
    assert teach.check("05.3", kept)
    cautious = teach.check("05.3", lambda low, high, margin: "unclear" if low < 0 else "kept")
    assert "as large as the margin" in str(cautious)
    assert not teach.check("05.3", lambda low, high, margin: "kept")
    assert "asked for" in str(teach.check("05.3", lambda low, high, margin: "fine"))


def rounded(block: list[float], levels: list[float], back: bool = True) -> list[float]:
    scale = max(abs(weight) for weight in block)
    level = [min(levels, key=lambda each: abs(each - weight / scale)) for weight in block]
    return [each * scale if back else each for each in level]


@pytest.mark.parametrize(
    ("made", "hint"),
    [
        (lambda block, levels: rounded(block, levels, back=False), "Multiply by"),
        (lambda block, levels: [min(levels, key=lambda n: abs(n - w)) for w in block], "divide"),
        (lambda block, levels: block, "you say"),
        (lambda block, levels: levels, "as many numbers"),
    ],
)
def test_a_block_is_rounded_on_its_own_scale(made: Callable[..., Any], hint: str) -> None:
    assert teach.check("05.4", rounded)
    found = teach.check("05.4", made)
    assert not found
    assert hint in str(found)


@pytest.mark.parametrize("right", [(90, 90), (60, 90), (88, 90)])
def test_the_exercise_asks_for_the_rule_of_the_program(right: tuple[int, int]) -> None:
    child = [1.0] * right[0] + [0.0] * (144 - right[0])
    parent = [1.0] * right[1] + [0.0] * (144 - right[1])
    found = compare_with_margin(child, parent, 0.05)
    assert kept(found.low, found.high, 0.05) == found.kind
