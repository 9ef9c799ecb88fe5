"""The notebook of a trial: a valid, standalone one that says what it is."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftassist.dojo.evaluator.protocol import BASE_VARIABLE, TASK_VARIABLE
from ftassist.errors import CellError, DataError
from ftassist.recipes.curate.exporting import ROW_CAP
from ftassist.trial.job import TrialJob, TrialSpec
from ftassist.trial.notebook import build, read_cells, stage_of

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=60)


def test_a_notebook_holds_the_three_cells_in_order(spec: TrialSpec) -> None:
    notebook = build(spec)

    nbformat.validate(notebook)
    assert [cell.id for cell in notebook.cells] == [
        "head",
        "parameters",
        "setup",
        "curate",
        "train",
        "evaluate",
    ]
    assert [stage_of(cell) for cell in notebook.cells] == [
        "",
        "",
        "",
        "curate",
        "train",
        "evaluate",
    ]


def test_the_head_tells_hypothesis_parent_and_change(spec: TrialSpec) -> None:
    head = build(spec).cells[0].source

    for text in ("t0001", 'More "worked" steps <help>', "t0000", "the data"):
        assert text in head


def test_parameters_are_plain_literals(spec: TrialSpec) -> None:
    cell = build(spec).cells[1]

    assert cell.metadata.tags == ["parameters"]
    values = {
        node.targets[0].id: ast.literal_eval(node.value) for node in ast.parse(cell.source).body
    }
    assert values == spec.parameters()


def test_the_setup_cell_names_what_the_evaluator_and_the_recipes_look_for(spec: TrialSpec) -> None:
    setup = build(spec).cells[2].source

    for name in (TASK_VARIABLE, BASE_VARIABLE, ROW_CAP):
        assert f'os.environ.setdefault("{name}"' in setup


def test_the_setup_cell_sets_the_day_the_campaign_was_made(spec: TrialSpec) -> None:
    setup = build(replace(spec, day="2026-11-28")).cells[2].source
    assert 'os.environ.setdefault("FTASSIST_DAY", "2026-11-28")' in setup
    assert "FTASSIST_DAY" not in build(replace(spec, day="")).cells[2].source


def test_the_setup_cell_names_the_items_that_do_not_count(spec: TrialSpec) -> None:
    setup = build(replace(spec, shown_seed=7)).cells[2].source
    assert 'os.environ.setdefault("FTASSIST_SHOWN_SEED", "7")' in setup
    assert "SHOWN_SEED" not in build(spec).cells[2].source


@settings(deadline=None)
@given(hypothesis=TEXT, change=TEXT, code=TEXT)
def test_any_text_survives_the_template(hypothesis: str, change: str, code: str) -> None:
    cells = dict.fromkeys(("curate", "train", "evaluate"), f"# {code}")
    spec = TrialSpec("t1", "task", "tiny", cells, "task", hypothesis=hypothesis, change=change)

    notebook = build(spec)

    assert hypothesis in notebook.cells[0].source
    assert notebook.cells[4].source == f"# {code}"


def test_a_trial_without_a_cell_is_refused(spec: TrialSpec) -> None:
    with pytest.raises(CellError, match="no train cell"):
        build(replace(spec, cells={**spec.cells, "train": ""}))


def test_cells_are_read_back(spec: TrialSpec, tmp_path: Path) -> None:
    path = tmp_path / "trial.ipynb"
    nbformat.write(build(spec), path)

    back = read_cells(path)

    assert back.cells == spec.cells
    assert back.trial == "t0001"
    assert set(back.status.values()) == {"pending"}


def test_a_file_that_is_no_notebook_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "trial.ipynb"
    path.write_text("half a note")

    with pytest.raises(DataError, match=r"trial\.ipynb"):
        read_cells(path)


def test_a_notebook_without_a_stage_is_refused(spec: TrialSpec, tmp_path: Path) -> None:
    notebook = build(spec)
    del notebook.cells[4]
    path = tmp_path / "trial.ipynb"
    nbformat.write(notebook, path)

    with pytest.raises(DataError, match="'train'"):
        read_cells(path)


@pytest.mark.slow
def test_an_executed_trial_runs_again_under_plain_papermill_elsewhere(
    lab: Any, job: TrialJob, tmp_path: Path
) -> None:
    lab.run(job)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    again = [sys.executable, "-m", "papermill", "--no-progress-bar", "--cwd", str(elsewhere)]
    again += [str(job.folder / "trial.ipynb"), str(elsewhere / "again.ipynb")]
    subprocess.run(again, check=True, capture_output=True, timeout=120)

    for name in ("data/train.jsonl", "model/weights.bin", "metrics.jsonl"):
        assert (elsewhere / name).read_bytes() == (job.folder / name).read_bytes()
    assert read_cells(elsewhere / "again.ipynb").outputs["evaluate"].strip() == "evaluated"


def test_the_setup_cell_leaves_no_value_behind_for_the_log(spec: TrialSpec) -> None:
    last = ast.parse(build(spec).cells[2].source).body[-1]
    assert not isinstance(last, ast.Expr)
