"""A recipe that left comes back as the first proposal of another campaign, changes included."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ftassist.agent.proposal import read_proposal
from ftassist.campaign import Campaign, commands
from ftassist.campaign.export.recipe_in import proposal_of, read_recipe
from ftassist.errors import FtassistError
from ftassist.files import read_json, write_json

TRAIN = """\
from ftassist.recipes import train

train.sft(model, "data", "model", learning_rate=0.003, epochs=3, seed=seed)"""
CURATE = """\
from ftassist.recipes import curate

rows = curate.load(repository, {"lessons_shop": 24}, seed=seed)
curate.export(rows, "data")"""
SETTINGS: dict[str, Any] = {"learning_rate": 0.003, "lora_r": 16, "max_steps": 12, "seed": 0}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What `export --as trl-yaml` leaves."""
    folder = tmp_path / "t0007-trl-yaml"
    folder.mkdir()
    told = {
        "campaign": "sums-1",
        "task": "mini_math",
        "base_model": "tiny",
        "trial": "t0007",
        "recipe": "trl-yaml",
        "cells": {"curate": CURATE, "train": TRAIN},
        "settings": SETTINGS,
    }
    write_json(folder / "ftassist.json", told)
    (folder / "sft.yaml").write_text(yaml.safe_dump(SETTINGS))
    return folder


def change(folder: Path, **values: Any) -> None:
    (folder / "sft.yaml").write_text(yaml.safe_dump({**SETTINGS, **values}))


def test_cells_task_and_base_are_those_of_the_trial(folder: Path) -> None:
    recipe = read_recipe(folder)
    assert (recipe.task, recipe.base, recipe.source) == ("mini_math", "tiny", "t0007 of sums-1")
    assert (recipe.cells["curate"], recipe.cells["train"]) == (CURATE, TRAIN)
    assert 'evaluate("model")' in recipe.cells["evaluate"]
    assert recipe.changed == {}


def test_what_was_changed_in_the_yaml_is_an_argument_of_the_training(folder: Path) -> None:
    change(folder, learning_rate=0.01, lora_r=8)
    recipe = read_recipe(folder)
    assert recipe.changed == {"learning_rate": 0.01, "rank": 8}
    assert "learning_rate=0.01" in recipe.cells["train"]
    assert "rank=8" in recipe.cells["train"]
    assert "epochs=3" in recipe.cells["train"]


def test_a_change_without_a_counterpart_is_refused_by_name(folder: Path) -> None:
    change(folder, max_steps=500)
    with pytest.raises(FtassistError, match="max_steps was changed"):
        read_recipe(folder)


def test_a_folder_that_is_no_recipe_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(FtassistError, match="no exported recipe"):
        read_recipe(tmp_path)
    told = read_json(folder / "ftassist.json")
    write_json(folder / "ftassist.json", {k: v for k, v in told.items() if k != "cells"})
    with pytest.raises(FtassistError, match="nothing of the cells"):
        read_recipe(folder)


def test_it_waits_as_a_proposal_like_any_other(folder: Path, tmp_path: Path) -> None:
    campaign = Campaign.create(tmp_path / "c", task="mini_math")
    change(folder, learning_rate=0.01)
    made = proposal_of(read_recipe(folder), campaign)
    assert read_proposal(made.to_dict()) == made
    name = commands.submit_proposal(campaign, made, "person:ada")
    trial = campaign.refresh().trials[name]
    assert trial.status == "proposed"
    assert trial.hypothesis == "The recipe of t0007 of sums-1, with learning_rate=0.01"
    assert "learning_rate=0.01" in trial.cells["train"]
