"""A trial is trained once more: the first step whose loss differs is named, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ftassist.campaign import Budget, Campaign
from ftassist.campaign.rerun import rerun
from ftassist.cli.app import app
from ftassist.documents.numerics import numerics_part
from ftassist.errors import FtassistError
from ftassist.files import hash_file
from ftassist.journal import Kind
from ftassist.recipes import numerics

NOW: dict[str, Any] = {
    "training": "a",
    "attempt": 0,
    "step": 0,
    "settings": {"threads": 2},
    "inputs": {"rows": "r"},
    "probe": {"loss": 2.5},
}
TRAIN = f"""
import json
from pathlib import Path

with open("metrics.jsonl", "w") as curve:
    for step in (1, 2, 3):
        curve.write(json.dumps({{"step": step, "steps": 3, "loss": 1 / step}}) + "\\n")
Path("numerics.json").write_text(json.dumps({{"trainings": [{NOW!r}]}}))
Path("model").mkdir(exist_ok=True)
Path("model/adapter.safetensors").write_bytes(bytes(100))
"""
CELLS = {"curate": "raise SystemExit", "train": TRAIN, "evaluate": "raise SystemExit"}


@pytest.fixture
def trained(tmp_path: Path) -> Campaign:
    """A campaign with a trial that was trained as its cell trains now."""
    campaign = Campaign.create(tmp_path / "c", task="mini_math", budget=Budget(trials=1))
    folder = campaign.folder / "trials" / "t0001"
    (folder / "data").mkdir(parents=True)
    (folder / "model").mkdir()
    (folder / "data" / "train.jsonl").write_text('{"messages": []}\n')
    (folder / "model" / "adapter.safetensors").write_bytes(bytes(100))
    record(folder, [1.0, 0.5, 1 / 3], NOW)
    files = {"model/adapter.safetensors": hash_file(folder / "model" / "adapter.safetensors")}
    campaign.say(Kind.PROPOSAL_MADE, {"parent": "t0000", "cells": CELLS}, trial="t0001")
    campaign.say(Kind.TRIAL_STARTED, {}, trial="t0001")
    failed = {"class": "CONFIG", "stage": "evaluate", "message": "x", "files": files}
    campaign.say(Kind.TRIAL_FAILED, failed, trial="t0001")
    return campaign


def record(folder: Path, losses: list[float], *fingerprints: dict[str, Any]) -> None:
    """Writes what a training left."""
    rows = [{"step": n, "steps": 3, "loss": loss} for n, loss in enumerate(losses, start=1)]
    (folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / numerics.FILE).write_text(json.dumps({"trainings": fingerprints}))


def test_a_trial_that_trains_the_same_again_is_the_same_to_the_last_digit(
    trained: Campaign,
) -> None:
    found = rerun(trained, "t0001")
    assert found.same
    assert found.sentences()[0] == (
        "t0001: all 3 losses and the weights are the same, to the last digit"
    )
    assert not (trained.folder / "trials" / "t0001" / "trial.ipynb").exists()


def test_the_first_step_that_differs_is_named_with_the_setting_that_differs(
    trained: Campaign,
) -> None:
    other = {**NOW, "attempt": 1, "settings": {"threads": 8}, "probe": {"loss": 2.25}}
    record(trained.folder / "trials" / "t0001", [1.0, 0.501, 0.3], other)
    found = rerun(trained, "t0001")
    assert found.step == 2
    first, cause = found.sentences()
    assert first == "t0001: the losses part at step 2: 0.501 recorded, 0.5 now"
    assert "threads 2 instead of 8" in cause
    assert "the loss of the fixed batch is 2.5 instead of 2.25" in cause


def test_a_difference_that_no_fingerprint_explains_is_said_to_be_unexplained(
    trained: Campaign,
) -> None:
    folder = trained.folder / "trials" / "t0001"
    record(folder, [1.0, 0.501, 0.3], NOW)
    assert "none is recorded" in rerun(trained, "t0001").sentences()[1]
    (folder / numerics.FILE).unlink()
    assert "no fingerprint" in rerun(trained, "t0001").sentences()[1]


def test_a_trial_without_a_training_is_refused(trained: Campaign) -> None:
    with pytest.raises(FtassistError, match="no finished training"):
        rerun(trained, "t0000")


def test_the_command_tells_the_step_and_ends_with_an_error(trained: Campaign) -> None:
    record(trained.folder / "trials" / "t0001", [1.0, 0.501, 0.3], NOW)
    command = ["verify", "--rerun", "t0001", "--campaign", str(trained.folder)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 1
    assert "the losses part at step 2" in result.output
    document = json.loads(CliRunner().invoke(app, [*command, "--json"]).output)
    assert document["rerun"]["step"] == 2


def test_a_fresh_seed_is_told_when_it_computed_with_other_settings(trained: Campaign) -> None:
    def taken(trial: str, threads: int) -> None:
        found = {"digest": "d", "fingerprint": {**NOW, "settings": {"threads": threads}}}
        trained.say(
            Kind.STAGE_FINISHED,
            {"stage": "train", "seconds": 1.0, "key": "", "numerics": found},
            trial=trial,
        )

    taken("t0001", 2)
    trained.say(Kind.REPLICATE_MADE, {"of": "t0001", "seed": 1}, trial="t0002")
    taken("t0002", 1)
    state = trained.refresh()
    (told,) = numerics_part(state, state.trials["t0002"])
    assert "threads 1 instead of 2" in told["text"]
    assert "t0001, which it repeats with another seed" in told["text"]
    assert numerics_part(state, state.trials["t0001"]) == []
