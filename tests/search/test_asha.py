from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ftassist.search.asha import ASHA, resting
from ftassist.search.best import recommended
from ftassist.search.paying import under_way, whole_run
from ftassist.search.policies import POLICIES, policy_by_name
from ftassist.search.policy import PartialScore, SearchTree, TreeNode

RUNGS = (0.25, 0.5, 1.0)


@pytest.fixture
def partial(base: TreeNode, trial: Callable[..., TreeNode]) -> Callable[..., SearchTree]:
    """A tree of trials from the base, given as (score, rung)."""

    def make(*trials: tuple[float, float]) -> SearchTree:
        nodes = []
        for number, (score, rung) in enumerate(trials, 1):
            node = trial(f"t{number:04d}", "t0000", score)
            at = [PartialScore(r, score, node.interval) for r in RUNGS if r <= rung and r < 1.0]
            if rung < 1.0:
                node = TreeNode(node.id, node.parent, "resting")
            nodes.append(replace(node, rung=rung, partial=tuple(at)))
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


def test_when_there_are_no_new_trials_all_that_may_be_best_within_their_noise_go_on(
    partial: Callable[..., SearchTree],
) -> None:
    tree = replace(partial((0.60, 0.25), (0.58, 0.25), (0.30, 0.25)), may_grow=False)
    chosen = ASHA().choose(tree, 5)
    assert [(choice.action, choice.parent) for choice in chosen] == [
        ("promote", "t0001"),
        ("promote", "t0002"),
    ]
    assert "within its noise" in chosen[1].reason


def test_a_trial_that_is_clearly_behind_rests_and_says_behind_whom(
    partial: Callable[..., SearchTree],
) -> None:
    found = resting(partial((0.60, 0.25), (0.58, 0.25), (0.30, 0.25)), 0.25)
    assert [(rests.trial, rests.behind) for rests in found] == [
        ("t0001", ""),
        ("t0002", ""),
        ("t0003", "t0001"),
    ]


def test_what_is_run_on_is_measured_by_its_rung_not_by_what_it_became(
    partial: Callable[..., SearchTree],
) -> None:
    tree = partial((0.60, 1.0), (0.2, 0.25))
    failed = replace(tree.nodes[1], status="failed", score=None, interval=None)
    (rests,) = resting(replace(tree, nodes=(tree.root, failed, tree.nodes[2])), 0.25)
    assert rests.behind == "t0001"


def test_nothing_is_run_on_while_a_person_waits_for_a_proposal(
    partial: Callable[..., SearchTree],
) -> None:
    tree = replace(partial((0.5, 0.25), (0.6, 0.25)), may_repeat=False)
    assert [choice.action for choice in ASHA().choose(tree, 1)] == ["grow"]


def test_a_score_at_a_rung_is_no_score_for_any_policy(partial: Callable[..., SearchTree]) -> None:
    tree = partial((0.99, 0.25), (0.98, 0.5))
    assert [node.id for node in tree.expandable] == ["t0000"]
    for name in POLICIES:
        policy = policy_by_name(name)
        grown = policy.choose(replace(tree, may_repeat=False), 2)
        assert {choice.parent for choice in grown} <= {"t0000"}
        assert recommended(policy, tree) == "t0000"


def test_where_runs_are_whole_it_is_best_first(partial: Callable[..., SearchTree]) -> None:
    tree = replace(partial((0.7, 1.0), (0.6, 1.0)), rungs=(1.0,))
    (choice,) = ASHA().choose(tree, 1)
    assert (choice.action, choice.parent, choice.rung) == ("grow", "t0001", 1.0)


@pytest.fixture
def priced(partial: Callable[..., SearchTree]) -> SearchTree:
    """Two that rest at a quarter after 25 s, one at a half after 50 s, and one that runs to it."""
    tree = partial((0.6, 0.25), (0.5, 0.25), (0.55, 0.5), (0.4, 0.25))
    spent = {"t0001": 25.0, "t0002": 25.0, "t0003": 50.0, "t0004": 25.0}
    nodes = [replace(node, seconds=spent.get(node.id, 0.0)) for node in tree]
    nodes[4] = replace(nodes[4], status="running", rung=0.5)
    return replace(tree, nodes=tuple(nodes))


def test_what_a_run_takes_is_told_by_what_its_parts_took(priced: SearchTree) -> None:
    assert whole_run(priced) == 100.0
    assert under_way(priced) == 25.0


@pytest.mark.parametrize(
    ("left", "chosen"),
    [
        (None, [("t0000", 0.25)] * 3),
        (140.0, [("t0000", 0.25)] * 2),
        (99.0, [("t0003", 1.0)]),
        (10.0, [("t0003", 1.0)]),
        (0.0, []),
    ],
)
def test_nothing_is_begun_that_the_seconds_left_cannot_bring_to_its_end(
    priced: SearchTree, left: float | None, chosen: list[tuple[str, float]]
) -> None:
    found = ASHA().choose(replace(priced, seconds_left=left), 3)
    assert [(choice.parent, choice.rung) for choice in found] == chosen
