from __future__ import annotations

from dataclasses import replace

import pytest

from ftassist.errors import FtassistError
from ftassist.search.policy import SearchKnob, SearchTree, TreeNode
from ftassist.search.tpe import CMA, TPE

pytest.importorskip("optuna", reason="the extra `search` is not installed")

from ftassist.search.numbers import regions

SPACE = (SearchKnob("rate", 1e-5, 1e-2, log=True), SearchKnob("noise", 0.0, 1.0))


def tree_of(count: int, **more: object) -> SearchTree:
    """A campaign whose score depends on the rate alone: best at a thousandth."""
    nodes = [TreeNode("t0000", None, "scored", 0.3)]
    for number in range(1, count + 1):
        rate = 10.0 ** (-5.0 + 3.0 * (number % 7) / 6.0)
        noise = (number * 0.37) % 1.0
        score = 0.8 - 0.1 * abs(number % 7 - 4)
        knobs = (("rate", rate), ("noise", noise))
        nodes.append(TreeNode(f"t{number:04d}", "t0000", "scored", score, knobs=knobs))
    return SearchTree(tuple(nodes), space=SPACE)


def test_numbers_are_proposed_near_those_that_did_well() -> None:
    found = [dict(c.numbers)["rate"] for c in TPE().choose(tree_of(28), 8)]
    near = [rate for rate in found if 2e-4 < rate < 5e-3]
    assert len(near) >= 6, found


def test_the_same_tree_and_seed_give_the_same_numbers_and_another_seed_others() -> None:
    tree = tree_of(10)
    assert TPE(3).choose(tree, 2) == TPE(3).choose(tree, 2)
    assert TPE(3).choose(tree, 2) != TPE(4).choose(tree, 2)


def test_it_grows_from_the_trial_that_is_the_fewest_changes_away() -> None:
    (choice,) = TPE().choose(tree_of(10), 1)
    assert choice.parent != "t0000"
    assert "fewest changes away" in choice.reason


def test_without_numbers_it_grows_from_the_best_and_says_so() -> None:
    tree = SearchTree((TreeNode("t0000", None, "scored", 0.3),))
    (choice,) = TPE().choose(tree, 1)
    assert choice.numbers == ()
    assert "no numbers are known" in choice.reason


def test_the_knob_that_matters_is_told_with_its_best_region() -> None:
    first, second = regions(tree_of(28).nodes, SPACE)
    assert (first.knob, second.knob) == ("rate", "noise")
    assert (first.importance or 0.0) > 2.0 * (second.importance or 0.0)
    assert 2e-4 < first.low <= first.high < 5e-3


def test_where_all_trials_scored_the_same_no_knob_seems_worth_anything() -> None:
    nodes = [replace(node, score=0.5) for node in tree_of(12)]
    assert {region.importance for region in regions(nodes, SPACE)} == {None}


def test_of_few_trials_no_importance_is_told() -> None:
    assert {region.importance for region in regions(tree_of(4).nodes, SPACE)} == {None}


@pytest.fixture
def cma() -> CMA:
    pytest.importorskip("cmaes", reason="the extra `search` is not whole")
    return CMA(3)


def test_the_evolution_strategy_begins_near_those_that_did_well(cma: CMA) -> None:
    choices = cma.choose(tree_of(28), 8)
    near = [rate for c in choices if 1e-4 < (rate := dict(c.numbers)["rate"]) < 5e-3]
    assert len(near) >= 6
    assert choices[0].reason.startswith("CMA-ES over 28 scored trials proposes ")
    assert len({c.numbers for c in choices}) == 8


def test_it_begins_around_the_best_one_while_there_are_few(cma: CMA) -> None:
    (choice,) = cma.choose(tree_of(4), 1)
    assert 1e-5 <= dict(choice.numbers)["rate"] <= 1e-2


def test_the_same_tree_and_seed_give_the_same_numbers_by_evolution(cma: CMA) -> None:
    assert cma.choose(tree_of(12), 2) == CMA(3).choose(tree_of(12), 2)
    assert cma.choose(tree_of(12), 2) != CMA(4).choose(tree_of(12), 2)


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    there = ("optuna",)
    found = "ftassist.search.numbers.find_spec"
    monkeypatch.setattr(found, lambda package: object() if package in there else None)
    with pytest.raises(FtassistError, match="CMA-ES needs is not installed"):
        CMA().choose(tree_of(8), 1)
