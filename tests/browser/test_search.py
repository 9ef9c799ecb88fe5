"""What people see of the search: a round to choose from, what is tied, what would come next.

No trial is run: the test holds the campaign as its runner, so that the server starts none. A test
names its campaign before its tab: the tab then closes first, and asks for nothing that is gone.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from tests import conftest as handmade

from ftassist.campaign import Campaign
from ftassist.campaign.lock import RunnerLock
from ftassist.journal import Kind

from .lab import Lab
from .tab import Tab
from .test_explorer import show_explorer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

#: Scored trials: parent, score, learning rate, epochs. Three of them are as good as each other.
TRIALS = {
    "t0001": ("t0000", 0.52, "0.0003", 1),
    "t0002": ("t0001", 0.78, "0.001", 2),
    "t0003": ("t0001", 0.60, "0.003", 1),
    "t0004": ("t0002", 0.80, "0.001", 3),
    "t0005": ("t0002", 0.79, "0.002", 3),
    "t0006": ("t0004", 0.55, "0.01", 4),
}
ROUND = {
    "t0007": ("bold", "Rewrite all answers as worked solutions."),
    "t0008": ("cheap", "Leave out rows that repeat each other."),
    "t0009": ("rival", "Train longer: the loss still falls at the end."),
}


@pytest.fixture
def searched(lab: Lab) -> Iterator[Path]:
    """A campaign with a tied set, and a round of three proposals that waits."""
    folder = lab.root / "campaigns" / "search"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        _write_trials(folder, patch)
    campaign = Campaign.open(folder)
    known = campaign.trial("t0004").proposal.to_dict()
    at = campaign.journal.last_seq()
    of = [["t0004", len(ROUND), {}]]
    for trial, (variant, statement) in ROUND.items():
        hypothesis = {**known["hypothesis"], "statement": statement}
        change = {"key": f"data:{trial}", "description": statement}
        together = {"at": at, "size": len(ROUND), "of": of}
        more = {"hypothesis": hypothesis, "change": change, "variant": variant, "round": together}
        made = {**known, **more, "parent": "t0004"}
        campaign.say(Kind.PROPOSAL_MADE, made, trial=trial, actor="agent:playbook")
    with RunnerLock(folder):
        yield folder
    shutil.rmtree(folder)


@pytest.fixture
def resting(lab: Lab) -> Iterator[Path]:
    """A campaign with partial runs, whose trial rests at a quarter of its training."""
    folder = lab.root / "campaigns" / "rungs"
    folder.mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        handmade.write_resting(folder, patch)
    with RunnerLock(folder):
        yield folder
    shutil.rmtree(folder)


def _write_trials(folder: Path, patch: pytest.MonkeyPatch) -> None:
    writer = handmade.Writer(folder, patch)
    writer.say(
        Kind.CAMPAIGN_CREATED, None, "person:ada", name="search", task="mini_math", model="tiny",
        backend="playbook", policy="ftassist", review="always", variants=3, seed=0,
        budget={"trials": 12, "rows": 2000, "seconds": 1800.0}, versions={"ftassist": "0.1.0"},
    )  # fmt: skip
    writer.say(Kind.TRIAL_STARTED, "t0000", isolation="none")
    writer.say(
        Kind.TRIAL_SCORED, "t0000", "evaluator", after=5.0, feedback=handmade._feedback(0.2)
    )
    writer.say(Kind.TRIAL_COMPLETED, "t0000", seconds={"evaluate": 5.0})
    scores = {"t0000": 0.2}
    for trial, (parent, score, rate, epochs) in TRIALS.items():
        train = f"epochs={epochs}, learning_rate={rate}"
        cells = handmade._cells('["lessons_shop", "crowd_solutions"]', train)
        change = f"learning rate {rate}, {epochs} epochs"
        writer.propose(trial, parent, f"Try {change}.", change, cells, changes=("training",))
        scores[trial] = score
        difference = score - scores[parent]
        kind = "better" if difference > 0.1 else "worse" if difference < -0.1 else "tied"
        writer.run(trial, score, handmade._verdict(kind, parent, difference, 0.01), 1 - score)
    writer.journal.close()


def together(tab: Tab) -> Locator:
    return tab.page.locator(".jp-ft-PageBody:visible").get_by_role(
        "region", name="Proposed together"
    )


def test_any_subset_of_a_round_is_accepted_by_mouse(searched: Path, tab: Tab) -> None:
    show_explorer(tab, searched)
    tab.row("t0007").dblclick()
    others = together(tab)
    expect(others).to_contain_text("t0007 is the bold one")
    expect(others.get_by_role("article")).to_have_count(2)
    expect(others).to_contain_text("the one that tests the rival cause")
    expect(others.get_by_role("button", name="Accept t0008")).to_be_enabled()
    others.scroll_into_view_if_needed()
    tab.picture("round")
    assert tab.violations(".jp-ft-PageBody") == []

    others.get_by_role("button", name="Accept t0009").click()
    expect(others.get_by_role("article")).to_have_count(1)
    expect(tab.row("t0009")).to_contain_text("queued")
    page = tab.page.locator(".jp-ft-PageBody:visible")
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(tab.row("t0007")).to_contain_text("queued")

    expect(tab.row("t0008")).to_contain_text("proposal")
    campaign = Campaign.open(searched)
    accepted = {name: campaign.trial(name).status for name in ROUND}
    assert accepted == {"t0007": "accepted", "t0008": "proposed", "t0009": "accepted"}


def test_what_if_shows_the_next_step_with_reasons_and_spends_nothing(
    searched: Path, tab: Tab
) -> None:
    before = Campaign.open(searched).journal.last_seq()
    show_explorer(tab, searched)
    explorer = tab.page.locator("#ftassist-explorer")
    expect(explorer).to_contain_text("for the first place; t0005 is taken because")
    expect(tab.row("t0004")).to_contain_text("posterior 0.")
    tab.picture("search-sidebar", of=explorer)
    explorer.get_by_role("button", name="What if").click()

    page = tab.page.locator(".jp-ft-PageBody:visible")
    steps = page.get_by_role("list", name="What ftassist would do next")
    expect(steps).to_contain_text("is expected to raise the recommended score")
    expect(steps).to_contain_text("Not the runner-up:")
    page.get_by_label("compare with").select_option("greedy")
    expect(page.get_by_role("region", name="greedy")).to_contain_text("from t000")
    expect(page).to_contain_text("200 more validation items")
    expect(page.get_by_role("img", name="up to their score")).to_be_visible()
    expect(page.locator(".js-plotly-plot").nth(1)).to_be_visible()
    tab.picture("what-if")
    assert tab.violations(".jp-ft-Page") == []
    tab.theme("JupyterLab Dark")
    assert tab.violations(".jp-ft-Page") == []
    assert tab.violations("#ftassist-explorer") == []
    assert Campaign.open(searched).journal.last_seq() == before


def test_a_trials_page_says_what_is_believed_of_it_and_what_it_is_tied_with(
    searched: Path, tab: Tab
) -> None:
    show_explorer(tab, searched)
    tab.row("t0005").dblclick()
    page = tab.page.locator(".jp-ft-PageBody:visible")
    expect(page.get_by_role("heading", name="In the search")).to_be_visible()
    panel = page.get_by_role("tabpanel", name="Overview")
    expect(panel).to_contain_text("for the first place; t0005 is taken because")
    expect(panel).to_contain_text("chance to be best")
    tab.picture("in-the-search")


def test_a_trial_that_rests_is_promoted_from_its_page(resting: Path, tab: Tab) -> None:
    show_explorer(tab, resting)
    expect(tab.row("t0001")).to_contain_text("at 25 %")
    tab.row("t0001").dblclick()
    page = tab.page.locator(".jp-ft-PageBody:visible")
    tab.picture("resting")
    page.get_by_role("button", name="Promote").click()
    expect(tab.row("t0001")).to_contain_text("queued")
    expect(page.get_by_role("button", name="Promote")).to_have_count(0)
    trial = Campaign.open(resting).trial("t0001")
    assert (trial.promoted.rung, trial.promoted.actor) == (0.5, "person:ada")
