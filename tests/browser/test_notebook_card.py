"""A card in a notebook: its cells go into the notebook as one step, marked, and do not run."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from ftassist.campaign import Campaign

from .notebook import Notebook
from .tab import Tab

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

STAGES = ["curate", "train", "evaluate"]


def open_notebook(tab: Tab, saved: Path) -> tuple[Notebook, Locator]:
    """The notebook with its card, when both can be used."""
    tab.open(f"lab/tree/{saved.relative_to(tab.lab.root).as_posix()}")
    notebook = Notebook(tab)
    notebook.await_kernel()
    card = notebook.cell(0).locator('.jp-ft-Card[data-ft-trial="t0012"]')
    expect(card.get_by_role("button", name="Accept", exact=True)).to_be_enabled()
    return notebook, card


def test_inserted_cells_are_one_step_say_where_they_came_from_and_are_not_run(
    tab: Tab, plain: Path, saved: Path
) -> None:
    notebook, card = open_notebook(tab, saved)
    card.get_by_role("button", name="Insert cells").click()
    expect(notebook.cell(4)).to_contain_text("below")

    inserted = notebook.cells[1:4]
    trial = Campaign.open(plain).trial("t0012")
    assert [cell["source"] for cell in inserted] == [trial.cells[stage] for stage in STAGES]
    for stage, cell in zip(STAGES, inserted, strict=True):
        origin = cell["metadata"]["ftassist"]
        assert (origin["trial"], origin["stage"]) == ("t0012", stage)
        assert (origin["parent"], origin["backend"]) == ("t0004", "playbook")
        assert cell["metadata"]["trusted"] is False
        assert cell["outputs"] == []
        assert cell["execution_count"] is None

    notebook.focus_cell(1)
    tab.page.keyboard.press("z")
    expect(notebook.cell(1)).to_contain_text("below")
    assert len(notebook.cells) == 2
    tab.page.keyboard.press("Shift+Z")
    expect(notebook.cell(4)).to_contain_text("below")
    notebook.save()
    kept = nbformat.read(saved, as_version=4).cells[1:4]
    assert [cell.metadata.ftassist.trial for cell in kept] == ["t0012"] * 3


def test_the_keys_of_a_card_act_on_the_card_in_focus(tab: Tab, plain: Path, saved: Path) -> None:
    notebook, card = open_notebook(tab, saved)
    keys = tab.page.keyboard
    card.get_by_role("button", name="Accept", exact=True).focus()
    keys.press("Alt+Shift+E")
    expect(card.get_by_role("button", name="Save edits")).to_be_visible()
    # The editors push the buttons down when they are drawn.
    expect(card.get_by_role("textbox", name="Source of the evaluate cell")).to_be_visible()
    card.get_by_role("button", name="Cancel").click()

    card.get_by_role("button", name="Accept", exact=True).focus()
    keys.press("Alt+Shift+V")
    expect(card.get_by_role("textbox", name="Why not?")).to_be_focused()
    keys.press("Enter")
    expect(card.get_by_text("A veto needs a reason")).to_be_visible()
    keys.type("too much at once")
    keys.press("Enter")
    expect(card).to_contain_text("vetoed by you: “too much at once”")
    card.get_by_role("button", name="Undo").click()
    expect(card.get_by_role("button", name="Accept", exact=True)).to_be_enabled()
    assert Campaign.open(plain).trial("t0012").status == "proposed"

    card.get_by_role("button", name="Accept", exact=True).focus()
    keys.press("Alt+Shift+I")
    expect(notebook.cell(4)).to_contain_text("below")
