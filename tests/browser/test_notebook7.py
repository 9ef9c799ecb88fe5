"""Notebook 7, a document a browser tab: card, side panel and pages have their place beside it."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from ftassist.campaign import Campaign

from .conftest import TabMaker
from .notebook import Notebook, write_notebook
from .tab import Tab

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def open_notebook(tab: Tab, path: Path) -> Notebook:
    """A notebook in Notebook 7, when its kernel can be used."""
    tab.open(f"notebooks/{path.relative_to(tab.lab.root).as_posix()}")
    notebook = Notebook(tab)
    notebook.await_kernel()
    return notebook


def test_a_card_in_notebook_7_decides_and_its_page_opens_below_the_notebook(
    tab: Tab, plain: Path, saved: Path
) -> None:
    notebook = open_notebook(tab, saved)
    card = notebook.cell(0).locator('.jp-ft-Card[data-ft-trial="t0012"]')
    expect(card.get_by_role("button", name="Accept", exact=True)).to_be_enabled()
    tab.picture("notebook7-card")
    card.get_by_role("button", name="Insert cells").click()
    expect(notebook.cell(4)).to_contain_text("below")

    explorer = tab.show_explorer(plain)
    tab.row("t0004").dblclick()
    page = tab.page.locator(".jp-ft-Page:visible")
    expect(page.get_by_role("heading", level=2, name="t0004")).to_be_visible()
    page.get_by_role("tab", name="Curves").click()
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    card.get_by_role("button", name="Open page").click()
    expect(page.get_by_role("heading", level=2, name="t0012")).to_be_visible()
    explorer.get_by_role("tree").press("End")
    expect(tab.row("t0012")).to_be_visible()
    tab.picture("notebook7")
    assert tab.violations("#ftassist-explorer") == []
    assert tab.violations(".jp-ft-PageBody") == []

    card.get_by_role("button", name="Veto…").click()
    card.get_by_role("textbox").last.fill("not in this notebook")
    card.get_by_role("button", name="Veto", exact=True).click()
    expect(page).to_contain_text("vetoed by you: “not in this notebook”")
    expect(tab.row("t0012")).to_contain_text("vetoed")
    card.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Accept", exact=True)).to_be_enabled()


def test_the_file_browser_of_notebook_7_shows_campaigns_too(tab: Tab, plain: Path) -> None:
    tab.open("tree")
    tab.show_explorer(plain)
    tab.row("t0004").dblclick()
    page = tab.page.locator(".jp-ft-Page:visible")
    expect(page.get_by_role("heading", level=2, name="t0004")).to_be_visible()
    expect(tab.page.get_by_role("tab", name="Files")).to_be_visible()


def test_widgets_in_notebook_7_show_the_tree_and_decide(tab: Tab, plain: Path) -> None:
    shown = "from ftassist.ui.widgets import TrialExplorer\nTrialExplorer()"
    cells = [nbformat.v4.new_code_cell(shown)]
    notebook = open_notebook(tab, write_notebook(plain.parents[1] / "widgets.ipynb", cells))
    notebook.run(0)
    output = notebook.cell(0).locator(".jp-OutputArea-output")
    tree = output.get_by_role("listbox")
    expect(tree).to_contain_text("t0012")
    waiting = tree.get_by_role("option").filter(has_text="t0012")
    tree.select_option(value=waiting.evaluate("option => option.value"))
    expect(output).to_contain_text("Train on rows that show their work now.")
    tab.picture("notebook7-widget")
    output.get_by_role("combobox", name="reason").fill("seen before")
    output.get_by_role("button", name="Veto", exact=True).click()
    expect(output).to_contain_text("understood as")
    decided = Campaign.open(plain).trial("t0012")
    assert (decided.status, decided.decision.reason) == ("vetoed", "seen before")
    output.get_by_role("button", name="Undo veto").click()
    expect(output.get_by_role("button", name="Accept", exact=True)).to_be_visible()


def test_a_campaign_is_started_from_the_palette_in_a_notebook_of_its_own(
    make_tab: TabMaker, plain: Path, saved: Path
) -> None:
    tab = make_tab()
    open_notebook(tab, saved)
    with tab.page.expect_popup() as opened:
        tab.page.evaluate("() => window.jupyterapp.commands.execute('ftassist:start-campaign')")
    page = opened.value
    expect(page.locator(".jp-Cell").first).to_contain_text("%ftagent task mini_math")
    page.close()
