"""A campaign is begun in the interface: by mouse from the side bar, then by the keyboard alone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from ftassist.campaign import Campaign

from .lab import Lab
from .tab import Tab
from .test_explorer import walk_to
from .test_record import pictures

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

FAR = "qwen2.5-7b"
"""A model that is on no machine of the tests: it is large."""


@pytest.fixture(autouse=True)
def no_campaign(lab: Lab) -> Iterator[None]:
    """Nothing is there yet, and nothing is left."""
    shutil.rmtree(lab.root / "campaigns", ignore_errors=True)
    yield
    shutil.rmtree(lab.root / "campaigns", ignore_errors=True)


def dialog_of(tab: Tab) -> Locator:
    dialog = tab.page.get_by_role("dialog")
    expect(dialog).to_contain_text("New campaign")
    return dialog


def test_a_campaign_is_begun_by_mouse_from_the_side_bar_that_has_none(tab: Tab) -> None:
    tab.open()
    expect(tab.page.locator(".jp-LauncherCard", has_text="New campaign")).to_be_visible()
    tab.page.keyboard.press("Alt+Shift+T")
    explorer = tab.page.locator("#ftassist-explorer")
    expect(explorer).to_contain_text("No campaign here yet.")
    tab.picture("new-campaign-empty", of=explorer)
    explorer.get_by_role("button", name="New campaign…").click()

    dialog = dialog_of(tab)
    expect(dialog.get_by_label("Task")).to_have_value("mini_math")
    dialog.get_by_label("Model").select_option(FAR)
    expect(dialog).to_contain_text(re.compile("fetch it first: [0-9,]+ MB, licence Apache-2.0"))
    expect(dialog.locator("code").last).to_contain_text(f"ftassist models get {FAR} &&")
    dialog.get_by_label("Trials").fill("none")
    dialog.get_by_role("button", name="Start").click()
    expect(dialog).to_contain_text("It is not here: tick this, or choose a model that is.")
    expect(dialog).to_contain_text("A whole number from 1 on")
    assert tab.violations(".jp-Dialog-content") == []
    pictures(tab, "new-campaign-wrong", tab.page.locator(".jp-Dialog-content"))

    dialog.get_by_label("Model").select_option("tiny")
    dialog.get_by_label("Trials").fill("3")
    expect(dialog.locator("code").last).to_have_text(
        "ftassist init --task mini_math --model tiny --backend playbook --trials 3"
    )
    assert tab.violations(".jp-Dialog-content") == []
    pictures(tab, "new-campaign", tab.page.locator(".jp-Dialog-content"))
    dialog.get_by_role("button", name="Start").click()
    expect(dialog).to_have_count(0)
    chooser = explorer.get_by_role("combobox", name="Campaign")
    expect(chooser.locator("option:checked")).to_have_text("campaigns/mini_math-1")
    expect(explorer).to_contain_text("Nothing was asked of the agent yet.")
    expect(explorer.get_by_role("button", name="Propose the first trial")).to_be_visible()
    assert tab.violations("#ftassist-explorer") == []
    pictures(tab, "new-campaign-begun", explorer)
    campaign = Campaign.open(tab.lab.root / "campaigns" / "mini_math-1")
    assert campaign.state.budget.trials == 3
    assert campaign.state.settings["model"] == "tiny"


def test_a_campaign_is_begun_by_the_keyboard_alone(tab: Tab) -> None:
    tab.open()
    keys = tab.page.keyboard
    keys.press("Alt+Shift+N")
    dialog = dialog_of(tab)
    expect(dialog.get_by_label("Task")).to_be_focused()
    walk_to(tab, "#jp-ft-start-folder")
    keys.press("Control+A")
    keys.type("/elsewhere")
    keys.press("Enter")
    expect(dialog).to_contain_text("A folder below the one this server was started in")
    expect(dialog.get_by_label("Folder")).to_be_focused()
    keys.press("Control+A")
    keys.type("campaigns/by_keys")
    keys.press("Enter")
    expect(dialog).to_have_count(0)
    explorer = tab.page.locator("#ftassist-explorer")
    chooser = explorer.get_by_role("combobox", name="Campaign")
    expect(chooser.locator("option:checked")).to_have_text("campaigns/by_keys")
    assert Campaign.open(tab.lab.root / "campaigns" / "by_keys").state.task == "mini_math"
    walk_to(tab, "#ftassist-explorer .jp-ft-Header-line button")
    keys.press("Enter")
    expect(dialog_of(tab).get_by_label("Folder")).to_have_value("campaigns/mini_math-1")
    expect(dialog.get_by_label("Task")).to_be_focused()
    keys.press("Escape")
    expect(dialog).to_have_count(0)
