from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ftassist.search.asha import ASHA
from ftassist.search.policy import SearchTree, TreeNode

RUNGS = (0.25, 0.5, 1.0)


@pytest.fixture
def partial(base: TreeNode, trial: Callable[..., TreeNode]) -> Callable[..., SearchTree]:
    """A tree of trials from the base, given as (score, rung)."""

    def make(*trials: tuple[float, float]) -> SearchTree:
        nodes = [
            replace(trial(f"t{number:04d}", "t0000", score), rung=rung)
            for number, (score, rung) in enumerate(trials, 1)
        ]
        return SearchTree((base, *nodes), rungs=RUNGS)

    return make


def test_a_new_trial_is_run_to_the_first_rung_only(partial: Callable[..., SearchTree]) -> None:
    (choice,) = ASHA().choose(partial(), 1)
    assert (choice.action, choice.parent, choice.rung) == ("grow", "t0000", 0.25)


def test_the_better_of_two_that_rest_goes_on(partial: Callable[..., SearchTree]) -> None:
    (choice,) = ASHA().choose(partial((0.5, 0.25), (0.6, 0.25)), 1)
    assert (choice.action, choice.parent, choice.rung) == ("promote", "t0002", 0.5)
    assert "within its noise" in choice.reason


def test_what_rests_is_gone_on_with_once_its_rung_has_grown(
    partial: Callable[..., SearchTree],
) -> None:
    rested = partial((0.55, 0.25), (0.6, 0.5), (0.4, 0.25), (0.5, 0.25))
    (choice,) = ASHA().choose(rested, 1)
    assert (choice.action, choice.parent) == ("promote", "t0001")


def test_the_highest_rung_goes_first(partial: Callable[..., SearchTree]) -> None:
    tree = partial((0.6, 0.5), (0.62, 0.5), (0.5, 0.25), (0.4, 0.25))
    (choice,) = ASHA().choose(tree, 1)
    assert (choice.parent, choice.rung) == ("t0002", 1.0)


def test_only_whole_runs_are_grown_from_and_recommended(
    partial: Callable[..., SearchTree],
) -> None:
    tree = partial((0.9, 0.5), (0.7, 1.0))
    (choice,) = ASHA().choose(tree, 1)
    assert (choice.action, choice.parent) == ("grow", "t0002")
    assert ASHA().recommend(tree) == "t0002"


def test_where_runs_are_whole_it_is_best_first(partial: Callable[..., SearchTree]) -> None:
    tree = replace(partial((0.7, 1.0), (0.6, 1.0)), rungs=(1.0,))
    (choice,) = ASHA().choose(tree, 1)
    assert (choice.action, choice.parent, choice.rung) == ("grow", "t0001", 1.0)
