"""The teaching notebooks as they are committed (`make notebooks` runs them)."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
import yaml

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_valid_and_is_committed_without_output(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert not [c.id for c in notebook.cells if c.get("outputs") or c.get("execution_count")]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_says_that_model_and_agent_are_stand_ins(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    prose = " ".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    assert "stand-in" in prose


def test_binder_takes_a_supported_python_and_a_torch_that_is_recent_enough() -> None:
    environment = yaml.safe_load((ROOT / "binder" / "environment.yml").read_text())
    assert "python=3.11" in environment["dependencies"]
    assert "pytorch-cpu>=2.6" in environment["dependencies"]
    assert (ROOT / "binder" / "postBuild").stat().st_mode & 0o100
