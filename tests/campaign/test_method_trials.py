"""Cells that rules about methods write, run as trials: kernel, walls, evaluator, a score."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ftassist.agent.backends.playbook.merge_rules import Soup
from ftassist.agent.backends.playbook.method_rules import Labels, Pairs, Reward, Teacher
from ftassist.agent.backends.playbook.order_rules import ShortFirst
from ftassist.agent.situation import Situation
from ftassist.campaign import Budget, Campaign
from ftassist.campaign.workers import register, trial_job
from ftassist.dojo.evaluator.process import EvaluatorProcess
from ftassist.files import read_json
from ftassist.journal import Kind, Trial
from ftassist.journal.state import BASE
from ftassist.models import tiny_path
from ftassist.trial.execution import run_job
from ftassist.trial.failures import StopSwitch

from ..agent.conftest import Kit
from ..dojo.evaluator.conftest import write_task

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
KIT = Kit()
SHORT = replace(KIT.CARD, max_new_tokens=10)
ROWS = 16
CARD = "name: {0}\ntitle: {0}\ndescription: sums\nfields: {{prompt: question, response: answer}}\n"
LORA = {"method": "lora", "rank": 8, "learning_rate": 3e-3, "epochs": 8, "batch_size": 4}
Run = Callable[[dict[str, str]], Trial]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small task and a teacher."""
    folder = tmp_path_factory.mktemp("methods")
    task = write_task(folder / "tasks" / "sums")
    for name, shift in (("little", 0), ("more", 3)):
        raw = task / "repository" / name
        raw.mkdir()
        lines = [
            {
                "id": f"{name}-{n}",
                "question": f"{n * 7 % 23} + {n * 5 % 19 + shift} = ?",
                "answer": f"Answer: {n * 7 % 23 + n * 5 % 19 + shift}",
            }
            for n in range(ROWS)
        ]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (raw / "rows.jsonl").write_text(text, encoding="utf-8")
        card = (
            CARD.format(name) + f"rows: {ROWS}\nlicence: CC0-1.0\nprovenance: here\nnotes: none\n"
        )
        (raw / "card.yaml").write_text(card, encoding="utf-8")
    shutil.copytree(tiny_path(), folder / "teacher")
    return folder


@pytest.fixture(scope="module")
def run(place: Path) -> Iterator[Run]:
    """Runs cells as a trial of a campaign on that task."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        campaign = Campaign.create(
            place / "campaign",
            task=str(place / "tasks" / "sums"),
            teacher=str(place / "teacher"),
            budget=Budget(trials=100),
        )
        journal = campaign.journal.path
        with EvaluatorProcess(journal=journal, log=place / "evaluator.log") as evaluator:
            register(campaign, BASE, evaluator)

            def trial(cells: dict[str, str]) -> Trial:
                name = campaign.refresh().next_id()
                document = {"parent": BASE, "cells": cells, "hypothesis": {}, "seed": 0}
                campaign.say(Kind.PROPOSAL_MADE, document, trial=name, actor="agent:test")
                campaign.say(Kind.DECISION_ACCEPTED, {"reason": "a test"}, trial=name)
                job = trial_job(campaign, campaign.refresh().trials[name], evaluator)
                outer = dict(os.environ)
                asyncio.run(run_job(job, StopSwitch()))
                os.environ.clear()
                os.environ.update(outer)
                evaluator.close(name)
                return campaign.refresh().trials[name]

            yield trial


def written(rule: Any, place: Path, base: float = 0.3, **more: Any) -> dict[str, str]:
    """The cells a rule writes from a plan with an adapter on this task's rows."""
    profiles = {
        "little": KIT.profile(ROWS, description="sums"),
        "more": {
            **KIT.profile(ROWS, description="sums"),
            "response_characters": {"p50": 90, "p90": 99},
        },
    }
    data = {"little": ROWS, "more": ROWS}
    world = KIT.World(card=SHORT, profiles=profiles).base(base, parse_rate=0.9)
    name = world.propose(KIT.cells(data, train=LORA))
    world.run(name, KIT.feedback(0.5), **{"loss": KIT.curve(), "data": data, **more})
    wider = KIT.cells(data, train={**LORA, "rank": 4})
    other = world.propose(wider, name, key="train.rank:down", changes=["training"])
    world.run(other, KIT.feedback(0.5), data=data)
    world.judge(other, "tied", 0.0)
    settings = replace(world.state.settings, teacher=str(place / "teacher"))
    object.__setattr__(world.state, "settings", settings)
    at = Situation.of(world.context(name), name)
    (finding,) = rule.applies(at)
    edit = rule.change(at, finding)
    assert edit is not None
    return dict(edit.cells)


@pytest.mark.parametrize(
    ("rule", "more", "left_behind"),
    [
        (Reward(), {}, "supervised.jsonl"),
        (Pairs(), {}, "supervised.jsonl"),
        (Labels(), {"base": 0.1}, "supervised.jsonl"),
        (Teacher(), {}, "metrics.jsonl"),
        (ShortFirst(), {"loss": KIT.curve(jumps=[20, 30])}, "metrics.jsonl"),
        (Soup(), {}, "adapters/b/adapter_model.safetensors"),
    ],
    ids=["reward", "pairs", "labels", "teacher", "short first", "soup"],
)
def test_what_a_rule_writes_runs_and_is_scored(
    rule: Any, more: dict[str, Any], left_behind: str, place: Path, run: Run
) -> None:
    trial = run(written(rule, place, **more))
    assert trial.status == "scored", trial.failure
    folder = place / "campaign" / "trials" / trial.id
    assert (folder / left_behind).is_file()
    checks = {
        check["name"]: check["passed"] for check in read_json(folder / "audit.json")["checks"]
    }
    assert all(checks.values())
