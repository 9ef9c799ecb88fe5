"""The widgets in a real kernel, spoken to as a front end does: by messages of its widgets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from ftassist.campaign import Campaign

SHOW = "from ftassist.ui.widgets import ProposalCard\ncard = ProposalCard(follow=False)\ncard"
IDS = "print(card._reason.model_id, card._buttons['veto'].model_id)"


def tell(client: NotebookClient, model: str, data: dict[str, Any]) -> None:
    """Sends what a front end sends to one widget."""
    client.kc.shell_channel.send(
        client.kc.session.msg("comm_msg", {"comm_id": model, "data": data})
    )


def test_a_click_in_a_front_end_decides_and_the_saved_notebook_shows_the_card_without_a_kernel(
    demo_folder: Path,
) -> None:
    cells = [nbformat.v4.new_code_cell(source) for source in (SHOW, IDS, "pass")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    here = {"metadata": {"path": str(demo_folder.parents[1])}}
    client = NotebookClient(notebook, timeout=240, kernel_name="python3", resources=here)
    with client.setup_kernel():
        client.execute_cell(notebook.cells[0], 0)
        client.execute_cell(notebook.cells[1], 1)
        reason, veto = notebook.cells[1].outputs[0].text.split()
        tell(client, reason, {"method": "update", "state": {"value": "not now"}})
        tell(client, veto, {"method": "custom", "content": {"event": "click"}})
        client.execute_cell(
            notebook.cells[2], 2
        )  # after the clicks, which the kernel has in order
        client.set_widgets_metadata()

    decided = Campaign.open(demo_folder).trial("t0012")
    assert (decided.status, decided.decision.reason) == ("vetoed", "not now")
    shown = notebook.cells[0].outputs[0].data
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert "t0012 · proposal by playbook" in shown["text/html"]
    state = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    assert state[veto]["state"]["description"] == "Veto"


def test_after_a_decision_the_saved_notebook_tells_it_without_a_kernel(demo_folder: Path) -> None:
    decide = "card._reason.value = 'not now'\ncard._buttons['veto'].click()"
    cells = [nbformat.v4.new_code_cell(source) for source in (SHOW, decide)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    here = {"metadata": {"path": str(demo_folder.parents[1])}}
    NotebookClient(notebook, timeout=240, kernel_name="python3", resources=here).execute()
    (output,) = notebook.cells[0].outputs
    assert "application/vnd.jupyter.widget-view+json" in output.data
    assert "t0012 · vetoed" in output.data["text/html"]
    assert "not now" in output.data["text/plain"]
    assert "%ftagent accept" not in output.data["text/html"]
