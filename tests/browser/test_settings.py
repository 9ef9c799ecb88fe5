"""The settings editor has the level of notifications, and a change takes effect at once."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Request, expect

from ftassist.campaign import Campaign
from ftassist.journal import Kind

from .lab import PREFIX
from .tab import Tab
from .test_explorer import show_explorer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def open_settings(tab: Tab, title: str) -> Locator:
    """The form of one plugin in the settings editor."""
    tab.page.keyboard.press("Control+,")
    tab.page.locator(".jp-PluginList-entry", has_text=title).click()
    panel = tab.page.locator(".jp-SettingsPanel")
    expect(panel.locator(".jp-SettingsHeader-title").filter(has_text=title)).to_be_visible()
    return panel


def choose(form: Locator, label: str) -> None:
    """Chooses the level of notifications, and waits until it is saved."""
    saved = form.page.expect_response(
        lambda reply: "ftassist:notifications" in reply.url and reply.request.method == "PUT"
    )
    with saved:
        form.get_by_role("combobox").select_option(label=label)


def propose(campaign: Path, trial: str) -> None:
    """Another proposal, as the agent would make one."""
    opened = Campaign.open(campaign)
    made = {**opened.trial("t0012").proposal.to_dict(), "beside": None}
    opened.say(Kind.PROPOSAL_MADE, made, trial=trial, actor="agent:playbook")


def test_the_notification_level_takes_effect_at_once(tab: Tab, plain: Path) -> None:
    show_explorer(tab, plain)
    told = tab.page.locator(".Toastify__toast")
    propose(plain, "t0099")
    expect(tab.page.get_by_role("button", name="Review t0099")).to_be_visible()
    tab.page.wait_for_timeout(3_000)
    expect(told).to_have_count(0)  # it is in sight: nothing repeats it

    tab.page.locator(".lm-TabBar-tab.jp-ft-Tab").click()  # folds the side bar away
    expect(tab.page.locator("#ftassist-explorer")).to_be_hidden()
    propose(plain, "t0014")
    expect(told.filter(has_text="proposal t0014 waits for you")).to_be_visible()

    form = open_settings(tab, "Fine-tuning notifications")
    choose(form, "Nothing")
    propose(plain, "t0015")
    badge = tab.page.locator(".lm-TabBar-tab.jp-ft-Tab")
    expect(badge).to_have_attribute("data-ft-waiting", "5")
    tab.page.wait_for_timeout(3_000)
    expect(told.filter(has_text="t0015")).to_have_count(0)

    choose(form, "What waits for you only")
    propose(plain, "t0016")
    expect(told.filter(has_text="proposal t0016 waits for you")).to_be_visible()


def test_the_refresh_interval_is_how_often_the_server_is_asked(tab: Tab, plain: Path) -> None:
    show_explorer(tab, plain)
    form = open_settings(tab, "Fine-tuning campaigns")
    set_refresh(form, 5)
    for _ in range(3):
        with tab.page.expect_request(_is_list):
            pass
    set_refresh(form, 300)
    tab.page.wait_for_timeout(8_000)  # a wait under way may end as it was begun
    asked: list[Request] = []
    tab.page.on("request", lambda request: asked.append(request) if _is_list(request) else None)
    tab.page.wait_for_timeout(12_000)
    assert asked == []


def set_refresh(form: Locator, seconds: int) -> None:
    """Sets the refresh interval."""
    box = form.locator("input[id*='refresh']")
    box.fill(str(seconds))
    box.press("Tab")


def _is_list(request: Request) -> bool:
    """Whether a request reads the list of campaigns."""
    return urlsplit(request.url).path == f"{PREFIX}ftassist/campaigns"
