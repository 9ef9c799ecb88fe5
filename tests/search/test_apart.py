"""Which trials cannot be told apart, and what would tell them apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from ftassist.search.apart import chances_of_best, left_to_gain, tied_with, visible
from ftassist.search.beliefs import believe
from ftassist.search.policy import SearchTree, TreeNode

MakeTrial = Callable[..., TreeNode]


@pytest.fixture
def close(base: TreeNode, trial: MakeTrial) -> SearchTree:
    """Three trials far above the base: two beside each other, and one far below them."""
    above = [("t0001", 0.80), ("t0002", 0.79), ("t0003", 0.60)]
    return SearchTree((base, *(trial(name, "t0000", at, half=0.02) for name, at in above)))


def test_trials_within_the_noise_are_tied_and_others_are_not(close: SearchTree) -> None:
    assert tied_with(believe(close), "t0002") == ("t0002", "t0001")
    assert tied_with(believe(close), "t0003") == ("t0003",)


def test_nothing_is_said_of_a_trial_that_has_no_score(close: SearchTree) -> None:
    assert tied_with(believe(close), "t0009") == ()


def test_the_truly_best_trial_is_nearly_always_among_the_tied(base: TreeNode) -> None:
    """200 made-up trees of six trials; each interval is a true one of 95 %."""
    draws = np.random.default_rng(7)
    found = 0
    for _ in range(200):
        truth = [0.5, *(0.5 + draws.normal(0.0, 0.05, 6))]
        nodes = [base]
        for place, true in enumerate(truth[1:], start=1):
            seen = true + draws.normal(0.0, 0.03)
            near = (seen - 0.059, seen + 0.059)
            nodes.append(TreeNode(f"t{place:04d}", "t0000", "scored", seen, near, 300))
        beliefs = believe(SearchTree(tuple(nodes)))
        taken = beliefs.nodes[int(beliefs.mean.argmax())].id
        best = f"t{int(np.argmax(truth)):04d}"
        found += best in tied_with(beliefs, taken)
    assert found >= 180


def test_less_is_left_to_gain_where_steps_have_brought_less(
    base: TreeNode, trial: MakeTrial
) -> None:
    def left(size: float) -> float:
        trials = [trial(f"t{n:04d}", "t0000", 0.5 + size * n, half=0.01) for n in range(1, 6)]
        return left_to_gain(believe(SearchTree((base, *trials))))

    assert 0.0 <= left(0.001) < left(0.05)


def test_chances_of_being_best_add_up_and_come_out_the_same(close: SearchTree) -> None:
    beliefs = believe(close)
    first = chances_of_best(beliefs)
    assert sum(first) == pytest.approx(1.0)
    assert first == chances_of_best(beliefs)
    assert first[1] > first[2] > first[3]
    assert first[0] < 0.01


def test_more_seeds_and_more_items_make_smaller_differences_visible(close: SearchTree) -> None:
    found = visible(believe(close))
    assert found.items is not None and found.both is not None
    assert found.both < min(found.seed, found.items) <= max(found.seed, found.items) < found.now
    assert not found.measured


def test_a_repeat_measures_the_noise_of_seeds(close: SearchTree) -> None:
    nodes = tuple(replace(n, repeats=(0.78,)) if n.id == "t0001" else n for n in close)
    assert visible(believe(SearchTree(nodes))).measured


def test_without_items_nothing_is_said_of_more_of_them(close: SearchTree) -> None:
    nodes = tuple(replace(node, n_items=0) for node in close)
    found = visible(believe(SearchTree(nodes)))
    assert (found.items, found.both) == (None, None)
    assert found.seed < found.now
