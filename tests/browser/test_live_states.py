"""States are live or say that they are not: the base being scored, a killed runner, a stop."""

from __future__ import annotations

import getpass
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from ftassist.campaign import Campaign, commands
from ftassist.campaign.lock import holder
from ftassist.documents.snapshot import take
from ftassist.ui.proposal_view import proposal_bundle

from .conftest import TabMaker, running_lab
from .lab import Lab
from .notebook import write_notebook
from .tab import Tab
from .test_story import A_TRIAL, MANY_STEPS, SLOW, card_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2700)]

#: Within this long, in milliseconds, all places say that a runner is gone.
SOON = 15_000
COUNTED = re.compile(r"the base model is scored: \d+ of \d+ items")
GONE = "No runner is there: t0001 stands still"
CLIPPED = """rows => rows.flatMap(row =>
    [...row.querySelectorAll('.jp-ft-Lines, .jp-ft-Score, .jp-ft-TreeRow-id, .jp-ft-TreeRow-word')]
    .filter(part => part.scrollWidth > part.clientWidth + 1
        || part.scrollHeight > part.clientHeight + 1
        || part.getBoundingClientRect().right > row.getBoundingClientRect().right)
    .map(part => `${row.dataset.trial} ${part.className}: ${part.textContent}`))"""
"""Parts of rows that are not all to be read: wider or higher than their place."""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with running_lab(tmp_path_factory.mktemp("live")) as lab:
        yield lab


def notebook_with_card(campaign: Campaign, lab: Lab) -> Path:
    """A saved notebook with the card of t0001."""
    snapshot = take(campaign)
    bundle = proposal_bundle(snapshot, snapshot.trial("t0001"))
    output = nbformat.v4.new_output("display_data", data=dict(bundle.data))
    asked = nbformat.v4.new_code_cell("%ftagent propose", execution_count=1, outputs=[output])
    return write_notebook(lab.root / "live.ipynb", [asked])


def front(page: Page, name: str) -> None:
    """Brings a tab of the main area to the front."""
    page.locator("#jp-main-dock-panel").get_by_role("tab", name=name, exact=True).click()


def test_what_is_done_is_counted_and_a_killed_runner_is_told_of_everywhere(
    lab: Lab, make_tab: TabMaker
) -> None:
    campaign = Campaign.create(
        lab.root / "campaigns" / "mini_tables-1", task="mini_tables", review="always"
    )
    tab = make_tab()
    tab.page.set_viewport_size({"width": 1440, "height": 900})
    tab.open()
    explorer = tab.show_explorer(campaign.folder)
    commands.ask_proposal(campaign)
    campaign.start_runner()
    _base_is_counted(tab, explorer)
    notebook = _train_long(tab, campaign, lab)
    _log_grows(tab)
    _killed_runner_is_told_of(tab, campaign, explorer, notebook)
    _runner_is_started_again(tab, campaign, explorer)
    _stop_is_a_stop(tab, campaign)


def _base_is_counted(tab: Tab, explorer: Locator) -> None:
    working = explorer.get_by_role("group", name="The agent at work")
    expect(working).to_contain_text(COUNTED, timeout=A_TRIAL)
    expect(working).not_to_contain_text("thinking")
    expect(tab.row("t0000")).to_contain_text(re.compile(r"scoring the base model · \d+ of \d+"))
    tab.picture("base-counted")
    waiting = explorer.get_by_role("button", name="Review t0001")
    expect(waiting).to_be_visible(timeout=A_TRIAL)
    # The side bar says it already: no notification repeats it.
    tab.page.wait_for_timeout(1500)
    expect(tab.page.locator(".Toastify__toast")).to_have_count(0)


def _train_long(tab: Tab, campaign: Campaign, lab: Lab) -> Path:
    campaign.refresh()
    notebook = notebook_with_card(campaign, lab)
    commands.edit(campaign, "t0001", {"train": SLOW})
    commands.accept(campaign, "t0001")
    opened = "path => { void window.jupyterapp.commands.execute('docmanager:open', {path}); }"
    tab.page.evaluate(opened, notebook.name)
    tab.row("t0001").dblclick()
    bar = tab.page.get_by_role("region", name="Progress").get_by_role("progressbar")
    expect(bar).to_be_visible(timeout=A_TRIAL)
    expect(tab.row("t0001")).to_contain_text(re.compile(r"train · step \d+/\d+"))
    return notebook


