from __future__ import annotations

from collections.abc import Callable

import pytest

from ftassist.errors import DataError
from ftassist.search.best import best_path, best_trial, ranking
from ftassist.search.policy import SearchTree, TreeNode


def test_the_best_trial_has_the_highest_shrunken_score(
    base: TreeNode, trial: Callable[..., TreeNode]
) -> None:
    # Three items at 100 % are worth less than three hundred at 80 %.
    tree = SearchTree(
        (
            base,
            trial("t0001", "t0000", 0.80, half=0.04),
            trial("t0002", "t0000", 1.00, half=0.60),
            trial("t0003", "t0000", 0.30, half=0.05),
        )
    )
    assert best_trial(tree) == "t0001"


def test_trials_that_only_noise_tells_apart_rank_by_their_score(
    base: TreeNode, trial: Callable[..., TreeNode]
) -> None:
    tree = SearchTree((base, trial("t0001", "t0000", 0.51), trial("t0002", "t0000", 0.52)))
    assert len({shrunken for _, shrunken in ranking(tree)}) == 1
    assert best_trial(tree) == "t0002"


def test_of_equal_trials_the_earlier_is_best(
    base: TreeNode, trial: Callable[..., TreeNode]
) -> None:
    tree = SearchTree((base, trial("t0001", "t0000", 0.7), trial("t0002", "t0000", 0.7)))
    assert best_trial(tree) == "t0001"


@pytest.mark.parametrize("status", ["failed", "invalid", "vetoed", "running", "proposed"])
def test_a_trial_without_a_score_that_counts_is_never_best(base: TreeNode, status: str) -> None:
    lucky = TreeNode("t0001", "t0000", status, 0.99)  # type: ignore[arg-type]
    assert best_trial(SearchTree((base, lucky))) == "t0000"


def test_the_best_path_leads_from_the_base_to_the_best(mixed_tree: SearchTree) -> None:
    assert best_path(mixed_tree) == ("t0000", "t0001")


def test_without_any_score_there_is_no_best_trial() -> None:
    with pytest.raises(DataError, match="no trial has a score"):
        best_trial(SearchTree((TreeNode("t0000", None, "running"),)))


def test_oriented_scores_below_zero_are_ranked_alike(
    trial: Callable[..., TreeNode],
) -> None:
    base = TreeNode("t0000", None, "scored", -0.53, (-0.60, -0.46), 300)
    tree = SearchTree((base, trial("t0001", "t0000", -0.23), trial("t0002", "t0000", -0.90)))
    assert best_trial(tree) == "t0001"
