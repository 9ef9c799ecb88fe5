"""A campaign in a notebook: propose, edit, accept, watch, veto, alternatives, come back."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from ftassist.campaign import Campaign, trial_files

from .conftest import TabMaker, running_lab
from .lab import Lab
from .notebook import Notebook, write_notebook
from .tab import Tab

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(2700),
]

#: A trial trains and is evaluated meanwhile, on a machine that may be busy with other things.
A_TRIAL = 900_000
STEPS = 60
MANY_STEPS = 1500
QUICK = f"""import time

from ftassist.recipes import train

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
)
time.sleep(10)  # however fast the machine is, the card is seen while it runs"""
SLOW = QUICK.replace(f"max_steps={STEPS}", f"max_steps={MANY_STEPS}").replace("=40", "=400")
REASON = "changes too much at once"
VETOED = f"vetoed by you: “{REASON}”"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server of its own, because it is restarted; it knows one account, as most do."""
    with running_lab(tmp_path_factory.mktemp("story")) as lab:
        yield lab


@pytest.fixture(scope="module")
def notebook(lab: Lab) -> Path:
    """A notebook that has not been run."""
    sources = (
        "%load_ext ftassist\n%ftagent task mini_math --new --trials 8 --rows 150",
        "%ftagent propose",
    )
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return write_notebook(lab.root / "story.ipynb", cells)


def campaign_of(lab: Lab) -> Campaign:
    """The campaign that the notebook started."""
    return Campaign.open(Campaign.find(lab.root / "campaigns")[-1])


def card_of(tab: Tab, trial: str) -> Locator:
    """The card of a trial that is in sight."""
    return tab.page.locator(f'.jp-ft-Card[data-ft-trial="{trial}"]:visible')


def open_trial(tab: Tab, trial: str) -> Locator:
    """Opens a trial's page from the tree; gives the page: its card, and what became of it."""
    row = tab.row(trial)
    if not row.is_visible():
        tab.page.keyboard.press("Alt+Shift+T")
    row.dblclick(timeout=A_TRIAL)
    return page_of(tab, trial)


def page_of(tab: Tab, trial: str) -> Locator:
    """The page of a trial that is in sight."""
    return tab.page.locator(f'.jp-ft-PageBody[data-ft-trial="{trial}"]:visible')


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
    Notebook(tab).save()

    tab.open(kept=True)
    _is_as_it_was(tab)
    second = make_tab()
    second.open(f"lab/workspaces/second/tree/{notebook.name}")
    _is_as_it_was(second)
    second.page.close()
    with tab.server_away():
        lab.restart()
        tab.open(kept=True)
    _is_as_it_was(tab)
    _stop_one_that_would_run_long(tab, lab)
    _pause_and_resume(tab, lab)


def _propose(tab: Tab) -> None:
    notebook = Notebook(tab)
    notebook.await_kernel()
    notebook.run(0)
    notebook.run(1)
    accept = card_of(tab, "t0001").get_by_role("button", name="Accept", exact=True)
    expect(accept.or_(notebook.error)).to_be_visible(timeout=A_TRIAL)
    expect(notebook.error).to_have_count(0)
    expect(accept).to_be_enabled()


def _edit_and_run(tab: Tab, lab: Lab) -> None:
    card = card_of(tab, "t0001")
    _edit_train(tab, card, QUICK)
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
    assert trial_files.curve(campaign_of(lab).folder, "t0001")[-1]["steps"] == STEPS
    expect(card.locator(".jp-ft-Live-score")).to_contain_text(f"{trial.score:.2f}"[:3])
    tab.picture("card-finished", of=card)


def _edit_train(tab: Tab, card: Locator, source: str) -> None:
    card.get_by_role("button", name="Edit", exact=True).click()
    card.get_by_role("textbox", name="Source of the train cell, editable").click()
    tab.page.keyboard.press("Control+A")
    tab.page.keyboard.insert_text(source)
    card.get_by_role("button", name="Save edits").click()
    expect(card.get_by_text(f"edited by {getpass.getuser()}")).to_be_visible()


def _veto_the_next(tab: Tab, lab: Lab) -> None:
    card_of(tab, "t0001").get_by_role("button", name="Propose next").click()
    page = open_trial(tab, "t0002")
    page.get_by_role("button", name="Veto…").click()
    page.get_by_role("button", name="Veto", exact=True).click()
    expect(page.get_by_text("A veto needs a reason")).to_be_visible()
    page.get_by_role("button", name=REASON).click()
    page.get_by_role("button", name="Veto", exact=True).click()
    expect(page).to_contain_text(VETOED)
    assert campaign_of(lab).state.vetoes[0].reason == REASON


def _ask_for_alternatives(tab: Tab, lab: Lab) -> None:
    page_of(tab, "t0002").get_by_role("button", name="Propose next").click()
    page = open_trial(tab, "t0003")
    page.get_by_role("button", name="Alternatives").click()
    others = page.get_by_role("region", name="Alternatives").get_by_role("article")
    expect(others.first).to_be_visible(timeout=A_TRIAL)
    expect(others.first.get_by_role("button", name="Accept t0004")).to_be_enabled()


def _stop_one_that_would_run_long(tab: Tab, lab: Lab) -> None:
    page = open_trial(tab, "t0004")
    _edit_train(tab, page, SLOW)
    # On the page cells are open: the editor that comes pushes the buttons below it down.
    changed = page.get_by_role("textbox", name="Source of the train cell, with its changes")
    expect(changed).to_be_visible()
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.get_by_role("progressbar")).to_be_visible(timeout=A_TRIAL)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".jp-ft-Card-head")).to_contain_text("stopped", timeout=A_TRIAL)
    campaign = campaign_of(lab)
    assert campaign.trial("t0004").status == "stopped"
    assert trial_files.curve(campaign.folder, "t0004")[-1]["step"] < MANY_STEPS
    assert campaign.trial("t0003").status == "set_aside"


def _pause_and_resume(tab: Tab, lab: Lab) -> None:
    explorer = tab.page.locator("#ftassist-explorer")
    explorer.get_by_role("button", name="Start no new trial until it is resumed").click()
    expect(explorer.locator(".jp-ft-Phase")).to_contain_text("paused")
    assert campaign_of(lab).state.phase == "paused"
    explorer.get_by_role("button", name="Let the campaign go on").click()
    expect(explorer.locator(".jp-ft-Phase")).to_contain_text("running")
    assert campaign_of(lab).state.phase == "running"


def _is_as_it_was(tab: Tab) -> None:
    tab.page.get_by_role("tab", name="story.ipynb").click()
    card = card_of(tab, "t0001")
    expect(card.get_by_role("button", name="Propose next")).to_be_visible()
    expect(card.get_by_text(f"edited by {getpass.getuser()}")).to_be_visible()
    expect(open_trial(tab, "t0002")).to_contain_text(VETOED)
    expect(open_trial(tab, "t0003").get_by_role("article").first).to_be_visible()
    tab.page.get_by_role("tab", name="story.ipynb").click()
