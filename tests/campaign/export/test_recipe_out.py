"""A training that leaves as a recipe is the same training, run by TRL alone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.campaign.export.conftest import rows_of
from tests.recipes.conftest import write_rows

from ftassist.campaign import Campaign
from ftassist.campaign.export.recipe_out import export_recipe, unrolled
from ftassist.errors import FtassistError
from ftassist.journal.events import Kind
from ftassist.recipes.batches import BatchPlan
from ftassist.recipes.tokens import TokenRow

CELL = """\
from ftassist.recipes import train

train.sft(model, "data", "model", {arguments}, seed=seed)
"""
ARGUMENTS: dict[str, Any] = {
    "learning_rate": 3e-3, "epochs": 3, "batch_size": 5, "rank": 4, "validation_share": 0.1,
}  # fmt: skip


def trained(campaign: Campaign, trial: str, **changes: Any) -> list[float]:
    """Trains as a trial's cell does, with the tiny model; the losses."""
    from ftassist.recipes import train

    folder = campaign.trial_folder(trial)
    folder.mkdir(parents=True)
    given = {**ARGUMENTS, **changes}
    data = write_rows(folder / "data", rows_of(campaign.task.folder)[:18])
    train.sft("tiny", data, folder / "model", seed=7, **given)
    source = CELL.format(arguments=", ".join(f"{k}={v!r}" for k, v in given.items()))
    document = {"parent": "t0000", "hypothesis": {"statement": "x"}, "cells": {"train": source}}
    campaign.say(Kind.PROPOSAL_MADE, document, trial=trial)
    campaign.refresh()
    rows = map(json.loads, (folder / "metrics.jsonl").read_text().splitlines())
    return [float(row["loss"]) for row in rows if "loss" in row]


@pytest.fixture
def campaign_on_tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    """A campaign on sums, with the tiny model."""
    from tests.dojo.evaluator.conftest import write_task

    monkeypatch.chdir(tmp_path)
    task = write_task(tmp_path / "sums")
    return Campaign.create(tmp_path / "c", task=str(task))


def run(folder: Path, *command: str) -> list[float]:
    """Runs a recipe where ftassist cannot be found, and reads the losses it tells."""
    environment = {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "PYTHONPATH": "",
        "CUDA_VISIBLE_DEVICES": "",
    }
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [float(x) for x in re.findall(r"'loss': '?([0-9.e+-]+)", done.stdout + done.stderr)]


@pytest.mark.slow
@pytest.mark.parametrize("method", ["lora", "full"])
def test_the_script_gives_the_same_losses_without_us(
    campaign_on_tiny: Campaign, method: str
) -> None:
    ours = trained(campaign_on_tiny, "t0001", method=method)
    folder = export_recipe(campaign_on_tiny, "t0001", "python")
    assert "import ftassist" not in (folder / "train.py").read_text()
    theirs = run(folder, "train.py")
    assert theirs[: len(ours)] == pytest.approx(ours, abs=2e-3)
    assert len(ours) == 12
    weights = "adapter_model.safetensors" if method == "lora" else "model.safetensors"
    assert (folder / "model" / weights).is_file()


@pytest.mark.slow
def test_trl_sft_gives_the_same_losses_by_the_yaml(campaign_on_tiny: Campaign) -> None:
    ours = trained(campaign_on_tiny, "t0001", accumulation=1)
    folder = export_recipe(campaign_on_tiny, "t0001", "trl-yaml")
    theirs = run(folder, "-m", "trl.scripts.sft", "--config", "sft.yaml")
    assert theirs[: len(ours)] == pytest.approx(ours, abs=2e-3)
    assert yaml.safe_load((folder / "sft.yaml").read_text())["learning_rate"] == 3e-3


def test_a_batch_that_is_not_full_is_filled_with_rows_that_teach_nothing() -> None:
    rows = [[TokenRow((1, n, 2), (False, True, True))] for n in range(5)]
    plan = BatchPlan((3,) * 5, 2, 1, 2, None, 0, "given")
    written = list(unrolled(rows, plan, 0))
    assert len(written) == plan.steps * 2 == 12
    fillers = [n for n, row in enumerate(written) if set(row["labels"]) == {-100}]
    assert fillers == [5, 11]
    assert written[0] == {"input_ids": [1, 0, 2], "labels": [-100, 0, 2]}


def test_steps_that_are_cut_short_end_the_rows(campaign_on_tiny: Campaign) -> None:
    rows = [[TokenRow((1, 2), (False, True))] for _ in range(5)]
    plan = BatchPlan((2,) * 5, 2, 1, 2, 4, 0, "given")
    assert len(list(unrolled(rows, plan, 0))) == 8


@pytest.mark.slow
def test_a_training_that_trl_has_not_is_refused(campaign_on_tiny: Campaign) -> None:
    trained(campaign_on_tiny, "t0001", packing=True, epochs=1)
    with pytest.raises(FtassistError, match="packing=True does not travel"):
        export_recipe(campaign_on_tiny, "t0001", "python")


@pytest.mark.slow
def test_rows_behind_a_link_are_not_read(campaign_on_tiny: Campaign, tmp_path: Path) -> None:
    trained(campaign_on_tiny, "t0001", epochs=1)
    data = campaign_on_tiny.trial_folder("t0001") / "data"
    shutil.move(data, tmp_path / "elsewhere")
    data.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FtassistError, match="training rows are gone"):
        export_recipe(campaign_on_tiny, "t0001", "python")
