"""Two people at one server, as a hub has them: both see the same, and who decided what."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from ftassist.campaign import Campaign

from .conftest import TabMaker
from .tab import Tab
from .test_explorer import show_explorer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def open_card(tab: Tab, campaign: Path) -> Locator:
    """The card of t0012 on its page."""
    show_explorer(tab, campaign)
    tab.row("t0012").dblclick()
    card = tab.page.locator('.jp-ft-PageBody[data-ft-trial="t0012"]:visible')
    expect(card).to_be_visible()
    return card


def test_what_one_person_decides_another_sees_with_the_name_and_can_take_back(
    make_tab: TabMaker, plain: Path
) -> None:
    adas = open_card(make_tab("ada"), plain)
    bens = open_card(make_tab("ben"), plain)

    bens.get_by_role("button", name="Veto…").click()
    bens.get_by_role("textbox", name="Why not?").fill("seen that before")
    bens.get_by_role("button", name="Veto", exact=True).click()
    expect(adas).to_contain_text("vetoed by ben: “seen that before”")
    assert Campaign.open(plain).trial("t0012").decision.actor == "person:ben"

    adas.get_by_role("button", name="Undo").click()
    expect(bens.get_by_role("button", name="Accept", exact=True)).to_be_enabled()
    assert Campaign.open(plain).trial("t0012").status == "proposed"
