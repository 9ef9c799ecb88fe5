"""A margin is stated, and "kept" is what has to be shown."""

from __future__ import annotations

import random

import pytest

from ftassist.statistics.noninferiority import compare_with_margin


def pair(items: int, both: int, gained: int, lost: int) -> tuple[list[int], list[int]]:
    child = [1] * both + [1] * gained + [0] * lost
    parent = [1] * both + [0] * gained + [1] * lost
    rest = [0] * (items - len(child))
    return child + rest, parent + rest


@pytest.mark.parametrize(
    ("items", "gained", "lost", "kind"),
    [
        (400, 0, 0, "kept"),
        (2000, 20, 50, "kept"),  # worse by 1.5 points, which is within the margin
        (200, 0, 30, "lost"),
        (100, 5, 8, "unclear"),
        (20, 0, 0, "unclear"),  # too few items show nothing
    ],
)
def test_what_follows_from_the_interval(items: int, gained: int, lost: int, kind: str) -> None:
    child, parent = pair(items, items // 2, gained, lost)
    found = compare_with_margin(child, parent, 0.05)
    assert found.kind == kind
    assert found.difference == pytest.approx((gained - lost) / items)
    assert found.low <= found.difference <= found.high


def test_a_loss_of_the_margin_is_called_kept_once_in_twenty_at_most() -> None:
    draw = random.Random(7)
    kept = 0
    for _ in range(2_000):
        parent = [float(draw.random() < 0.5) for _ in range(300)]
        child = [0.0 if right and draw.random() < 0.1 else right for right in parent]
        kept += compare_with_margin(child, parent, 0.05).kind == "kept"
    assert 0.01 < kept / 2_000 < 0.05


def test_a_margin_is_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        compare_with_margin([1], [1], 0.0)
