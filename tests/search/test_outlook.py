from __future__ import annotations

from collections.abc import Callable

import pytest

from ftassist.search.outlook import look_ahead
from ftassist.search.policies import POLICIES, policy_by_name
from ftassist.search.policy import SearchTree, TreeNode

every_name = pytest.mark.parametrize("name", sorted(POLICIES))


@pytest.fixture
def forked(base: TreeNode, trial: Callable[..., TreeNode]) -> SearchTree:
    pairs = [("t0001", 0.62), ("t0002", 0.60), ("t0003", 0.45), ("t0004", 0.55)]
    below = trial("t0005", "t0001", 0.64)
    vetoed = TreeNode("t0006", "t0001", "vetoed")
    return SearchTree((base, *(trial(name, "t0000", at) for name, at in pairs), below, vetoed))


@every_name
def test_an_outlook_is_what_the_policy_would_choose(name: str, forked: SearchTree) -> None:
    policy = policy_by_name(name)
    found = look_ahead(policy, forked, 2)
    assert list(found.choices) == policy.choose(forked, 2)
    assert found.policy == name


@pytest.mark.parametrize("name", ["ftassist", "greedy", "uct"])
def test_a_policy_that_weighs_says_why_not_the_runner_up(name: str, forked: SearchTree) -> None:
    (choice,) = look_ahead(policy_by_name(name), forked).choices
    assert any(trial.id in choice.instead for trial in forked)
    assert any(sign.isdigit() for sign in choice.instead)


def test_beliefs_have_means_within_their_intervals_and_count_branches(forked: SearchTree) -> None:
    found = {b.trial: b for b in look_ahead(policy_by_name("greedy"), forked).beliefs}
    assert all(b.low < b.mean < b.high for b in found.values())
    assert found["t0000"].visits == 6
    assert found["t0001"].visits == 2, "a veto is no visit"
    assert found["t0005"].mean > found["t0003"].mean


def test_before_the_base_is_scored_there_is_nothing_to_tell() -> None:
    tree = SearchTree((TreeNode("t0000", None, "running"),))
    found = look_ahead(policy_by_name("ftassist"), tree)
    assert (found.choices, found.beliefs, found.recommended) == ((), (), None)
