from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.errors import UnknownNameError
from ftassist.search.policies import POLICIES, policy_by_name
from ftassist.search.policy import Policy, SearchTree, TreeNode

MakeTrial = Callable[..., TreeNode]
STATUSES = ["proposed", "running", "scored", "failed", "invalid", "vetoed"]
every_policy = pytest.mark.parametrize("policy", [policy_by_name(name) for name in POLICIES])


@st.composite
def trees(draw: Any) -> SearchTree:
    """Trees of up to a dozen trials in any statuses; trials grow from scored ones."""
    nodes = [TreeNode("t0000", None, draw(st.sampled_from(["scored", "running"])), 0.5)]
    for number in range(1, draw(st.integers(1, 12))):
        parents = [node.id for node in nodes if node.status == "scored"]
        if not parents:
            break
        status = draw(st.sampled_from(STATUSES))
        score = draw(st.floats(0.0, 1.0)) if status == "scored" else None
        verdict = draw(st.sampled_from(["better", "tied", "worse"])) if score is not None else None
        interval = None if score is None else (score - 0.05, score + 0.05)
        parent = draw(st.sampled_from(parents))
        nodes.append(TreeNode(f"t{number:04d}", parent, status, score, interval, 300, verdict))
    return SearchTree(tuple(nodes))


# The contract of every policy.


@every_policy
@given(tree=trees(), slots=st.integers(0, 4))
def test_a_policy_only_grows_from_scored_trials(
    policy: Policy, tree: SearchTree, slots: int
) -> None:
    may = {"scored", "failed"} if getattr(policy, "mends", False) else {"scored"}
    assert all(tree.node(c.parent).status in may for c in policy.choose(tree, slots))


@every_policy
@given(tree=trees(), slots=st.integers(0, 4))
def test_a_policy_never_takes_more_than_its_slots_and_always_says_why(
    policy: Policy, tree: SearchTree, slots: int
) -> None:
    choices = policy.choose(tree, slots)
    assert len(choices) <= slots
    assert all(len(choice.reason.split()) >= 4 for choice in choices)


@every_policy
@given(tree=trees())
def test_the_same_tree_gets_the_same_answer(policy: Policy, tree: SearchTree) -> None:
    assert policy.choose(tree, 3) == policy_by_name(policy.name).choose(tree, 3)


@every_policy
@given(tree=trees())
def test_a_policy_with_nothing_pending_always_goes_on(policy: Policy, tree: SearchTree) -> None:
    settled = tuple(node for node in tree if not node.pending)
    if settled:
        assert len(policy.choose(SearchTree(settled), 1)) == 1


@every_policy
def test_with_only_the_base_a_policy_grows_from_the_base(policy: Policy, base: TreeNode) -> None:
    assert [choice.parent for choice in policy.choose(SearchTree((base,)), 1)] == ["t0000"]


@every_policy
def test_a_policy_waits_for_the_base_to_be_scored(policy: Policy) -> None:
    assert policy.choose(SearchTree((TreeNode("t0000", None, "running"),)), 2) == []


@every_policy
def test_a_policy_goes_on_from_the_base_after_nothing_but_failures(
    policy: Policy, base: TreeNode
) -> None:
    failures = (TreeNode("t0001", "t0000", "failed"), TreeNode("t0002", "t0000", "vetoed"))
    choices = policy.choose(SearchTree((base, *failures)), 1)
    may = ["t0001", "t0000"] if getattr(policy, "mends", False) else ["t0000"]
    assert len(choices) == 1 and choices[0].parent in may


# Names.


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_a_policy_is_found_by_its_own_name(name: str) -> None:
    assert policy_by_name(name).name == name


def test_an_unknown_policy_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="there is no policy 'gredy'") as caught:
        policy_by_name("gredy")
    assert "greedy" in str(caught.value)


# Sequential.


def test_the_chain_goes_on_from_a_trial_that_was_better(base: TreeNode, trial: MakeTrial) -> None:
    tree = SearchTree((base, trial("t0001", "t0000", 0.6, "better")))
    (choice,) = policy_by_name("sequential").choose(tree, 1)
    assert choice.parent == "t0001"
    assert "better than its parent t0000" in choice.reason


