"""The ways in: command palette, launcher, Help menu, status bar, the badge of the side bar."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, TimeoutError, expect

from ftassist.campaign import Campaign, commands

from .notebook import Notebook
from .tab import Tab
from .test_explorer import show_explorer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ACTIONS = {
    "Accept proposal",
    "Ask for alternatives",
    "Ask for alternatives with a wish…",
    "Branch from a trial",
    "Compare trials…",
    "Edit proposal",
    "Export the model of a trial…",
    "Fine-tuning campaign",
    "Fine-tuning with ftassist",
    "Insert cells of a trial",
    "New campaign…",
    "Open notebook of a trial",
    "Open trial",
    "Pause campaign",
    "Promote a resting trial",
    "Propose next trial",
    "Propose with a wish…",
    "Re-run a trial on new seeds",
    "Refresh campaigns",
    "Resume campaign",
    "Show trial explorer",
    "Stop a running trial",
    "Stop campaign",
    "Undo veto",
    "Veto proposal…",
}


def palette(tab: Tab, words: str) -> Locator:
    """The entries of the command palette for some words."""
    box = tab.page.locator("#modal-command-palette")
    entry = box.locator(".lm-CommandPalette-input")
    for _ in range(5):
        tab.page.get_by_role("menuitem", name="View", exact=True).click()
        tab.page.get_by_role("menuitem", name="Activate Command Palette").click()
        try:
            entry.fill(words, timeout=5_000)
        except TimeoutError:
            continue  # JupyterLab hides it when a page that a click opened takes the focus late
        return box.locator(".lm-CommandPalette-item .lm-CommandPalette-itemLabel")
    raise AssertionError("the command palette did not stay open in five tries")


def test_each_action_is_in_the_command_palette(tab: Tab, plain: Path) -> None:
    tab.open()
    found = palette(tab, "fine-tuning")
    expect(found.filter(has_text="Accept proposal")).to_be_visible()
    assert set(found.all_text_contents()) >= ACTIONS


def test_a_proposal_is_vetoed_and_taken_back_from_the_command_palette(
    tab: Tab, plain: Path
) -> None:
    show_explorer(tab, plain)
    row = tab.row("t0012")
    row.click()
    palette(tab, "Veto proposal").filter(has_text="Veto proposal").click()
    reason = tab.page.get_by_role("form", name="Veto t0012").get_by_role("textbox")
    expect(reason).to_be_focused()
    expect(reason).to_have_value("")
    tab.page.keyboard.press("Enter")
    assert Campaign.open(plain).trial("t0012").status == "proposed"
    tab.page.keyboard.type("not today")
    tab.page.keyboard.press("Enter")
    expect(row).to_contain_text("vetoed")
    decision = Campaign.open(plain).trial("t0012").decision
    assert (decision.reason, decision.actor) == ("not today", "person:ada")
    row.click()
    palette(tab, "Undo veto").filter(has_text="Undo veto").click()
    expect(row).to_contain_text("proposal")


def test_the_launcher_opens_a_notebook_that_waits_to_be_run(tab: Tab) -> None:
    tab.open()
    tab.page.locator(".jp-LauncherCard", has_text="Fine-tuning campaign").click()
    notebook = Notebook(tab)
    notebook.await_kernel()
    expect(notebook.cell(1)).to_contain_text("%ftagent propose")
    first, second = notebook.cells[:2]
    assert first["source"].splitlines() == [
        "# A real model: task banking77 --model smollm2-135m (asks before it fetches 93 MB).",
        "%load_ext ftassist",
        '%ftagent task mini_math --model tiny --review "always"',
    ]
    assert [cell["execution_count"] for cell in (first, second)] == [None, None]
    expect(tab.page.locator("#ftassist-explorer")).to_be_visible()


def test_the_help_menu_tells_what_to_type_and_which_keys_there_are(tab: Tab) -> None:
    tab.open()
    tab.page.get_by_role("menuitem", name="Help", exact=True).click()
    tab.page.get_by_role("menuitem", name="Fine-tuning with ftassist").click()
    dialog = tab.page.get_by_role("dialog")
    expect(dialog.get_by_role("table", name="In a notebook")).to_contain_text("%ftagent propose")
    expect(dialog.get_by_role("table", name="Keys")).to_contain_text("Alt Shift T")
    assert tab.violations(".jp-Dialog-content") == []
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)


def test_status_bar_and_badge_say_what_waits_until_it_is_decided(tab: Tab, plain: Path) -> None:
    tab.open()
    badge = tab.page.locator(".lm-TabBar-tab.jp-ft-Tab")
    expect(badge).to_have_attribute("data-ft-waiting", "2")
    expect(badge).to_have_attribute("title", "Trial explorer: 2 proposals wait for you")
    drawn = "tab => getComputedStyle(tab, '::after').content"
    assert badge.evaluate(drawn) == '"2" / ""'
    item = tab.page.locator("#jp-main-statusbar").get_by_role("button", name="waits for you")
    item.click()
    card = tab.page.locator('.jp-ft-Card[data-ft-trial="t0012"]:visible')
    expect(card.get_by_role("button", name="Accept", exact=True)).to_be_enabled()

    campaign = Campaign.open(plain)
    commands.veto(campaign, "t0012", "decided elsewhere")
    commands.veto(campaign, "t0013", "decided elsewhere")
    expect(card).to_contain_text("decided elsewhere")
    expect(item).to_have_count(0)
    expect(badge).to_have_attribute("data-ft-waiting", "0")
    assert badge.evaluate(drawn) == "none"
