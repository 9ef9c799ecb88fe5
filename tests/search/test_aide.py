"""AIDE's debug draws: failed leaves are mended by lot, else the best trial grows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ftassist.search.aide import AIDE, DEPTH, failed_leaves
from ftassist.search.greedy import Greedy
from ftassist.search.policy import SearchTree, TreeNode

MakeTrial = Callable[..., TreeNode]


def failed(trial: str, parent: str) -> TreeNode:
    return TreeNode(trial, parent, "failed")


@pytest.fixture
def broken(base: TreeNode, trial: MakeTrial) -> SearchTree:
    """A good trial, and two failed leaves below it."""
    good = trial("t0001", "t0000", 0.7)
    return SearchTree((base, good, failed("t0002", "t0001"), failed("t0003", "t0001")))


def test_about_half_of_the_lots_mend_a_failed_leaf_and_say_so(broken: SearchTree) -> None:
    chosen = [AIDE(seed).choose(broken, 1)[0] for seed in range(200)]
    mended = [choice for choice in chosen if choice.parent != "t0001"]
    assert 70 < len(mended) < 130
    assert {choice.parent for choice in mended} == {"t0002", "t0003"}
    assert "drawn with probability 0.5, out of 2 failed leaves" in mended[0].reason
    grown = next(choice for choice in chosen if choice.parent == "t0001")
    assert grown.reason.endswith("; 2 failed leaves, and the lot was for the best one")


def test_no_leaf_is_mended_twice_at_once(broken: SearchTree) -> None:
    for seed in range(30):
        parents = [choice.parent for choice in AIDE(seed, probability=1.0).choose(broken, 4)]
        assert sorted(parents) == ["t0001", "t0001", "t0002", "t0003"]


def test_without_failures_or_at_probability_zero_it_is_greedy(
    base: TreeNode, trial: MakeTrial, broken: SearchTree
) -> None:
    sound = SearchTree((base, trial("t0001", "t0000", 0.7)))
    assert AIDE().choose(sound, 2) == Greedy().choose(sound, 2)
    assert {c.parent for c in AIDE(probability=0.0).choose(broken, 2)} == {"t0001"}


def test_a_leaf_is_what_nothing_was_grown_from_and_is_given_up_after_three_in_a_row(
    base: TreeNode,
) -> None:
    row = [base]
    for number in range(1, DEPTH + 2):
        row.append(failed(f"t{number:04d}", f"t{number - 1:04d}"))
        leaves = [node.id for node in failed_leaves(SearchTree(tuple(row)))]
        assert leaves == ([row[-1].id] if number <= DEPTH else [])


def test_the_same_tree_and_seed_get_the_same_lots(broken: SearchTree) -> None:
    assert AIDE(5).choose(broken, 3) == AIDE(5).choose(broken, 3)
