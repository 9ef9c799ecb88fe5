"""The record is the truth, and a reason steers: the story as the saved notebook tells it.

An edit is the person's own hypothesis, a veto says how it is understood, and whoever reads the
notebook without a server sees what was decided, what came of it, and what came next.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from ftassist.campaign import Campaign
from ftassist.documents import PROPOSAL_MIME

from .conftest import TabMaker, running_lab
from .lab import Lab
from .notebook import Notebook, write_notebook
from .tab import Tab

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

A_TRIAL = 600_000
TYPO = """from ftassist.recipes import train

train.sft(
    model,
    "data",
    "model",
    method="full",
    lerning_rate=2e-3,
    epochs=4,
    batch_size=16,
    seed=seed,
)"""
MENDED = TYPO.replace("lerning_rate", "learning_rate")
REASON = "no more rows, change the learning rate instead"
SIZES = {"wide": (1440, 900), "narrow": (1100, 800)}
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


class Text(HTMLParser):
    """The text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def __str__(self) -> str:
        return " ".join(" ".join(self.parts).split())


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server of its own, whose campaign it is."""
    with running_lab(tmp_path_factory.mktemp("record")) as lab:
        yield lab


@pytest.fixture
def notebook(lab: Lab) -> Path:
    """A notebook that has not been run."""
    sources = (
        "%load_ext ftassist\n%ftagent task mini_math --new --trials 8 --rows 150",
        "%ftagent propose",
        "print('below')",
    )
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return write_notebook(lab.root / "record.ipynb", cells)


def test_the_notebook_keeps_what_was_decided_what_came_of_it_and_what_came_next(
    lab: Lab, notebook: Path, make_tab: TabMaker
) -> None:
    tab = make_tab()
    tab.expected = ("/decisions",)
    tab.page.set_viewport_size({"width": 1440, "height": 900})
    tab.open(f"lab/tree/{notebook.name}")
    opened = Notebook(tab)
    opened.await_kernel()
    opened.run(0)
    opened.run(1)
    first = opened.cell(1).locator('.jp-ft-Card[data-ft-trial="t0001"]')
    expect(first.get_by_role("button", name="Accept", exact=True)).to_be_enabled(timeout=A_TRIAL)
    _edit(tab, lab, first)
    first.get_by_role("button", name="Accept", exact=True).click()
    expect(first.get_by_role("button", name="Propose next")).to_be_visible(timeout=A_TRIAL)
    pictures(tab, "record-scored", first)

    first.get_by_role("button", name="Propose next").click()
    second = opened.cell(2).locator('.jp-ft-Card[data-ft-trial="t0002"]')
    expect(second.get_by_role("button", name="Accept", exact=True)).to_be_enabled(timeout=A_TRIAL)
    _veto(tab, lab, second)
    second.get_by_role("button", name="Propose next").click()
    third = opened.cell(3).locator('.jp-ft-Card[data-ft-trial="t0003"]')
    expect(third.get_by_role("button", name="Accept", exact=True)).to_be_enabled(timeout=A_TRIAL)
    follows = Campaign.open(_folder(lab)).trial("t0003").proposal.follows
    expect(third.locator(".jp-ft-Facts")).to_contain_text("follows")
    assert "learning rate" in follows
    pictures(tab, "record-follows", third)
    assert tab.violations(".jp-NotebookPanel .jp-ft-CardRenderer") == []
    toasts = tab.page.locator(".Toastify__toast").all_inner_texts()
    assert toasts == [], "the cards are in sight"
    opened.save()
    _is_told_on_disk(lab, notebook)
    _is_one_step(tab, opened)


def _edit(tab: Tab, lab: Lab, card: Locator) -> None:
    """An edit with a mistyped argument is refused; mended, it is the person's hypothesis."""
    card.get_by_role("button", name="Edit", exact=True).click()
    _type_train(tab, card, TYPO)
    card.get_by_role("button", name="Save edits").click()
    refusal = card.locator(".jp-ft-Notice")
    expect(refusal).to_contain_text("train.sft takes no argument 'lerning_rate'")
    expect(refusal).to_contain_text("Did you mean 'learning_rate'?")
    pictures(tab, "record-refused", card)
    assert tab.violations(".jp-ft-Card") == []
    _type_train(tab, card, MENDED)
    card.get_by_label("I expect a change of").fill("-0.3")
    card.get_by_label("to", exact=True).fill("0.3")
    card.get_by_role("button", name="Save edits").click()
    expect(card.get_by_role("button", name="Accept", exact=True)).to_be_enabled()
    expect(card.locator(".jp-ft-Facts")).to_contain_text("−0.30 to +0.30")
    expect(card.locator(".jp-ft-Statement")).to_contain_text("edit: ")
    pictures(tab, "record-edited", card)
    trial = Campaign.open(_folder(lab)).trial("t0001")
    assert trial.cells["train"].strip() == MENDED


