from __future__ import annotations

from collections.abc import Callable

from ftassist.search.policy import SearchTree, TreeNode
from ftassist.search.uct import UCT

MakeTrial = Callable[..., TreeNode]


def three_children(trial: MakeTrial, *scores: float) -> list[TreeNode]:
    return [trial(f"t{n + 1:04d}", "t0000", score) for n, score in enumerate(scores)]


def test_a_round_of_variants_is_completed_before_the_search_goes_below(
    base: TreeNode, trial: MakeTrial
) -> None:
    tree = SearchTree((base, *three_children(trial, 0.9, 0.8)))
    (choice,) = UCT().choose(tree, 1)
    assert choice.parent == "t0000"
    assert "variant 3 of 3" in choice.reason


def test_below_a_complete_round_the_best_branch_comes_first(
    base: TreeNode, trial: MakeTrial
) -> None:
    tree = SearchTree((base, *three_children(trial, 0.5, 0.9, 0.6)))
    assert [c.parent for c in UCT().choose(tree, 1)] == ["t0002"]


def test_a_trial_under_way_is_a_virtual_loss(base: TreeNode, trial: MakeTrial) -> None:
    rivals = three_children(trial, 0.5, 0.86, 0.85)
    waiting = [TreeNode(f"t{n:04d}", "t0002", "running") for n in (4, 5)]
    assert UCT().choose(SearchTree((base, *rivals)), 1)[0].parent == "t0002"
    assert UCT().choose(SearchTree((base, *rivals, *waiting)), 1)[0].parent == "t0003"


def test_slots_that_are_filled_together_are_virtual_losses_for_each_other(
    base: TreeNode, trial: MakeTrial
) -> None:
    tree = SearchTree((base, *three_children(trial, 0.5, 0.86, 0.85)))
    assert {c.parent for c in UCT().choose(tree, 4)} >= {"t0002", "t0003"}


def test_a_branch_of_failures_is_left(base: TreeNode, trial: MakeTrial) -> None:
    failed = [TreeNode(f"t{n:04d}", "t0002", "failed") for n in (4, 5, 6)]
    tree = SearchTree((base, *three_children(trial, 0.5, 0.86, 0.85), *failed))
    assert UCT().choose(tree, 1)[0].parent == "t0003"
