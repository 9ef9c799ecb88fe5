"""Looking at a campaign in JupyterLab: side bar, trial page, comparison, in all themes."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import ViewportSize, expect
from tests.conftest import IMAGE, SCRIPT

from ftassist.campaign import Campaign
from ftassist.journal import Kind

from .tab import Tab

#: A screen on which the tree and the table have room below what waits.
TALL: ViewportSize = {"width": 1360, "height": 1200}
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PARTS = {
    "Overview": "ada's edit: rows of lessons_travel",
    "Curves": "The numbers as a table",
    "Changes": "lessons_home",
    "Data": "decontaminate",
    "Wrong answers": "How many are left?",
    "Log": "loaded 1,660 rows",
    "Cost": "19",
    "Decisions": "tests one thing",
}
"""The parts of the page of t0004, with something that each must show."""

LONG = "rows of all four settings that show every step of their work and say what they do"

MOVING = """() => [...document.querySelectorAll('[class*="jp-ft-"], [class*="jp-ft-"] *')]
    .map(element => [element.className, getComputedStyle(element)])
    .filter(([_, style]) => style.animationName !== 'none' || style.transitionDuration !== '0s')
    .map(([name, style]) => `${name} ${style.animationName} ${style.transitionDuration}`)"""
"""What of ours is animated."""


def show_explorer(tab: Tab, campaign: Path) -> None:
    """Opens the side bar by its key and chooses a campaign."""
    tab.open()
    tab.show_explorer(campaign)
    expect(tab.page.get_by_role("tree").get_by_role("treeitem").first).to_be_visible()


def walk_to(tab: Tab, selector: str) -> None:
    """Presses Tab until the focus is in an element; fails where it cannot be reached."""
    inside = "selector => document.activeElement.closest(selector) !== null"
    for _ in range(60):
        if tab.page.evaluate(inside, selector):
            return
        tab.page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector}")


def test_the_keyboard_alone_opens_the_side_bar_walks_the_tree_and_opens_a_trial(
    tab: Tab, plain: Path
) -> None:
    tab.open()
    keys = tab.page.keyboard
    keys.press("Alt+Shift+T")
    tree = tab.page.get_by_role("tree", name="Search tree of trials")
    expect(tree).to_be_visible()
    walk_to(tab, "[role=tree]")
    keys.press("Home")
    chosen = tree.locator("[aria-selected=true]")
    expect(chosen).to_have_attribute("data-trial", "t0000")
    keys.press("ArrowDown")
    expect(chosen).to_have_attribute("data-trial", "t0001")
    keys.press("ArrowLeft")
    expect(chosen).to_have_attribute("aria-expanded", "false")
    expect(tree.get_by_role("treeitem")).to_have_count(2)
    keys.press("ArrowRight")
    expect(chosen).to_have_attribute("aria-expanded", "true")
    keys.press("ArrowDown")
    expect(chosen).to_have_attribute("data-trial", "t0002")
    keys.press("Enter")
    expect(tab.page.get_by_role("heading", level=2, name="t0002")).to_be_visible()
    walk_to(tab, "[role=tab]:not(.lm-TabBar-tab)")
    keys.press("ArrowRight")
    expect(tab.page.get_by_role("tab", name="Curves")).to_be_focused()
    expect(tab.page.get_by_role("tabpanel", name="Curves")).to_be_visible()


def test_the_table_sorts_and_filters(tab: Tab, plain: Path) -> None:
    show_explorer(tab, plain)
    tab.widen_side_bar()
    tab.page.set_viewport_size(TALL)
    tab.picture("sidebar", of=tab.page.locator("#ftassist-explorer"))
    grid = tab.page.get_by_role("grid", name="Trials")
    rows = grid.locator("[role=row][data-trial]")
    grid.get_by_role("button", name="Score").click()
    expect(rows.first).to_have_attribute("data-trial", "t0010")
    grid.get_by_role("button", name="Score").click()
    expect(grid.get_by_role("columnheader", name="Score")).to_have_attribute(
        "aria-sort", "ascending"
    )
    tab.page.get_by_role("searchbox", name="Filter trials by words").fill("worked solutions")
    expect(rows).to_have_count(1)
    expect(rows.first).to_have_attribute("data-trial", "t0002")
    tab.page.get_by_role("searchbox", name="Filter trials by words").fill("")
    tab.page.get_by_label("Show only trials with this verdict or state").select_option("tied")
    expect(rows).to_have_count(1)
    expect(rows.first).to_have_attribute("data-trial", "t0003")


def test_each_part_of_a_trial_page_shows_what_was_measured(tab: Tab, plain: Path) -> None:
    show_explorer(tab, plain)
    tab.row("t0004").dblclick()
    for name, text in PARTS.items():
        tab.page.get_by_role("tab", name=name, exact=True).click()
        panel = tab.page.get_by_role("tabpanel", name=name, exact=True)
        # The verdict stands above the parts.
        page = tab.page.locator(".jp-ft-PageBody:visible")
        expect(page if name == "Overview" else panel).to_contain_text(text)
        if name == "Curves":
            expect(panel.locator(".js-plotly-plot").first).to_be_visible()
            tab.page.set_viewport_size(TALL)
            tab.picture("trial-page")


def test_a_comparison_names_no_winner_where_the_data_name_none(tab: Tab, plain: Path) -> None:
    show_explorer(tab, plain)
    tab.row("t0003").dblclick()
    tab.page.get_by_role("button", name="Compare with…").click()
    tab.page.get_by_role("dialog").get_by_role("combobox").select_option(index=0)
    tab.page.get_by_role("button", name="Compare", exact=True).click()
    page = tab.page.locator(".jp-ft-Page:visible")
    expect(page.get_by_role("heading", name="Compare t0002, t0003")).to_be_visible()
    expect(page.get_by_role("listitem").first).to_contain_text("not distinguishable")
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    assert tab.violations(".jp-ft-Page") == []
    tab.picture("compare")


@pytest.mark.parametrize(
    "theme", ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"]
)
def test_nothing_serious_is_in_the_way_of_people_with_disabilities(
    tab: Tab, plain: Path, theme: str
) -> None:
    show_explorer(tab, plain)
    tab.theme(theme)
    tab.row("t0012").dblclick()
    page = tab.page.locator(".jp-ft-Page:visible")
    expect(page.get_by_role("button", name="Accept", exact=True)).to_be_visible()
    page.get_by_role("button", name="Veto…").click()
    assert tab.violations(".jp-ft-Card") == []
    assert tab.violations("#ftassist-explorer") == []
    tab.row("t0004").dblclick()
    for name in PARTS:
        page.get_by_role("tab", name=name, exact=True).click()
        expect(page.get_by_role("tabpanel", name=name)).to_be_visible()
        assert tab.violations(".jp-ft-PageBody") == []
    if theme == "JupyterLab Dark":
        page.get_by_role("tab", name="Overview").click()
        tab.picture("dark")


def test_nothing_moves_for_people_who_asked_for_less_motion(tab: Tab, plain: Path) -> None:
    tab.page.emulate_media(reduced_motion="no-preference")
    show_explorer(tab, plain)
    assert any("0.3s" in found for found in tab.page.evaluate(MOVING))
    tab.page.emulate_media(reduced_motion="reduce")
    tab.row("t0011").dblclick()
    expect(tab.page.locator(".jp-ft-Card:visible").get_by_role("button")).not_to_have_count(0)
    assert [found for found in tab.page.evaluate(MOVING) if "0.3s" in found] == []


def test_scores_keep_their_outline_where_the_system_forces_its_colours(
    tab: Tab, plain: Path
) -> None:
    tab.page.emulate_media(forced_colors="active")
    show_explorer(tab, plain)
    outline = tab.row("t0004").locator(".jp-ft-Score")
    expect(outline).to_have_css("border-top-style", "solid")
    expect(tab.row("t0004")).to_contain_text("0.78")
    expect(tab.row("t0004")).to_contain_text("better")


def test_a_deep_tree_with_long_titles_keeps_score_and_word_in_a_narrow_side_bar(
    tab: Tab, plain: Path
) -> None:
    deepen(plain, levels=40)
    show_explorer(tab, plain)
    tab.page.get_by_role("tree").press("End")
    deepest = tab.row("t0139")
    expect(deepest).to_have_attribute("aria-level", "45")
    tab.picture("deep", of=tab.page.locator("#ftassist-explorer"))
    edge = "row => row.getBoundingClientRect().right"
    right = deepest.evaluate(edge)
    for part in (".jp-ft-TreeRow-id", ".jp-ft-TreeRow-title", ".jp-ft-TreeRow-word"):
        assert deepest.locator(part).evaluate(edge) <= right, part
    assert deepest.locator(".jp-ft-TreeRow-title").evaluate("title => title.clientWidth") > 20


def deepen(campaign: Path, levels: int) -> None:
    """Adds a chain of proposals below the last, each from the one before."""
    opened = Campaign.open(campaign)
    proposal = opened.trial("t0012").proposal.to_dict()
    parent = "t0012"
    for number in range(100, 100 + levels):
        trial = f"t{number:04d}"
        title = {"key": f"data:{trial}", "description": f"{LONG} {trial}"}
        made = {**proposal, "parent": parent, "change": title, "beside": None}
        opened.say(Kind.PROPOSAL_MADE, made, trial=trial, actor="agent:playbook")
        parent = trial


def test_hostile_texts_are_shown_as_text_and_never_run(tab: Tab, hostile: Path) -> None:
    tab.page.on("dialog", lambda dialog: tab.errors.append(f"a script ran: {dialog.message}"))
    show_explorer(tab, hostile)
    vetoed = tab.row("t0006")
    expect(vetoed).to_contain_text(IMAGE)
    vetoed.dblclick()
    page = tab.page.locator(".jp-ft-Page:visible")
    expect(page.locator(".jp-ft-Statement")).to_contain_text(SCRIPT)
    tab.row("t0004").dblclick()
    tab.page.get_by_role("tab", name="Wrong answers").click()
    expect(page.get_by_role("tabpanel")).to_contain_text(SCRIPT)
    expect(page.get_by_role("tabpanel")).to_contain_text(IMAGE)
    tab.page.get_by_role("tab", name="Log").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("<b>1,560 kept</b>")
    assert tab.page.locator("img[src='x']").count() == 0
    assert tab.page.locator("script", has_text="planted").count() == 0
