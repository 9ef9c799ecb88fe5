"""Two people decide at once: the second is told, and sees how the trial stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from ftassist.campaign import Campaign, commands

from .tab import Tab
from .test_explorer import show_explorer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_a_decision_made_elsewhere_meanwhile_is_shown_instead_of_overruled(
    tab: Tab, plain: Path
) -> None:
    tab.expected = ("/decisions",)
    tab.page.set_viewport_size({"width": 1360, "height": 1200})
    show_explorer(tab, plain)
    tab.row("t0012").dblclick()
    card = tab.page.locator(".jp-ft-Card:visible")

    expect(card.locator(".cm-insertedLine, .cm-changedLine").first).to_be_visible()
    tab.picture("card-diff", of=card)

    def decide_first(route: Route) -> None:
        commands.veto(Campaign.open(plain), "t0012", "mine was first")
        route.continue_()

    tab.page.route("**/decisions*", decide_first)
    card.get_by_role("button", name="Accept", exact=True).click()
    expect(card).to_contain_text("mine was first")
    expect(card.get_by_role("alert").first).to_contain_text("t0012")
    expect(card.get_by_role("button", name="Accept", exact=True)).to_have_count(0)
    assert Campaign.open(plain).trial("t0012").status == "vetoed"
