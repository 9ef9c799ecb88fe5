"""What the soak says of a trial that differs from its undisturbed twin."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from benchmarks.faults.accounts import Account, note_differences

from ftassist.campaign import Budget, Campaign
from ftassist.journal import Kind
from ftassist.recipes import numerics

FIRST: dict[str, Any] = {
    "training": "a",
    "attempt": 1,
    "kernel": "spare",
    "step": 0,
    "settings": {"precision": "bf16"},
    "probe": {"loss": 2.8464},
}


def trained(folder: Path, loss: float, weights: bytes, *fingerprints: dict[str, Any]) -> Path:
    """A campaign with one scored trial; without weights, one that was given up."""
    campaign = Campaign.create(folder, task="mini_math", budget=Budget(trials=1))
    trial = folder / "trials" / "t0001"
    (trial / "model").mkdir(parents=True)
    (trial / "model" / "adapter.safetensors").write_bytes(weights)
    (trial / "metrics.jsonl").write_text(json.dumps({"step": 1, "loss": loss}) + "\n")
    (trial / numerics.FILE).write_text(json.dumps({"trainings": fingerprints}))
    campaign.say(Kind.PROPOSAL_MADE, {"parent": "t0000", "cells": {}}, trial="t0001")
    campaign.say(Kind.TRIAL_STARTED, {}, trial="t0001")
    if weights:
        campaign.say(Kind.TRIAL_SCORED, {"feedback": {"score": 0.5}}, trial="t0001")
        campaign.say(Kind.TRIAL_COMPLETED, {}, trial="t0001")
    return folder


@pytest.fixture
def calm(tmp_path: Path) -> Path:
    """The undisturbed run."""
    return trained(tmp_path / "calm", 2.8464, b"same", FIRST)


def test_a_trial_as_undisturbed_is_counted_with_how_its_trainings_began(
    calm: Path, tmp_path: Path
) -> None:
    resumed = {**FIRST, "attempt": 2, "kernel": "fresh", "step": 4}
    account = Account()
    killed = trained(tmp_path / "killed", 2.8464, b"same", FIRST, resumed)
    note_differences(account, calm, killed)
    assert (account.alike, account.broken, account.explained, account.unlike) == (1, [], [], [])
    assert account.trainings == ["begun in a spare kernel", "resumed in a fresh kernel"]


def test_a_difference_with_a_recorded_cause_is_explained_by_it(calm: Path, tmp_path: Path) -> None:
    other = {**FIRST, "settings": {"precision": "float32"}, "probe": {"loss": 2.8433}}
    account = Account()
    note_differences(account, calm, trained(tmp_path / "killed", 2.8433, b"other", other))
    (text,) = account.explained
    assert "the losses part at step 1 (2.8464 undisturbed, 2.8433)" in text
    assert "precision float32 instead of bf16" in text
    assert account.broken == []


def test_a_difference_that_nothing_explains_is_broken(calm: Path, tmp_path: Path) -> None:
    account = Account()
    note_differences(account, calm, trained(tmp_path / "killed", 2.8433, b"other", FIRST))
    (text,) = account.broken
    assert "NOT EXPLAINED" in text
    assert account.explained == []


@pytest.mark.parametrize(("loss", "broken"), [(2.8464, 0), (2.8433, 1)])
def test_a_trial_that_was_given_up_is_compared_as_far_as_it_got(
    calm: Path, tmp_path: Path, loss: float, broken: int
) -> None:
    account = Account()
    note_differences(account, calm, trained(tmp_path / "killed", loss, b"", FIRST))
    assert (account.alike, account.partly, len(account.broken)) == (0, 1 - broken, broken)
