"""Curves of picked trials, tags and notes, and the browser of training rows, by mouse."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from .tab import Tab
from .test_record import pictures

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_trials_are_picked_in_the_tree_and_their_curves_drawn_together(
    tab: Tab, plain: Path
) -> None:
    tab.open()
    explorer = tab.show_explorer(plain)
    tab.row("t0004").click(modifiers=["Control"])
    tab.row("t0002").click(modifiers=["Control"])
    picked = explorer.get_by_role("group", name="Picked trials")
    expect(picked).to_contain_text("2 picked")
    assert tab.violations("#ftassist-explorer") == []
    picked.get_by_role("button", name="Curves").click()
    page = tab.page.locator(".jp-ft-Page")
    plot = page.locator(".jp-ft-Plot .plot-container").first
    expect(plot).to_be_visible()
    page.get_by_label("Draw the curve of another trial, too").select_option("t0008")
    page.get_by_label("Smoothing").fill("0.6")
    page.get_by_label("log axis").check()
    label = "Loss by training step, smoothed by 0.60"
    expect(page.get_by_role("img", name=label)).to_contain_text("t0008")
    assert tab.violations(".jp-ft-Page") == []
    pictures(tab, "curves", page)


def test_a_page_tells_tags_notes_and_training_rows(tab: Tab, plain: Path) -> None:
    tab.open()
    explorer = tab.show_explorer(plain)
    tab.row("t0004").dblclick()
    page = tab.page.locator(".jp-ft-Page")
    page.get_by_label("Add a tag").fill("keep")
    page.get_by_label("Add a tag").press("Enter")
    expect(page.get_by_role("list", name="Tags")).to_contain_text("#keep")
    page.get_by_label("Write a note").fill("the answers are too short")
    page.get_by_role("button", name="Keep note").click()
    expect(page.get_by_role("region", name="Notes")).to_contain_text("the answers are too short")
    pictures(tab, "remarks", page)
    explorer.get_by_label("Show only trials with this tag, and what leads to them").select_option(
        "keep"
    )
    expect(tab.row("t0004")).to_be_visible()
    expect(tab.row("t0008")).to_have_count(0)
    page.get_by_role("tab", name="Data").click()
    rows = page.get_by_role("region", name="Training rows", exact=True)
    rows.get_by_label("Filter training rows by words").fill("= 19")
    rows.get_by_label("Show only rows of this source").select_option("crowd_solutions")
    expect(rows.get_by_role("status")).to_have_text("1 of 120")
    rows.get_by_role("option").get_by_text("What is 12 + 7?").click()
    expect(rows.get_by_role("region", name="The chosen row")).to_contain_text("nearness: 0.988")
    pictures(tab, "rows", rows)
