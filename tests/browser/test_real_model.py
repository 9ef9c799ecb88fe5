"""A few dozen rows of Banking77 on a real model, in a notebook, from proposal to verdict."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from ftassist.campaign import Campaign
from ftassist.dojo.sampled_task import sampled_task
from ftassist.dojo.task_loader import load_task
from ftassist.models import find

from .conftest import TabMaker, running_lab
from .lab import Lab
from .notebook import Notebook, write_notebook
from .tab import Tab

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2700)]

MODEL = "smollm2-135m"
#: The base is scored, a few steps are timed, a trial trains, on a machine that may be busy.
A_WHILE = 1_500_000
ROWS = 48


@pytest.fixture(scope="module")
def model() -> str:
    """The folder of a real model; without it the test skips, saying so."""
    found = find(MODEL)
    if found is None:
        pytest.skip(f"the model {MODEL} is not here: `ftassist models get {MODEL}` fetches it")
    return str(found.path)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server of its own, because the test starts a campaign."""
    with running_lab(tmp_path_factory.mktemp("real")) as lab:
        yield lab


@pytest.fixture(scope="module")
def notebook(lab: Lab, model: str) -> Path:
    """A notebook on a real task with few items, that has not been run."""
    task = sampled_task(load_task("banking77"), {"validation": 20, "test": 20})
    line = f"%ftagent task {task.folder} --model {model} --new --trials 1 --rows {ROWS}"
    sources = (f"%load_ext ftassist\n{line}", "%ftagent propose")
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return write_notebook(lab.root / "real.ipynb", cells)


def card_of(tab: Tab, trial: str) -> Locator:
    """The card of a trial that is in sight."""
    return tab.page.locator(f'.jp-ft-Card[data-ft-trial="{trial}"]:visible')


def test_a_real_model_is_proposed_for_trained_and_scored_from_a_notebook(
    lab: Lab, notebook: Path, make_tab: TabMaker
) -> None:
    tab = make_tab()
    tab.open(f"lab/tree/{notebook.name}")
    page = Notebook(tab)
    page.await_kernel()
    page.run(0)
    page.run(1)
    accept = card_of(tab, "t0001").get_by_role("button", name="Accept", exact=True)
    expect(accept.or_(page.error)).to_be_visible(timeout=A_WHILE)
    expect(page.error).to_have_count(0)
    campaign = Campaign.open(Campaign.find(lab.root / "campaigns")[-1])
    _is_sized_by_what_was_measured(campaign)
    accept.click()
    again = card_of(tab, "t0001").get_by_role("button", name="Propose next")
    expect(again).to_be_visible(timeout=A_WHILE)
    # It is judged a moment after its score is there.
    state = campaign.wait(lambda now: bool(now.trials["t0001"].verdict), timeout=60)
    assert state.trials["t0001"].status == "scored"
    tab.picture("card-real-model", of=card_of(tab, "t0001"))


def _is_sized_by_what_was_measured(campaign: Campaign) -> None:
    state = campaign.refresh()
    assert state.speed["tokens_a_second"] > 0, state.notes
    proposal = campaign.trial("t0001").proposal
    assert (proposal.estimate.seconds or 0.0) > 0
    assert "banking77_train" in proposal.cells["curate"]
    assert "learning_rate=0.001" in proposal.cells["train"]
    assert "tokens a second" in proposal.hypothesis.cause
