"""A campaign that waits for consent says so where its trial is shown, and asks in one dialog."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from ftassist.campaign import Campaign, commands, consent
from ftassist.isolation.support import Probe
from ftassist.journal import Kind

from .tab import Tab
from .test_commands import palette
from .test_explorer import show_explorer
from .test_record import pictures

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

WAITS = "Waits for your consent."
TITLE = "Run cells of a model without isolation?"


@pytest.fixture
def waiting(plain: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A campaign as the runner of a machine without isolation leaves it."""
    found = Probe("none", "bwrap is not installed", "install bubblewrap: apt install bubblewrap")
    monkeypatch.setattr("ftassist.campaign.consent.probe", lambda: found)
    campaign = Campaign.open(plain)
    commands.accept(campaign, "t0012")
    asked = {"reason": consent.question("t0012"), "waits_for": consent.CONSENT}
    campaign.say(Kind.CAMPAIGN_PAUSED, asked, actor="runner")
    return plain


def test_the_question_is_in_sight_and_answered_by_the_keyboard_in_one_dialog(
    tab: Tab, waiting: Path
) -> None:
    show_explorer(tab, waiting)
    explorer = tab.page.locator("#ftassist-explorer")
    told = explorer.locator("[data-ft-consent]")
    expect(told).to_contain_text(WAITS)
    expect(told).to_contain_text("nothing isolates them here (bwrap is not installed)")
    expect(explorer).to_contain_text("paused: waits for your consent")
    tab.row("t0012").dblclick()
    page = tab.page.locator(".jp-ft-Page:visible")
    expect(page.get_by_role("region", name="Progress")).to_contain_text(WAITS)
    assert tab.violations("#ftassist-explorer") == []
    assert tab.violations(".jp-ft-Page") == []
    pictures(tab, "consent", page)

    palette(tab, "Allow cells").filter(has_text="Allow cells of a model").click()
    dialog = tab.page.get_by_role("dialog")
    expect(dialog).to_contain_text(TITLE)
    expect(dialog.get_by_role("button", name="Not now")).to_be_focused()
    expect(dialog).to_contain_text("apt install bubblewrap")
    assert tab.violations(".jp-Dialog-content") == []
    tab.picture("consent-dialog")
    tab.page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Allow for this campaign")).to_be_focused()
    tab.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert not Campaign.open(waiting).state.consent
    expect(told).to_contain_text(WAITS)

    tab.page.locator("#jp-main-statusbar").get_by_role("button", name="your consent").click()
    expect(dialog).to_be_visible()
    tab.page.keyboard.press("Escape")
    commands.allow_unisolated(Campaign.open(waiting), "given in a terminal")
    expect(told).to_have_count(0)
    expect(page).not_to_contain_text(WAITS)