def _log_grows(tab: Tab) -> None:
    tab.page.get_by_role("tab", name="Log", exact=True).click()
    log = tab.page.get_by_role("region", name="Log of the cells")
    expect(log).to_contain_text(f"step 1/{MANY_STEPS} · loss")
    another = re.compile(rf"step (?!1/)\d+/{MANY_STEPS} · loss")
    expect(log).to_contain_text(another, timeout=A_TRIAL)
    assert not log.inner_text().startswith("'")
    # Progress and Stop are in sight beside the log, too.
    expect(tab.page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    tab.picture("log-live")


def _killed_runner_is_told_of(
    tab: Tab, campaign: Campaign, explorer: Locator, notebook: Path
) -> None:
    tab.page.get_by_role("tab", name="Overview", exact=True).click()
    who = holder(campaign.folder)
    assert who is not None
    os.kill(int(who["pid"]), signal.SIGKILL)
    killed = time.monotonic()

    def left() -> float:
        return max(1.0, SOON - 1000 * (time.monotonic() - killed))

    expect(explorer).to_contain_text(GONE, timeout=left())
    page = tab.page.get_by_role("region", name="Progress")
    expect(page).to_contain_text(GONE, timeout=left())
    expect(tab.page.get_by_role("heading", level=2)).to_contain_text("no runner", timeout=left())
    expect(tab.row("t0001")).to_contain_text("no runner", timeout=left())
    front(tab.page, notebook.name)
    expect(card_of(tab, "t0001")).to_contain_text(GONE, timeout=left())
    tab.picture("runner-gone-card")
    front(tab.page, "t0001")
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        tab.theme(theme)
        tab.picture(f"runner-gone-{theme.split()[-1].lower()}")
    assert tab.violations(".jp-ft-PageBody") == []
    assert tab.violations("#ftassist-explorer") == []


def _runner_is_started_again(tab: Tab, campaign: Campaign, explorer: Locator) -> None:
    page = tab.page.get_by_role("region", name="Progress")
    page.get_by_role("button", name="Start the runner").click()
    expect(explorer).not_to_contain_text(GONE)
    expect(page).not_to_contain_text(GONE)
    assert holder(campaign.folder) is not None
    campaign.wait(lambda state: state.trials["t0001"].attempt >= 2, timeout=A_TRIAL / 1000)
    expect(page.get_by_role("progressbar")).to_be_visible(timeout=A_TRIAL)


def _stop_is_a_stop(tab: Tab, campaign: Campaign) -> None:
    page = tab.page.locator(".jp-ft-Page:visible")
    page.get_by_role("button", name="Stop", exact=True).click()
    outcome = page.get_by_role("region", name="Outcome")
    expect(outcome).to_contain_text(f"stopped by {getpass.getuser()}", timeout=A_TRIAL)
    expect(page.get_by_role("heading", level=2)).to_contain_text("stopped")
    row = tab.row("t0001")
    expect(row).to_contain_text("stopped")
    assert "KILLED" not in f"{row.inner_text()} {page.inner_text()}"
    assert campaign.refresh().trials["t0001"].status == "stopped"
    assert tab.page.locator(".Toastify__toast").count() == 0
    tab.picture("stopped")


def test_the_focus_goes_where_a_command_leads(tab: Tab, plain: Path) -> None:
    tab.open()
    tab.page.keyboard.press("Alt+Shift+T")
    tree = tab.page.get_by_role("tree", name="Search tree of trials")
    expect(tree).to_be_focused()
    expect(tree.locator("[aria-selected=true]")).to_have_count(0)
    tab.row("t0004").dblclick()
    expect(tab.page.get_by_role("tab", name="Overview", exact=True)).to_be_focused()


def test_a_server_that_is_away_is_told_of_in_words_and_so_is_the_way_on(
    lab: Lab, tab: Tab, plain: Path
) -> None:
    tab.open()
    explorer = tab.show_explorer(plain)
    tab.row("t0004").dblclick()
    page = tab.page.locator(".jp-ft-PageBody:visible")
    expect(page.get_by_role("heading", level=2, name="t0004")).to_be_visible()
    with tab.server_away():
        lab.stop()
        expect(explorer).to_contain_text("The Jupyter server is away")
        expect(page).to_contain_text("Start it again with `jupyter lab`")
        expect(explorer).not_to_contain_text("Failed to fetch")
        lab.start()
        expect(explorer).not_to_contain_text("The Jupyter server is away")
        expect(page).not_to_contain_text("The Jupyter server is away")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1100, 700)])
@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_labels_and_scores_are_read_whole_at_the_width_the_side_bar_has_by_itself(
    tab: Tab, plain: Path, width: int, height: int, theme: str
) -> None:
    tab.page.set_viewport_size({"width": width, "height": height})
    tab.open()
    explorer = tab.show_explorer(plain)
    box = explorer.bounding_box()
    assert box is not None and box["width"] < 260
    tab.theme(theme)
    tree = explorer.get_by_role("tree")
    rows = tree.get_by_role("treeitem")
    expect(rows).to_have_count(14)
    assert rows.evaluate_all(CLIPPED) == []
    assert tree.evaluate("tree => tree.scrollWidth <= tree.clientWidth")
    table = explorer.get_by_role("grid", name="Trials")
    if height < 800:
        explorer.locator(".jp-AccordionPanel-title", has_text="Trials").click()
    expect(table).to_be_visible()
    cells = table.locator("[role=row][data-trial]")
    assert cells.evaluate_all(CLIPPED) == []
    assert table.evaluate("table => table.scrollWidth <= table.clientWidth")
    assert tab.violations("#ftassist-explorer") == []
    tab.picture(f"side-bar-{width}-{theme.split()[-1].lower()}")


def test_nothing_on_a_page_scrolls_inside_the_page(tab: Tab, plain: Path) -> None:
    tab.page.set_viewport_size({"width": 1100, "height": 700})
    tab.open()
    tab.show_explorer(plain)
    tab.row("t0004").dblclick()
    page = tab.page.locator(".jp-ft-Page:visible")
    scrolled = """page => [...page.querySelectorAll('*')].filter(element =>
        ['auto', 'scroll'].includes(getComputedStyle(element).overflowY)
        && !element.matches('.jp-ft-Browser-list')  // thousands of rows, drawn as they come
        && element.scrollHeight > element.clientHeight + 1).map(element => element.className)"""
    for name in ("Overview", "Data", "Wrong answers", "Log", "Cost", "Decisions"):
        page.get_by_role("tab", name=name, exact=True).click()
        expect(page.get_by_role("tabpanel", name=name)).to_be_visible()
        if name == "Wrong answers":
            page.get_by_label("Show only wrong answers of this view").select_option("shop")
            expect(page.get_by_role("listitem")).to_have_count(2)
        if name != "Overview":  # code cells bring an editor of their own
            assert page.evaluate(scrolled) == [], name
