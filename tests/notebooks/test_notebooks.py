"""The teaching notebooks as they are committed (`make notebooks` runs them)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest
import yaml

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LARGEST = 600_000
"""Bytes of a notebook with its outputs: a clone is fetched by everybody."""

MACHINE = re.compile(r"(?<![\w.])/(?:home|root|tmp|work|Users|mnt|opt|usr|var)/\S*|[A-Z]:\\\\\w+")

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)


@each
def test_a_notebook_is_valid_and_is_saved_with_the_output_of_one_run(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert sum(bool(cell.outputs) for cell in code) >= 0.8 * len(code)
    assert code[-1].outputs


@each
def test_no_cell_of_a_saved_notebook_failed_or_warned(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    assert not [out for out in outputs if out.output_type == "error"]
    assert not [out.text for out in outputs if out.get("name") == "stderr"]


@each
def test_a_saved_output_names_no_place_of_the_machine_it_ran_on(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    assert not MACHINE.findall(json.dumps(outputs))


@each
def test_a_notebook_is_small_and_keeps_no_state_of_widgets(path: Path) -> None:
    assert path.stat().st_size < LARGEST
    assert "widgets" not in nbformat.read(path, as_version=4).metadata


@each
def test_a_notebook_says_that_model_and_agent_are_stand_ins(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    prose = " ".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    assert "stand-in" in prose


def test_the_place_of_a_machine_is_known_when_it_is_seen() -> None:
    assert MACHINE.search('"saved in /home/ada/campaigns/mini_math-1"')
    assert MACHINE.search('"C:\\\\Users"')
    assert not MACHINE.search('"campaigns/mini_math-1/home/report.html, 3/4 of them"')


def test_binder_takes_a_supported_python_and_a_torch_that_is_recent_enough() -> None:
    environment = yaml.safe_load((ROOT / "binder" / "environment.yml").read_text())
    assert "python=3.11" in environment["dependencies"]
    assert "pytorch-cpu>=2.6" in environment["dependencies"]
    assert (ROOT / "binder" / "postBuild").stat().st_mode & 0o100
    assert "bubblewrap" in (ROOT / "binder" / "apt.txt").read_text().split()
