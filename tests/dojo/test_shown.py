"""Which validation items may be shown, and which are kept to choose by."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.dojo.shown import (
    FEWEST_PARTIAL,
    FEWEST_SHOWN,
    KEPT_OF_A_VIEW,
    partial_items,
    shown_items,
)
from ftassist.records.feedback import Measured, MeasuredByView, TrialFeedback

SCORE, LESS = (0.7, 0.6, 0.8, 9), (0.2, 0.1, 0.3, 9)


def items(**sizes: int) -> list[tuple[str, str]]:
    return [(f"{view}{number}", view) for view, n in sizes.items() for number in range(n)]


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ({"a": 200, "b": 120}, {"a": 50, "b": 30}),
        ({"a": 100, "b": 100}, {"a": 30, "b": 30}),
        ({"a": 600, "b": 400}, {"a": 150, "b": 100}),
    ],
)
def test_a_quarter_is_shown_and_at_least_sixty_with_views_in_proportion(
    sizes: dict[str, int], shown: dict[str, int]
) -> None:
    known = items(**sizes)
    views = dict(known)
    assert Counter(views[item] for item in shown_items(known, seed=3)) == shown


def test_a_small_task_shows_what_it_selects_by() -> None:
    assert shown_items(items(a=199), seed=0) == frozenset()
    assert len(shown_items(items(a=200), seed=0)) == FEWEST_SHOWN


def test_nothing_is_set_apart_in_a_campaign_without_a_seed() -> None:
    assert shown_items(items(a=400), seed=None) == frozenset()


def test_nothing_is_set_apart_where_views_are_too_small_to_spare_sixty() -> None:
    pairs = [(f"i{n}", f"view{n // 2}") for n in range(240)]
    assert shown_items(pairs, seed=0) == frozenset()


def test_the_seed_draws_them_and_the_order_of_items_does_not() -> None:
    known = items(a=300, b=100)
    assert shown_items(known, seed=1) == shown_items(known[::-1], seed=1)
    assert shown_items(known, seed=1) != shown_items(known, seed=2)


@given(st.lists(st.integers(1, 90), min_size=1, max_size=12), st.integers(0, 50))
def test_every_view_keeps_items_to_compare_by(sizes: list[int], seed: int) -> None:
    known = items(**{f"view{n}_": size for n, size in enumerate(sizes)})
    shown = shown_items(known, seed)
    left = Counter(view for item, view in known if item not in shown)
    for view, size in Counter(view for _, view in known).items():
        assert left[view] >= min(size, KEPT_OF_A_VIEW)
    assert not shown or len(shown) >= FEWEST_SHOWN


def test_an_agent_is_told_views_and_rates_of_the_shown_part_alone() -> None:
    own, other = (MeasuredByView(*m, {"a": Measured(*m)}, 1.0, 0.0) for m in (SCORE, LESS))
    every = TrialFeedback.of(own.to_dict())
    assert every.told is every
    assert replace(every, shown=other).told is other


def test_a_run_in_part_is_scored_on_half_of_the_items_that_select_and_on_none_that_is_shown() -> (
    None
):
    known = items(a=200, b=120)
    views = dict(known)
    part = partial_items(known, seed=3)
    assert Counter(views[item] for item in part) == {"a": 75, "b": 45}
    assert not part & shown_items(known, seed=3)


def test_a_run_in_part_of_a_small_task_is_scored_on_all_that_selects() -> None:
    assert len(partial_items(items(a=FEWEST_PARTIAL - 10), seed=0)) == FEWEST_PARTIAL - 10
    assert len(partial_items(items(a=100), seed=0)) == FEWEST_PARTIAL


def test_the_seed_draws_the_items_of_runs_in_part_and_their_order_does_not() -> None:
    known = items(a=300, b=100)
    assert partial_items(known, seed=1) == partial_items(known[::-1], seed=1)
    assert partial_items(known, seed=1) != partial_items(known, seed=2)
    assert len(partial_items(known, seed=None)) == 200
