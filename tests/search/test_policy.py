from __future__ import annotations

from collections.abc import Callable

import pytest

from ftassist.errors import DataError, UnknownNameError
from ftassist.search.policy import SearchTree, TreeNode


def test_a_path_leads_from_the_base_to_the_trial(mixed_tree: SearchTree) -> None:
    assert [node.id for node in mixed_tree.path("t0007")] == ["t0000", "t0001", "t0005", "t0007"]


def test_children_are_listed_oldest_first_whatever_became_of_them(
    mixed_tree: SearchTree,
) -> None:
    children = [node.id for node in mixed_tree.children("t0001")]
    assert children == ["t0002", "t0003", "t0005", "t0008"]


def test_only_awaited_children_are_pending(mixed_tree: SearchTree) -> None:
    assert mixed_tree.pending_children("t0001") == 1
    assert mixed_tree.pending_children("t0000") == 0


def test_only_scored_trials_are_expandable(mixed_tree: SearchTree) -> None:
    expandable = [node.id for node in mixed_tree.expandable]
    assert expandable == ["t0000", "t0001", "t0005", "t0006"]


def test_an_unknown_trial_names_the_nearest(mixed_tree: SearchTree) -> None:
    with pytest.raises(UnknownNameError, match="t0009"):
        mixed_tree.node("t0009")


def test_a_child_before_its_parent_is_refused(
    base: TreeNode, trial: Callable[..., TreeNode]
) -> None:
    with pytest.raises(DataError, match="before its child"):
        SearchTree((base, trial("t0002", "t0001", 0.5)))


def test_a_second_root_is_refused(base: TreeNode) -> None:
    with pytest.raises(DataError, match="before its child"):
        SearchTree((base, TreeNode("t0001", None, "scored", 0.5)))


def test_an_id_used_twice_is_refused(base: TreeNode) -> None:
    with pytest.raises(DataError, match="twice"):
        SearchTree((base, base))


def test_a_tree_without_a_base_is_refused() -> None:
    with pytest.raises(DataError, match="starts with the base"):
        SearchTree(())
