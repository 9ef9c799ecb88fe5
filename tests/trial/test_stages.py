"""Stages are taken from the cache when, and only when, nothing they depend on changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ftassist.files import read_json
from ftassist.journal.events import Kind
from ftassist.trial.job import TrialJob
from ftassist.trial.notebook import read_cells


def _finished(lab: Any, job: TrialJob) -> dict[str, Any]:
    return {
        event.payload["stage"]: event.payload for event in lab.events(job, Kind.STAGE_FINISHED)
    }


def test_a_second_trial_with_the_same_stages_does_not_run_them(lab: Any, job: TrialJob) -> None:
    lab.run(job)
    child = lab.as_trial(job, "t0002")

    outcome = lab.run(child)

    assert outcome.kind == Kind.TRIAL_COMPLETED
    assert lab.statuses(child)["curate"] == "skipped"
    assert lab.statuses(child)["train"] == "skipped"
    assert lab.statuses(child)["evaluate"] == "completed"
    stages = _finished(lab, child)
    assert stages["train"]["cached_from"] == "t0001"
    assert stages["train"]["summary"] == {"loss": 0.5}
    assert stages["evaluate"]["cached_from"] is None
    for name in ("data/train.jsonl", "model/weights.bin", "metrics.jsonl"):
        assert (child.folder / name).read_bytes() == (job.folder / name).read_bytes()
    cell = next(c for c in read_json(child.folder / "trial.ipynb")["cells"] if c["id"] == "train")
    assert cell["metadata"]["ftassist"]["cached_from"] == "t0001"
    text = read_cells(child.folder / "trial.ipynb").outputs["train"].strip()
    assert text == "train was not run: the same files are there from trial t0001"


def test_a_changed_cell_runs_again_and_what_came_before_does_not(lab: Any, job: TrialJob) -> None:
    lab.run(job)
    child = lab.as_trial(lab.with_cells(job, train=lab.cells["train"] + "\nx = 2"), "t0002")

    lab.run(child)

    stages = _finished(lab, child)
    assert stages["curate"]["cached_from"] == "t0001"
    assert stages["train"]["cached_from"] is None


def test_a_changed_parameter_runs_the_stages_that_read_it(lab: Any, job: TrialJob) -> None:
    lab.run(job)
    child = lab.as_trial(job, "t0002", seed=2)

    lab.run(child)

    stages = _finished(lab, child)
    assert stages["curate"]["cached_from"] is None
    assert stages["train"]["cached_from"] is None


def test_other_raw_data_runs_curate_again(lab: Any, job: TrialJob, repository: Path) -> None:
    lab.run(job)
    (repository / "made" / "rows.jsonl").write_text('{"a": 2}\n')
    child = lab.as_trial(job, "t0002")

    lab.run(child)

    assert _finished(lab, child)["curate"]["cached_from"] is None
    assert _finished(lab, child)["train"]["cached_from"] == "t0001"


def test_another_base_model_runs_train_again(lab: Any, job: TrialJob, model: Path) -> None:
    lab.run(job)
    (model / "config.json").write_text('{"layers": 2}')
    child = lab.as_trial(job, "t0002")

    lab.run(child)

    assert _finished(lab, child)["curate"]["cached_from"] == "t0001"
    assert _finished(lab, child)["train"]["cached_from"] is None


def test_a_damaged_entry_is_named_and_the_stage_runs_again(
    lab: Any, job: TrialJob, campaign: Path
) -> None:
    lab.run(job)
    (kept,) = campaign.glob("cache/*/files/model/weights.bin")
    kept.write_bytes(b"flipped")
    child = lab.as_trial(job, "t0002")

    outcome = lab.run(child)

    assert outcome.kind == Kind.TRIAL_COMPLETED
    train = _finished(lab, child)["train"]
    assert train["cached_from"] is None
    assert train["damaged"].endswith("files/model/weights.bin")
    assert (child.folder / "model/weights.bin").read_bytes() == bytes(1000)


def test_stages_that_share_names_are_never_taken_from_the_cache(lab: Any, job: TrialJob) -> None:
    sharing = lab.with_cells(job, train=lab.cells["train"] + "\nprint(len(rows))")
    lab.run(sharing)
    child = lab.as_trial(sharing, "t0002")

    outcome = lab.run(child)

    assert outcome.kind == Kind.TRIAL_COMPLETED
    assert {e["cached_from"] for e in _finished(lab, child).values()} == {None}


def test_a_second_attempt_does_not_repeat_finished_stages(lab: Any, job: TrialJob) -> None:
    died = lab.with_cells(job, train="import os\nos.kill(os.getpid(), 9)")
    lab.run(died)

    outcome = lab.run(job)

    assert outcome.kind == Kind.TRIAL_COMPLETED
    assert lab.statuses(job)["curate"] == "skipped"
    text = read_cells(job.folder / "trial.ipynb").outputs["curate"]
    assert "an earlier attempt of this trial" in text


@pytest.mark.parametrize("stage", ["curate", "train"])
def test_a_stage_that_failed_is_not_kept(lab: Any, job: TrialJob, stage: str) -> None:
    failing = lab.with_cells(job, **{stage: lab.cells[stage] + "\nraise ValueError('late')"})
    lab.run(failing)
    again = lab.as_trial(failing, "t0002")

    lab.run(again)

    assert lab.statuses(again)[stage] == "failed"