@pytest.mark.parametrize("verdict", ["tied", "worse", "invalid", None])
def test_the_chain_falls_back_when_a_trial_was_not_better(
    base: TreeNode, trial: MakeTrial, verdict: str | None
) -> None:
    tree = SearchTree(
        (base, trial("t0001", "t0000", 0.6, "better"), trial("t0002", "t0001", 0.7, verdict))
    )
    (choice,) = policy_by_name("sequential").choose(tree, 1)
    assert choice.parent == "t0001"
    assert "t0002 was not better" in choice.reason


def test_the_chain_falls_back_over_a_failure(base: TreeNode, trial: MakeTrial) -> None:
    failed = TreeNode("t0002", "t0001", "failed")
    tree = SearchTree((base, trial("t0001", "t0000", 0.6, "better"), failed))
    (choice,) = policy_by_name("sequential").choose(tree, 1)
    assert (choice.parent, choice.reason) == ("t0001", "t0002 failed; t0001 is the last that held")


def test_a_veto_does_not_break_the_chain(base: TreeNode, trial: MakeTrial) -> None:
    vetoed = TreeNode("t0002", "t0001", "vetoed")
    tree = SearchTree((base, trial("t0001", "t0000", 0.6, "better"), vetoed))
    assert [c.parent for c in policy_by_name("sequential").choose(tree, 1)] == ["t0001"]


@pytest.mark.parametrize("status", ["proposed", "running"])
def test_the_chain_waits_for_its_pending_link(base: TreeNode, status: Any) -> None:
    tree = SearchTree((base, TreeNode("t0001", "t0000", status)))
    assert policy_by_name("sequential").choose(tree, 2) == []


# Greedy.


def test_greedy_grows_from_the_best_of_all_branches(base: TreeNode, trial: MakeTrial) -> None:
    tree = SearchTree(
        (
            base,
            trial("t0001", "t0000", 0.80, "better", 0.04),
            trial("t0002", "t0001", 0.70, "worse", 0.04),
            trial("t0003", "t0000", 0.60, "better", 0.04),
        )
    )
    (choice,) = policy_by_name("greedy").choose(tree, 1)
    assert choice.parent == "t0001"
    assert "highest shrunken score" in choice.reason


def test_greedy_gives_parallel_slots_different_parents(base: TreeNode, trial: MakeTrial) -> None:
    tree = SearchTree((base, trial("t0001", "t0000", 0.62), trial("t0002", "t0000", 0.60)))
    choices = policy_by_name("greedy").choose(tree, 2)
    assert [choice.parent for choice in choices] == ["t0001", "t0002"]


def test_greedy_counts_what_is_already_pending(base: TreeNode, trial: MakeTrial) -> None:
    pending = TreeNode("t0003", "t0001", "proposed")
    trials = (trial("t0001", "t0000", 0.62), trial("t0002", "t0000", 0.60))
    (choice,) = policy_by_name("greedy").choose(SearchTree((base, *trials, pending)), 1)
    assert choice.parent == "t0002"
    assert "t0001 already has 1 pending" in choice.reason


def test_greedy_never_spreads_to_a_trial_clearly_behind(base: TreeNode, trial: MakeTrial) -> None:
    tree = SearchTree((base, trial("t0001", "t0000", 0.90, "better", 0.03)))
    assert [c.parent for c in policy_by_name("greedy").choose(tree, 2)] == ["t0001", "t0001"]


# Random.


def test_random_reaches_every_scored_trial(base: TreeNode, trial: MakeTrial) -> None:
    tree = SearchTree((base, trial("t0001", "t0000", 0.6), trial("t0002", "t0000", 0.2)))
    choices = policy_by_name("random").choose(tree, 60)
    assert {choice.parent for choice in choices} == {"t0000", "t0001", "t0002"}


def test_random_draws_otherwise_with_another_seed(base: TreeNode, trial: MakeTrial) -> None:
    nodes = (base, *(trial(f"t{number:04d}", "t0000", 0.5) for number in range(1, 9)))
    tree = SearchTree(nodes)
    draws = {
        seed: [choice.parent for choice in policy_by_name("random", seed).choose(tree, 12)]
        for seed in (0, 1)
    }
    assert draws[0] != draws[1]


def test_random_draws_anew_as_the_tree_grows(base: TreeNode, trial: MakeTrial) -> None:
    nodes = (base, *(trial(f"t{number:04d}", "t0000", 0.5) for number in range(1, 20)))
    drawn = {
        policy_by_name("random").choose(SearchTree(nodes[:size]), 1)[0].parent
        for size in range(10, 20)
    }
    assert len(drawn) > 3
