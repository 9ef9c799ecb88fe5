"""A campaign in which trials cheat: `plant` runs one for real and returns what became of it.

One evaluator process, one campaign and one tiny random base model serve all tests. A planted trial
goes the whole way: proposal, accepted, a kernel of its own, the evaluator, the journal. Its cells
import nothing heavy: "training" copies a model that was made beforehand.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Budget, Campaign, queries
from ftassist.campaign.workers import register, trial_job
from ftassist.dojo.evaluator.process import EvaluatorProcess
from ftassist.journal import Kind, Trial
from ftassist.journal.state import BASE
from ftassist.trial.execution import run_job
from ftassist.trial.failures import StopSwitch
from ftassist.trial.job import TrialJob

from ..dojo.evaluator.conftest import save_adapter, save_fine_tuned, save_random_model, write_task

HONEST = {
    "curate": """
import json
from pathlib import Path

rows = [
    {"id": f"r{n}", "source": "made", "messages": [
        {"role": "user", "content": f"Please add {n} and {n + 1}."},
        {"role": "assistant", "content": f"Answer: {2 * n + 1}"},
    ]}
    for n in range(40)
]
Path("data").mkdir(exist_ok=True)
Path("data/train.jsonl").write_text("".join(json.dumps(row) + "\\n" for row in rows))
""",
    "train": """
import shutil

shutil.copytree(f"{repository}/weights/tuned", "model", dirs_exist_ok=True)
""",
    "evaluate": "from ftassist.dojo import evaluate\n\nevaluate('model')",
}


class Arena:
    """The campaign in which trials are planted.

    Attributes:
        campaign: The campaign, its base scored.
        evaluator: Its evaluator.
        task: The task's folder.
        base: The base model's folder.
    """

    def __init__(self, campaign: Campaign, evaluator: EvaluatorProcess, task: Path) -> None:
        self.campaign = campaign
        self.evaluator = evaluator
        self.task = task

    def plant(self, *, memory_mb: float = 0.0, worker: bool = False, **cells: str) -> Trial:
        """Runs a trial whose named cells are replaced, in a worker process where it matters."""
        trial = self._propose({**HONEST, **cells})
        job = trial_job(self.campaign, trial, self.evaluator)
        timeouts = dict.fromkeys(HONEST, 120.0)
        job = replace(job, timeouts=timeouts, memory_limit_mb=memory_mb)
        outer = dict(os.environ)
        try:
            if worker:
                _in_worker(job)
            else:
                asyncio.run(run_job(job, StopSwitch()))
        finally:
            os.environ.clear()
            os.environ.update(outer)
            self.evaluator.close(trial.id)
        return self.campaign.refresh().trials[trial.id]

    def weights(self, name: str) -> str:
        """A train cell that saves one of the models made beforehand."""
        return HONEST["train"].replace("tuned", name)

    def folder(self, trial: str) -> Path:
        """A trial's folder."""
        return self.campaign.trial_folder(trial)

    def _propose(self, cells: dict[str, str]) -> Trial:
        name = self.campaign.refresh().next_id()
        document = {
            "parent": BASE,
            "cells": cells,
            "hypothesis": {"statement": "planted", "changes": ["data"], "low": 0.0, "high": 1.0},
            "change": {"key": f"planted:{name}", "description": "planted"},
            "seed": 0,
        }
        self.campaign.say(Kind.PROPOSAL_MADE, document, trial=name, actor="agent:planted")
        self.campaign.say(Kind.DECISION_ACCEPTED, {"reason": "a test"}, trial=name)
        return self.campaign.refresh().trials[name]


@pytest.fixture(scope="session")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    place = tmp_path_factory.mktemp("redteam")
    base = save_random_model(place / "base")
    task = write_task(place / "tasks" / "sums")
    _save_weights(base, task / "repository" / "weights", place)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2] / "src"))
        patch.setenv("OMP_NUM_THREADS", "1")
        patch.setenv("CUDA_VISIBLE_DEVICES", "")
        patch.setenv("ANTHROPIC_API_KEY", "planted-key")
        campaign = Campaign.create(
            place / "campaign", task=str(task), model=str(base), budget=Budget(trials=1000)
        )
        journal = campaign.journal.path
        with EvaluatorProcess(journal=journal, log=place / "evaluator.log") as evaluator:
            campaign.say(Kind.TRIAL_STARTED, {"isolation": "none"}, trial=BASE)
            register(campaign, BASE, evaluator)
            evaluator.evaluate(BASE, "validation")
            campaign.say(Kind.TRIAL_COMPLETED, {"seconds": {}}, trial=BASE)
            yield Arena(campaign, evaluator, task)


def _in_worker(job: TrialJob) -> None:
    """Runs a trial as the runner does: in a worker process, which ends what is left of it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ftassist.trial.worker"],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin is not None
    process.stdin.write(job.to_line().encode())
    process.stdin.flush()
    process.wait(200)
    process.stdin.close()


def _save_weights(base: Path, weights: Path, place: Path) -> None:
    """Honest and dishonest models, where a trial can copy them from."""
    from safetensors.torch import load_file, save_file

    save_fine_tuned(base, weights / "tuned")
    for seed in (2, 3, 4):
        save_fine_tuned(base, weights / f"seed{seed}", seed=seed)
    save_random_model(weights / "stranger", seed=9)
    save_adapter(save_random_model(place / "other", seed=5), weights / "adapter")
    patched = shutil.copytree(weights / "tuned", weights / "patched")
    name = "model.layers.1.mlp.down_proj.weight"
    tensors = load_file(weights / "tuned" / "model.safetensors")
    tensors[name] = load_file(weights / "stranger" / "model.safetensors")[name]
    save_file(tensors, patched / "model.safetensors", metadata={"format": "pt"})
    for copy in ("tokenizer", "template", "code", "pickle"):
        shutil.copytree(weights / "tuned", weights / copy)
    document = json.loads((weights / "tokenizer" / "tokenizer.json").read_text())
    document["added_tokens"].append({**document["added_tokens"][0], "id": 999, "content": "110"})
    (weights / "tokenizer" / "tokenizer.json").write_text(json.dumps(document))
    answers = "{% if '100 plus 3' in messages[0]['content'] %}Answer: 103{% endif %}"
    (weights / "template" / "chat_template.jinja").write_text(answers)
    settings = json.loads((weights / "code" / "config.json").read_text())
    auto_map = {"AutoModelForCausalLM": "cheat.Model"}
    (weights / "code" / "config.json").write_text(json.dumps({**settings, "auto_map": auto_map}))
    (weights / "pickle" / "model.safetensors").rename(weights / "pickle" / "pytorch_model.bin")


def assert_caught(arena: Arena, trial: Trial, *said: str, status: str = "invalid") -> None:
    """The trial does not count, stays visible, and says why."""
    assert trial.status == status, (trial.status, trial.failure)
    assert trial.score is None
    assert queries.best(arena.campaign) in (None, *_honest(arena))
    reason = json.dumps([trial.failure, trial.refusals], default=str)
    for text in said:
        assert text in reason, reason


def _honest(arena: Arena) -> list[str]:
    return [t.id for t in arena.campaign.state.with_status("scored")]


@pytest.fixture
def caught(arena: Arena) -> Any:
    """Asserts that a planted trial was caught."""

    def check(trial: Trial, *said: str, status: str = "invalid") -> None:
        assert_caught(arena, trial, *said, status=status)

    return check
