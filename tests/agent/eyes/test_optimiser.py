"""The look at what an optimiser knows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign.numbers import known_to_optimiser
from ftassist.campaign.queries import search_tree
from ftassist.dojo.task_loader import load_task

from .test_sight import sight as sight

pytest.importorskip("optuna", reason="the extra `search` is not installed")


def known(world: Any) -> dict[str, Any]:
    tree = search_tree(world.state, load_task("mini_math").card.metric)
    return known_to_optimiser(world.state, tree, 0)


def test_few_trials_are_told_to_be_few(sight: Any, world: Any) -> None:
    look = replace(sight, numbers=lambda: known(world)).look("ask_optimiser", {})
    assert look.trail == "asked the optimiser, which knows 2 trials"
    assert [one["trial"] for one in look.value["trials"]] == ["t0001", "t0002"]
    assert look.value["suggested_by"].startswith("chance")
    assert len(look.value["suggested"]) == 3
    assert look.value["importance"] == {}


def test_what_numbers_are_worth_is_told_once_enough_trials_are_known(
    kit: Any, world: Any, tmp_path: Path
) -> None:
    world.parent()
    cells = dict(world.state.trials["t0001"].cells)
    for number, epochs in enumerate((1, 3, 4, 5, 6, 7)):
        train = cells["train"].replace("epochs=2", f"epochs={epochs}")
        name = world.propose({**cells, "train": train}, "t0001", key=f"train.epochs:{epochs}")
        world.run(name, kit.feedback(0.6 + number / 20))
    found = known(world)
    low, high = found["best_quarter"]["epochs"]
    assert low >= 6 and high <= 7
    share = found["importance"]["epochs"]["share"]
    assert share == 1.0
    assert found["trials_until_importance"] == 0
    assert found["suggested_by"] == "what trials say"


def test_without_one_it_says_so(sight: Any) -> None:
    look = sight.look("ask_optimiser", {})
    assert look.failed and "no optimiser" in look.value["error"]
