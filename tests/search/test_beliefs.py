from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from ftassist.search.beliefs import MOST, Beliefs, believe
from ftassist.search.policy import SearchTree, TreeNode

MakeTrial = Callable[..., TreeNode]


def mean_of(beliefs: Beliefs, trial: str) -> float:
    return float(beliefs.mean[[node.id for node in beliefs.nodes].index(trial)])


def test_a_noisy_score_is_drawn_towards_its_parent(base: TreeNode, trial: MakeTrial) -> None:
    steady = [trial(f"t{n:04d}", "t0000", 0.50 + 0.01 * (n % 2)) for n in range(1, 6)]
    lucky = trial("t0006", "t0000", 0.60)
    beliefs = believe(SearchTree((base, *steady, lucky)))
    assert 0.50 < mean_of(beliefs, "t0006") < 0.59


def test_repeats_that_agree_leave_less_to_doubt(base: TreeNode, trial: MakeTrial) -> None:
    once = trial("t0001", "t0000", 0.60)
    thrice = replace(once, repeats=(0.60, 0.60))
    single, repeated = (believe(SearchTree((base, node))) for node in (once, thrice))
    assert repeated.covariance[1, 1] < single.covariance[1, 1]
    assert repeated.seed_variance < single.seed_variance


def test_repeats_that_disagree_raise_the_noise_of_seeds(base: TreeNode, trial: MakeTrial) -> None:
    once = trial("t0001", "t0000", 0.60)
    wild = replace(once, repeats=(0.45, 0.75))
    single, repeated = (believe(SearchTree((base, node))) for node in (once, wild))
    assert repeated.seed_variance > 4.0 * single.seed_variance


def test_an_idea_that_helped_elsewhere_is_believed_sooner(
    base: TreeNode, trial: MakeTrial
) -> None:
    def tree(idea: str) -> SearchTree:
        known = replace(trial("t0001", "t0000", 0.62), idea=idea)
        other = replace(trial("t0002", "t0000", 0.50), idea="b")
        again = replace(trial("t0003", "t0002", 0.56), idea="a")
        return SearchTree((base, known, other, again))

    assert mean_of(believe(tree("a")), "t0003") > mean_of(believe(tree("c")), "t0003")


def test_a_lucky_child_raises_the_belief_in_its_parent(base: TreeNode, trial: MakeTrial) -> None:
    parent = trial("t0001", "t0000", 0.55)
    alone = believe(SearchTree((base, parent)))
    followed = believe(SearchTree((base, parent, trial("t0002", "t0001", 0.60))))
    assert mean_of(followed, "t0001") > mean_of(alone, "t0001")


def test_paired_items_tell_more_than_two_intervals(base: TreeNode, trial: MakeTrial) -> None:
    node = trial("t0001", "t0000", 0.55)
    paired = replace(node, difference_error=0.01)
    assert believe(SearchTree((base, paired))).item_variance == pytest.approx(0.01**2 / 2)
    assert believe(SearchTree((base, node))).item_variance > 0.01**2 / 2


@pytest.mark.parametrize("shape", ["chain", "star"])
def test_a_tree_of_any_size_has_a_posterior(base: TreeNode, trial: MakeTrial, shape: str) -> None:
    draws = np.random.default_rng(3)
    nodes = [base]
    for n in range(1, 4 * MOST):
        parent = f"t{n - 1:04d}" if shape == "chain" else "t0000"
        nodes.append(trial(f"t{n:04d}", parent, float(draws.normal(0.6, 0.05))))
    beliefs = believe(SearchTree(tuple(nodes)))
    assert len(beliefs.nodes) == MOST
    assert np.isfinite(beliefs.mean).all()
    assert np.diag(beliefs.covariance).min() > 0.0


def test_scores_that_are_all_the_same_are_no_error(base: TreeNode, trial: MakeTrial) -> None:
    beliefs = believe(SearchTree((base, trial("t0001", "t0000", 0.5, half=0.0))))
    assert mean_of(beliefs, "t0001") == pytest.approx(0.5)
