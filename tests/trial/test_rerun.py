"""A real trial, with the real recipes and evaluator, and its notebook run again elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ftassist.dojo.evaluator.process import EvaluatorProcess
from ftassist.dojo.task_loader import load_task
from ftassist.files import read_json
from ftassist.journal.events import Kind
from ftassist.trial.job import TrialJob
from ftassist.trial.notebook import read_cells

CURATE = """from ftassist.recipes import curate

rows = curate.load(repository, {"lessons_shop": 40}, seed=seed)
rows = curate.decontaminate(rows)
curate.export(rows, "data")"""
TRAIN = """from ftassist.recipes import train

train.sft(model, "data", "model", learning_rate=3e-3, max_steps=3, batch_size=8, seed=seed)"""
EVALUATE = """from ftassist.dojo import evaluate

evaluate("model")"""

pytestmark = pytest.mark.slow


@pytest.fixture
def evaluator(campaign: Path) -> Iterator[EvaluatorProcess]:
    with EvaluatorProcess(journal=campaign / "journal.db") as process:
        yield process


@pytest.fixture
def real_job(job: TrialJob, evaluator: EvaluatorProcess, campaign: Path) -> TrialJob:
    cells = {"curate": CURATE, "train": TRAIN, "evaluate": EVALUATE}
    spec = replace(job.spec, model="tiny", repository="mini_math", cells=cells)
    task = str(load_task("mini_math").folder)
    scores = campaign / "scores"
    evaluator.register("t0001", job.folder, scores=scores, task=task, base="tiny")
    environment = evaluator.environment("t0001")
    return replace(job, spec=spec, evaluator=environment, check_leakage=True)


def test_a_real_trial_is_scored_and_its_notebook_gives_the_same_scores_elsewhere(
    lab: Any, real_job: TrialJob, tmp_path: Path
) -> None:
    worker = lab.worker()
    worker.send(real_job)
    code = worker.wait(280)
    worker.close_input()
    result = read_json(real_job.folder / "result.json")
    assert result["kind"] == Kind.TRIAL_COMPLETED, result
    assert code == 0
    (scored,) = lab.events(real_job, Kind.TRIAL_SCORED)
    passed = [event.payload["check"] for event in lab.events(real_job, Kind.PREFLIGHT_PASSED)]
    assert passed[:4] == ["cells", "schema", "row_cap", "leakage"]
    assert len(passed) > 5
    (completed,) = lab.events(real_job, Kind.TRIAL_COMPLETED)
    assert completed.payload["training"]["steps"] == 3
    assert completed.payload["data"]["rows"] == completed.payload["rows"]

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    again = [sys.executable, "-m", "papermill", "--no-progress-bar", "--cwd", str(elsewhere)]
    again += [str(real_job.folder / "trial.ipynb"), str(elsewhere / "again.ipynb")]
    run = subprocess.run(again, check=False, capture_output=True, text=True, timeout=280)
    assert run.returncode == 0, run.stderr

    first = read_cells(real_job.folder / "trial.ipynb").outputs["evaluate"]
    second = read_cells(elsewhere / "again.ipynb").outputs["evaluate"]
    assert f"accuracy {100 * scored.payload['feedback']['score']:.1f} %" in first
    weights = "model/adapter_model.safetensors"
    assert (elsewhere / weights).read_bytes() == (real_job.folder / weights).read_bytes()
    assert _without_seconds(first) == _without_seconds(second)


def _without_seconds(text: str) -> str:
    return re.sub(r"[0-9.]+ s\b", "", text)
