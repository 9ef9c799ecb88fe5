"""A click counts where it was aimed, also when the page was not the active one before."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import TabMaker
from .test_people import open_card

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

A_PERSONS_CLICK = 200
"""Milliseconds between pressing and letting go."""


def test_a_decision_right_after_an_edit_takes_one_click(make_tab: TabMaker, plain: Path) -> None:
    tab = make_tab()
    page = open_card(tab, plain)
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_role("textbox", name="Source of the train cell, editable").click()
    tab.page.keyboard.press("Control+End")
    tab.page.keyboard.insert_text("\n# looked at\n")
    page.get_by_role("button", name="Save edits").click()
    expect(page.locator(".jp-ft-Chip", has_text="edited by")).to_be_visible()
    changed = page.get_by_role("textbox", name="Source of the train cell, with its changes")
    expect(changed).to_be_visible()

    page.get_by_role("button", name="Veto…").click(delay=A_PERSONS_CLICK)

    expect(page.get_by_text("Why not?")).to_be_visible()
