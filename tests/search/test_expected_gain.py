from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ftassist.search.ablations import leaving_out
from ftassist.search.beliefs import believe
from ftassist.search.expected_gain import ExpectedGain
from ftassist.search.options import MOST_REPEATS
from ftassist.search.policy import Choice, SearchTree, TreeNode

MakeTrial = Callable[..., TreeNode]


def first(tree: SearchTree) -> Choice:
    (choice,) = ExpectedGain().choose(tree, 1)
    return choice


def test_a_good_trial_is_grown_from(base: TreeNode, trial: MakeTrial) -> None:
    tree = SearchTree((base, trial("t0001", "t0000", 0.75, half=0.02)))
    assert (first(tree).parent, first(tree).action) == ("t0001", "grow")


def test_the_reason_names_the_gain_the_seconds_and_the_runner_up(
    base: TreeNode, trial: MakeTrial
) -> None:
    trials = [replace(trial(f"t000{n}", "t0000", 0.5 + 0.05 * n), seconds=60.0) for n in (1, 2)]
    reason = first(SearchTree((base, *trials))).reason
    assert "is expected to raise the recommended score (t0002, 0." in reason
    assert "for about 60 s" in reason
    assert "next best a second: " in reason


def leaders_and_dear_children(trial: MakeTrial) -> list[TreeNode]:
    """Two cheap trials that noise cannot tell apart; all else was dear and brought nothing."""
    leaders = [replace(trial(f"t000{n}", "t0000", 0.7 + 0.01 * n), seconds=5.0) for n in (1, 2)]
    children = [
        replace(trial(f"t{10 + n:04d}", f"t000{n % 3}", 0.70), seconds=9000.0) for n in range(12)
    ]
    return [*leaders, *children]


def test_where_growing_is_dear_leaders_that_noise_cannot_tell_apart_are_trained_again(
    base: TreeNode, trial: MakeTrial
) -> None:
    choice = first(SearchTree((base, *leaders_and_dear_children(trial))))
    assert choice.action == "repeat"
    assert choice.parent in ("t0001", "t0002")
    assert "a fresh seed of t000" in choice.reason


def test_nothing_is_repeated_where_a_person_waits_for_a_proposal(
    base: TreeNode, trial: MakeTrial
) -> None:
    nodes = (base, *leaders_and_dear_children(trial))
    assert first(SearchTree(nodes, may_repeat=False)).action == "grow"


def test_no_trial_is_repeated_without_end(base: TreeNode, trial: MakeTrial) -> None:
    often = replace(trial("t0001", "t0000", 0.7), repeats=(0.7,) * MOST_REPEATS)
    choices = ExpectedGain().choose(SearchTree((base, often)), 6)
    assert {choice.action for choice in choices} == {"grow"}


def test_where_children_fail_others_are_grown_from(base: TreeNode, trial: MakeTrial) -> None:
    rivals = [trial(f"t000{n}", "t0000", 0.60 + 0.002 * n, half=0.03) for n in (1, 2)]
    calm = SearchTree((base, *rivals), may_repeat=False)
    favourite = first(calm).parent
    failed = [TreeNode(f"t{10 + n:04d}", favourite, "failed") for n in range(4)]
    assert first(SearchTree((*calm.nodes, *failed), may_repeat=False)).parent != favourite


def test_a_veto_counts_less_than_a_failure(base: TreeNode, trial: MakeTrial) -> None:
    rivals = [trial(f"t000{n}", "t0000", 0.70, half=0.03) for n in (1, 2)]
    failed = [TreeNode(f"t{10 + n:04d}", "t0001", "failed") for n in range(3)]
    vetoed = [TreeNode(f"t{20 + n:04d}", "t0002", "vetoed") for n in range(3)]
    tree = SearchTree((base, *rivals, *failed, *vetoed), may_repeat=False)
    assert first(tree).parent == "t0002"


def test_slots_filled_together_spread_over_equal_parents(base: TreeNode, trial: MakeTrial) -> None:
    rivals = [trial(f"t000{n}", "t0000", 0.65, half=0.03) for n in (1, 2, 3)]
    choices = ExpectedGain().choose(SearchTree((base, *rivals), may_repeat=False), 3)
    assert len({choice.parent for choice in choices}) >= 2


def test_the_recommended_trial_is_not_the_luckiest(base: TreeNode, trial: MakeTrial) -> None:
    steady = replace(trial("t0001", "t0000", 0.64), repeats=(0.64, 0.64, 0.64))
    lucky = replace(trial("t0002", "t0000", 0.66), repeats=(0.58,))
    assert ExpectedGain().recommend(SearchTree((base, steady, lucky))) == "t0001"


def in_a_row(trial: MakeTrial) -> list[TreeNode]:
    """A chain in which the second change did harm, and what grew from its end brought nothing."""
    chain = [
        replace(trial("t0001", "t0000", 0.70, half=0.01), idea="data"),
        replace(trial("t0002", "t0001", 0.62, half=0.01), idea="train.rank:up"),
        replace(trial("t0003", "t0002", 0.78, half=0.01), idea="train.epochs:up"),
    ]
    more = [trial(f"t{4 + n:04d}", "t0003", 0.70, half=0.01) for n in range(4)]
    return [*chain, *more]


def test_a_change_that_did_harm_is_left_out_of_the_best_trial_once(
    base: TreeNode, trial: MakeTrial
) -> None:
    tree = SearchTree((base, *in_a_row(trial)))
    choice = first(tree)
    assert (choice.action, choice.parent, choice.without) == ("ablate", "t0003", "t0002")
    assert choice.reason.startswith("leaving the change of t0002 out of t0003 is expected to")
    assert [c.action for c in ExpectedGain().choose(tree, 3)].count("ablate") == 1
    done = trial("t0009", "t0003", 0.80, half=0.01)
    tried = replace(done, idea="without:t0003:t0002", status="running", score=None)
    assert first(replace(tree, nodes=(*tree.nodes, tried))).action != "ablate"


def test_nothing_is_left_out_where_a_person_waits_for_a_proposal(
    base: TreeNode, trial: MakeTrial
) -> None:
    assert first(SearchTree((base, *in_a_row(trial)), may_repeat=False)).action == "grow"


def test_what_a_trial_is_believed_to_be_without_a_change_follows_from_the_tree(
    base: TreeNode, trial: MakeTrial
) -> None:
    tree = SearchTree((base, *in_a_row(trial)))
    beliefs = believe(tree)
    mean = dict(zip((n.id for n in beliefs.nodes), beliefs.mean, strict=True))
    (left,) = leaving_out(tree, beliefs, 3)
    assert (left.trial, left.without) == ("t0003", "t0002")
    assert left.mean == pytest.approx(mean["t0003"] - mean["t0002"] + mean["t0001"])
    assert left.mean > mean["t0003"]
    assert left.variance > 0.0
