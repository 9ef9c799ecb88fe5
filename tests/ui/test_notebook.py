"""The magics in a real kernel, looking at a finished journal; no trial runs."""

from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest

from ftassist.documents import PROPOSAL_MIME


def execute(folder: Path, *cells: str) -> Any:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    resources = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(
        notebook, timeout=120, resources=resources, kernel_name="python3", allow_errors=True
    ).execute()
    return notebook


@pytest.mark.slow
def test_a_saved_notebook_holds_plain_outputs_and_no_widget(demo_folder: Path) -> None:
    notebook = execute(
        demo_folder.parent.parent,
        "%load_ext ftassist",
        "%ftagent propose",
        "%ftagent tree",
        "%ftagent show t099",
    )
    nbformat.validate(notebook)
    proposal, tree, wrong = (cell.outputs for cell in notebook.cells[1:])
    assert any(PROPOSAL_MIME in output.get("data", {}) for output in proposal)
    assert "application/vnd.plotly.v1+json" in tree[0]["data"]
    assert "there is no trial 't099'" in "".join(output.get("text", "") for output in wrong)
    saved = nbformat.writes(notebook)
    assert "widget" not in saved
    assert len(saved) < 100_000