def _type_train(tab: Tab, card: Locator, source: str) -> None:
    card.get_by_role("textbox", name="Source of the train cell, editable").click()
    tab.page.keyboard.press("Control+A")
    tab.page.keyboard.insert_text(source)


def _veto(tab: Tab, lab: Lab, card: Locator) -> None:
    """A veto by the keyboard: nothing is filled in, and the card says how it is understood."""
    keys = tab.page.keyboard
    card.get_by_role("button", name="Accept", exact=True).focus()
    keys.press("Alt+Shift+V")
    reason = card.get_by_role("form", name="Veto t0002").get_by_role("textbox")
    expect(reason).to_be_focused()
    expect(reason).to_have_value("")
    keys.press("Enter")
    expect(card.get_by_text("A veto needs a reason")).to_be_visible()
    pictures(tab, "record-veto-form", card)
    reason.focus()
    keys.type(REASON)
    keys.press("Enter")
    expect(card).to_contain_text(f"vetoed by you: “{REASON}”")
    understood = card.locator(".jp-ft-Understood")
    expect(understood).to_contain_text("avoid: more rows")
    expect(understood).to_contain_text("learning rate")
    pictures(tab, "record-understood", card)
    card.get_by_role("button", name="Correct…").click()
    form = card.get_by_role("form", name="How the veto of t0002 is understood")
    expect(form.get_by_role("combobox").first).to_be_focused()
    pictures(tab, "record-correct", card)
    assert tab.violations(".jp-ft-Card") == []
    form.get_by_role("button", name="Cancel").click()
    assert Campaign.open(_folder(lab)).trial("t0002").decision.reason == REASON


def _is_told_on_disk(lab: Lab, notebook: Path) -> None:
    """What the file says, and what nbconvert makes of it, with no server and no kernel."""
    saved = nbformat.read(notebook, as_version=4)
    assert [cell.source for cell in saved.cells[1:5]] == [
        "%ftagent propose",
        "%ftagent show t0002",
        "%ftagent show t0003",
        "print('below')",
    ]
    kept = [out.data for cell in saved.cells[1:4] for out in cell.outputs]
    cards = [data[PROPOSAL_MIME] for data in kept if PROPOSAL_MIME in data]
    assert [card["status"] for card in cards] == ["scored", "vetoed", "proposed"]
    score = Campaign.open(_folder(lab)).trial("t0001").score
    assert score is not None
    page = notebook.with_suffix(".html")
    command = [sys.executable, "-m", "nbconvert", "--to", "html", notebook.name]
    subprocess.run(command, check=True, cwd=notebook.parent, timeout=300, capture_output=True)
    told = str(Text(page.read_text(encoding="utf-8")))
    for words in (
        f"score {score:.2f}",
        "edited by",
        "accepted by",
        f"vetoed by you: “{REASON}”".replace("you", _who(lab)),
        "avoid: more rows",
        "t0003 · proposal",
        "learning rate",
    ):
        assert words in told, words


def _is_one_step(tab: Tab, notebook: Notebook) -> None:
    """One undo takes the last card's cell back, and it does not come again by itself."""
    notebook.focus_cell(4)
    tab.page.keyboard.press("z")
    expect(notebook.cell(3)).to_contain_text("below")
    tab.page.wait_for_timeout(2_000)
    sources = [cell["source"] for cell in notebook.cells]
    assert sources[2:] == ["%ftagent show t0002", "print('below')"]


def _folder(lab: Lab) -> Path:
    return Campaign.find(lab.root / "campaigns")[-1]


def _who(lab: Lab) -> str:
    actor = str(Campaign.open(_folder(lab)).trial("t0002").decision.actor)
    kind, _, name = actor.partition(":")
    return f"{name} ({kind})"


def pictures(tab: Tab, name: str, of: Locator) -> None:
    """Pictures of a card in both widths and themes, where they are asked for."""
    for size, (width, height) in SIZES.items():
        tab.page.set_viewport_size({"width": width, "height": height})
        of.scroll_into_view_if_needed()
        for theme, full in THEMES.items():
            if tab.pictured:
                tab.theme(full)
                tab.picture(f"{name}-{size}-{theme}")
    tab.page.set_viewport_size({"width": 1440, "height": 900})
    if tab.pictured:
        tab.theme(THEMES["light"])
