"""Cells are tried in a kernel of their own before they cost a trial."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ftassist.dojo.task_loader import load_task
from ftassist.trial import sandbox
from ftassist.trial.dry_run import dry_run
from ftassist.trial.failures import RunStoppedError
from ftassist.trial.job import TrialSpec

from .conftest import CURATE, TRAIN

EVALUATE = "raise SystemExit('the evaluate cell was run')"
SPEC = TrialSpec("t0001", "mini_math", "tiny", {}, "mini_math")


def spec(curate: str = CURATE, train: str = TRAIN) -> TrialSpec:
    return replace(SPEC, cells={"curate": curate, "train": train, "evaluate": EVALUATE})


def test_cells_that_run_pass_and_leave_nothing(tmp_path: Path) -> None:
    tried = dry_run(tmp_path, spec())
    assert (tried.passed, tried.settled, tried.message) == (True, True, "")
    assert list(tmp_path.iterdir()) == []


def test_a_crash_is_told_with_its_stage_and_what_was_said(tmp_path: Path) -> None:
    tried = dry_run(tmp_path, spec(train="print(undefined_name)"))
    assert (tried.passed, tried.stage, tried.failure) == (False, "train", "CONFIG")
    assert "undefined_name" in tried.message
    assert "NameError" in tried.log


def test_what_breaks_on_few_rows_alone_is_no_fault(tmp_path: Path) -> None:
    whole = "import os\nassert os.environ['FTASSIST_DRY_RUN'] == 'all', 'too few rows'\n"
    tried = dry_run(tmp_path, spec(curate=whole + CURATE))
    assert tried.passed
    assert tried.settled


def test_rows_that_no_training_can_read_are_told(tmp_path: Path) -> None:
    tried = dry_run(tmp_path, spec(curate=CURATE.replace('"messages"', '"turns"')))
    assert (tried.passed, tried.failure) == (False, "DATA")


def test_a_training_that_saves_no_model_is_told(tmp_path: Path) -> None:
    tried = dry_run(tmp_path, spec(train="pass"))
    assert (tried.passed, tried.stage) == (False, "train")
    assert "saved no model" in tried.message


def test_what_takes_too_long_is_left_to_the_trial(tmp_path: Path) -> None:
    tried = dry_run(tmp_path, spec(train="import time\ntime.sleep(60)"), seconds=1.0)
    assert (tried.passed, tried.settled) == (True, False)
    assert "1 s" in tried.message


def test_a_person_can_end_it(tmp_path: Path) -> None:
    with pytest.raises(RunStoppedError):
        dry_run(tmp_path, spec(train="import time\ntime.sleep(60)"), ended=lambda: True)


@pytest.mark.skipif(
    sandbox.available_isolation() == "none", reason="nothing isolates kernels on this machine"
)
def test_its_cells_see_no_evaluation_item_and_nothing_of_the_campaign(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_text("secret")
    items = load_task("mini_math").evaluation_folder
    look = (
        "import os\nfrom pathlib import Path\n"
        f"assert not Path({str(items)!r}).exists(), 'items in sight'\n"
        f"assert not Path({str(tmp_path / 'journal.db')!r}).exists(), 'journal in sight'\n"
        "assert 'FTASSIST_EVALUATOR' not in os.environ and 'FTASSIST_TOKEN' not in os.environ\n"
    )
    tried = dry_run(tmp_path, spec(curate=look + CURATE))
    assert (tried.passed, tried.message) == (True, "")


@pytest.mark.slow
def test_recipes_run_on_few_rows_for_two_steps(tmp_path: Path) -> None:
    curate = """from ftassist.recipes import curate

rows = curate.load(repository, {"lessons_shop": 400, "crowd_solutions": 400}, seed=seed)
assert len(rows) <= 60, len(rows)
rows = curate.decontaminate(rows)
rows = curate.sample(rows, 700, seed=seed)
curate.export(rows, "data")"""
    train = """from ftassist.recipes import train

result = train.sft(model, "data", "model", learning_rate=1e-3, epochs=40, seed=seed)
assert result.steps == 2, result.steps"""
    tried = dry_run(tmp_path, spec(curate, train))
    assert (tried.message, tried.log) == ("", "")
    assert tried.passed
    assert tried.settled
