"""From a table of rows to a campaign by mouse, and what of a trial's model can be exported."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ftassist.campaign import Campaign

from .lab import Lab
from .tab import Tab
from .test_record import pictures

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

TOPICS = ("opening hours", "parking", "dogs", "menu")


@pytest.fixture
def rows(lab: Lab) -> Iterator[Path]:
    """Training and evaluation rows below the server's folder; nothing is left of what is made.

    Ask for it before `tab`: a page that is still open asks for the campaign that goes away here.
    """
    folder = lab.root / "shop"
    folder.mkdir()
    for name, count in (("train", 40), ("eval", 60)):
        lines = [
            f'"{name} {n}: <b>tell me</b> about {TOPICS[n % 4]}, number {n * 37}",{TOPICS[n % 4]}'
            for n in range(count)
        ]
        (folder / f"{name}.csv").write_text("\n".join(["message,topic", *lines]) + "\n")
    yield folder
    for made in ("shop", "tasks", "campaigns"):
        shutil.rmtree(lab.root / made, ignore_errors=True)


def test_a_file_of_rows_becomes_a_campaign_from_its_context_menu(rows: Path, tab: Tab) -> None:
    tab.open()
    page = tab.page
    item = page.locator(".jp-DirListing-item", has_text="shop")
    item.dblclick()
    page.locator(".jp-DirListing-item", has_text="train.csv").click(button="right")
    page.get_by_role("menuitem", name="New campaign from these rows…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Training rows", exact=True)).to_have_value("shop/train.csv")
    expect(dialog).to_contain_text("There are: message, topic.", timeout=30_000)
    dialog.get_by_label("Prompt", exact=True).fill("message")
    dialog.get_by_label("Answer", exact=True).fill("topic")
    expect(dialog).to_contain_text("40 rows, as mapped", timeout=30_000)
    expect(dialog).to_contain_text("<b>tell me</b> about parking")
    dialog.get_by_label("Evaluation rows", exact=True).fill("shop/eval.csv")
    expect(dialog).to_contain_text("validation items", timeout=30_000)
    expect(dialog).to_contain_text("is found four times in five")
    table = dialog.get_by_role("table")
    expect(table.get_by_role("row").first).to_have_text("opening hoursright")
    expect(dialog.locator("code").last).to_contain_text(
        "ftassist task new --train shop/train.csv --eval shop/eval.csv --metric accuracy"
    )
    assert tab.violations(".jp-Dialog-content") == []
    pictures(tab, "own-files", page.locator(".jp-Dialog-content"))
    dialog.get_by_label("Trials", exact=True).fill("3")
    dialog.get_by_role("button", name="Start").click()
    expect(dialog).to_have_count(0, timeout=120_000)
    (folder,) = Campaign.find(tab.lab.root / "campaigns")
    campaign = Campaign.open(folder)
    assert campaign.state.budget.trials == 3
    assert campaign.card.metric.name == "accuracy"
    assert (tab.lab.root / "tasks" / "shop" / "card.yaml").is_file()


def test_the_export_dialog_shows_its_command_and_is_closed_by_the_keyboard(
    tab: Tab, plain: Path
) -> None:
    tab.open()
    tab.show_explorer(plain)
    tab.row("t0004").dblclick()
    tab.page.get_by_role("button", name="Export…").click()
    dialog = tab.page.get_by_role("dialog")
    expect(dialog.get_by_label("Form", exact=True)).to_be_focused()
    dialog.get_by_label("Form", exact=True).select_option("gguf")
    dialog.get_by_label("Quantisation", exact=True).select_option("q4_0")
    dialog.get_by_label("Bound", exact=True).fill("0.05")
    expect(dialog.locator("code").last).to_have_text(
        "ftassist export t0004 --as gguf --quantisation q4_0 --bound 0.05 "
        "--campaign campaigns/mini_math-1"
    )
    assert tab.violations(".jp-Dialog-content") == []
    pictures(tab, "export", tab.page.locator(".jp-Dialog-content"))
    tab.expected = ("/trials/t0004/export",)
    dialog.get_by_role("button", name="Export", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("the model of t0004 was never saved")
    tab.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
