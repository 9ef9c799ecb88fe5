"""A small model that has learned sums, as a scored trial of a real campaign."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.dojo.evaluator.conftest import write_task
from tests.recipes.conftest import PLAIN, chat, make_tokenizer, write_rows

from ftassist.campaign import Budget, Campaign
from ftassist.campaign.workers import register
from ftassist.dojo.artefacts.request import Made, Request
from ftassist.dojo.evaluator.process import EvaluatorProcess
from ftassist.dojo.task_loader import load_task
from ftassist.journal.events import Kind

os.environ.setdefault("HF_HUB_OFFLINE", "1")

TRAIN = """\
from ftassist.recipes import train

train.sft(model, "data", "model", learning_rate=0.003, epochs=60, batch_size=8, seed=seed)
"""
CURATE = """\
from ftassist.recipes import curate

rows = curate.load(repository, {"sums": 24}, seed=seed)
curate.export(rows, "data")
"""
TEMPLATE = PLAIN
"""The base's chat template."""


def save_base(folder: Path) -> Path:
    """A random Llama, wide enough to learn two dozen sums by heart, with a small tokenizer."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = make_tokenizer(TEMPLATE)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=96,
        intermediate_size=192,
        num_hidden_layers=2,
        num_attention_heads=3,
        num_key_value_heads=3,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
        pad_token_id=tokenizer.pad_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def rows_of(task: Path) -> list[dict[str, Any]]:
    """The validation items as training rows: by heart is what they are to be learned here."""
    items = list(load_task(str(task)).items("validation"))
    return [
        {
            "id": f"sums/{n}",
            "source": "sums",
            "messages": chat(item["prompt"], f"Answer: {item['answer']}"),
        }
        for n, item in enumerate(items, start=1)
    ]


def _write_set(folder: Path) -> None:
    """The set that the trial says it was trained on, as a data repository has it."""
    folder.mkdir()
    card = {
        "name": "sums",
        "title": "Sums",
        "description": "Two numbers added.",
        "fields": {"prompt": "q", "response": "a"},
        "rows": 1,
        "licence": "CC0-1.0",
        "provenance": "made for a test",
        "notes": "",
    }
    (folder / "card.yaml").write_text(json.dumps(card))
    (folder / "rows.jsonl").write_text(json.dumps({"q": "1 + 1?", "a": "2"}) + "\n")


def play_trial(campaign: Campaign, trial: str, model: Path) -> None:
    """Puts a model in as a trial's, and has the evaluator score it as the runner does."""
    folder = campaign.trial_folder(trial)
    folder.mkdir(parents=True)
    shutil.copytree(model, folder / "model")
    hypothesis = {"statement": "Sums by heart <b>now</b>.", "low": 0.1, "high": 0.9}
    campaign.say(
        Kind.PROPOSAL_MADE,
        {
            "parent": "t0000",
            "hypothesis": hypothesis,
            "cells": {"curate": CURATE, "train": TRAIN},
            "seed": 0,
        },
        trial=trial,
        actor="agent:playbook",
    )
    campaign.say(Kind.TRIAL_STARTED, {"isolation": "none"}, trial=trial, actor="runner")
    leaks = {"check": "leakage", "message": "24 rows, none leaks"}
    campaign.say(Kind.PREFLIGHT_PASSED, leaks, trial=trial, actor="runner")
    _score(campaign, trial, "model")
    data = {"rows": 24, "by_source": {"sums": 24}}
    done = {"seconds": {}, "rows": 24, "data": data}
    campaign.say(Kind.TRIAL_COMPLETED, done, trial=trial, actor="runner")


def _score(campaign: Campaign, trial: str, model: str | None) -> None:
    with EvaluatorProcess(journal=campaign.folder / "journal.db") as evaluator:
        register(campaign, trial, evaluator)
        evaluator.evaluate(trial, "validation", model=model)
    campaign.refresh()


@pytest.fixture(scope="session")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a campaign whose first trial has learned its sums.

    Made with its own folder as the current one, and no longer: the fixture outlives the tests
    of this folder, and a path that another test has relative to the project must keep its sense.
    """
    place = tmp_path_factory.mktemp("learned")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        return learn(place)


def learn(place: Path, half: int = 40, whole: int = 100) -> Path:
    """Makes that campaign; gives its folder.

    Args:
        place: Where it, its task and its models lie.
        half: Epochs of the base on half of the sums.
        whole: Epochs of the trial's adapter on all; few make a trial that has learned nothing.
    """
    from ftassist.recipes import train

    task = write_task(place / "sums")
    _write_set(task / "repository" / "sums")
    data = write_rows(place / "data", rows_of(task))
    raw = save_base(place / "raw")
    # The base has seen half of the sums, so that an adapter of a few weights is enough for all.
    some = write_rows(place / "half", rows_of(task)[::2])
    settings: dict[str, Any] = {"batch_size": 8, "validation_share": 0.0}
    train.sft(str(raw), some, place / "base", learning_rate=3e-3, epochs=half, method="full",
              **settings)  # fmt: skip
    base = place / "base"
    (base / "training.json").unlink()
    train.sft(str(base), data, place / "model", learning_rate=5e-3, epochs=whole, rank=32,
              **settings)  # fmt: skip
    campaign = Campaign.create(
        place / "c", task=str(task), model=str(base), budget=Budget(trials=2)
    )
    campaign.say(Kind.TRIAL_STARTED, {"isolation": "none"}, trial="t0000", actor="runner")
    _score(campaign, "t0000", None)
    campaign.say(Kind.TRIAL_COMPLETED, {"seconds": {}}, trial="t0000", actor="runner")
    play_trial(campaign, "t0001", place / "model")
    return campaign.folder


@pytest.fixture
def campaign(learned: Path, tmp_path: Path) -> Campaign:
    """A copy of that campaign."""
    return Campaign.open(shutil.copytree(learned, tmp_path / "c"))


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has exports made in this process: another one takes seconds to begin."""
    from ftassist.campaign.export import exporting
    from ftassist.dojo.artefacts import rescoring

    def run(request: Request, private: Path, tell: Callable[[str], None]) -> Made:
        return rescoring.make_and_score(request, tell)

    monkeypatch.setattr(exporting, "run", run)
