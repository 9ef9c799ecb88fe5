"""A campaign travels: copied, moved, looked at without its task, gone on with where that lies."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.campaign.conftest import Played

from ftassist.campaign import Budget, Campaign
from ftassist.campaign.inputs import why_gone
from ftassist.campaign.places import GoneError
from ftassist.campaign.workers import trial_job
from ftassist.documents import campaign_document, tree_document
from ftassist.documents.snapshot import take
from ftassist.dojo.task import CATALOG
from ftassist.journal import Kind
from ftassist.models import tiny_path
from ftassist.trial.job import TrialJob
from ftassist.ui import waiting
from ftassist.ui.report import write as write_report


class Nowhere:
    """An evaluator that only takes note."""

    def register(self, trial: str, folder: Path, **told: Any) -> str:
        self.told = told
        return ""

    def environment(self, trial: str) -> dict[str, str]:
        return {}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a task, a model and a campaign on them."""
    home = tmp_path / "home"
    shutil.copytree(CATALOG / "mini_math", home / "sums")
    shutil.copytree(tiny_path(), home / "model")
    Campaign.create(
        home / "c",
        task=str(home / "sums"),
        model=str(home / "model"),
        review="never",
        budget=Budget(trials=2),
    )
    return home


def _job(campaign: Campaign) -> tuple[str, str, str]:
    """Where a trial would look for its base, its task and its raw sets."""
    job = trial_job(campaign, campaign.trial("t0000"), Nowhere())  # type: ignore[arg-type]
    return job.spec.model, job.spec.task, job.spec.repository


def test_a_moved_home_is_found_by_relative_place(home: Path, tmp_path: Path) -> None:
    moved = home.rename(tmp_path / "elsewhere")
    campaign = Campaign.open(moved / "c")
    assert _job(campaign) == tuple(str(moved / p) for p in ("model", "sums", "sums/repository"))


def test_what_was_renamed_beside_the_campaign_is_found_by_content(home: Path) -> None:
    (home / "model").rename(home / "base-of-old")
    (home / "sums").rename(home / "task-of-old")
    shutil.copytree(tiny_path(), home / "decoy")
    (home / "decoy" / "config.json").write_text("{}")
    campaign = Campaign.open(home / "c")
    assert campaign.base.path == home / "base-of-old"
    assert campaign.task.folder == home / "task-of-old"


def test_another_model_in_its_place_is_not_taken_for_it(home: Path) -> None:
    config = home / "model" / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "rms_norm_eps": 1e-5}))
    with pytest.raises(GoneError, match="not the one this campaign began with"):
        _ = Campaign.open(home / "c").base


def test_a_changed_evaluation_is_not_taken_for_the_tasks(home: Path) -> None:
    with (home / "sums" / "evaluation" / "validation.jsonl").open("a") as file:
        file.write("\n")
    with pytest.raises(GoneError, match="task 'sums' is not the one"):
        _ = Campaign.open(home / "c").task


def test_a_raw_set_more_is_no_other_task(home: Path) -> None:
    (home / "sums" / "repository" / "mine.jsonl").write_text("{}")
    assert Campaign.open(home / "c").task.folder == home / "sums"


def test_everything_is_shown_without_task_and_model(home: Path, tmp_path: Path) -> None:
    played = Played(Campaign.open(home / "c"), lambda trial: 0.5)
    played.run()
    shutil.rmtree(home / "sums")
    shutil.rmtree(home / "model")
    campaign = Campaign.open(home / "c")
    snapshot = take(campaign, curves=True)
    assert campaign_document(snapshot)["base"] == campaign.state.base.score
    assert len(tree_document(snapshot)["nodes"]) == len(campaign.state.trials)
    assert snapshot.metric["name"] == "accuracy"
    write_report(campaign, tmp_path / "report.html")
    assert "Multi-step arithmetic" in (tmp_path / "report.html").read_text() or campaign.card.title


def test_a_journal_of_before_cards_is_shown_without_its_task(home: Path) -> None:
    shutil.rmtree(home / "sums")
    campaign = Campaign.open(home / "c")
    old = campaign.journal.read()[0].payload
    kept = {k: v for k, v in old.items() if k not in ("card", "places")}
    copy = Campaign(home / "old", type(campaign.journal)(home / "old/journal.db", create=True))
    copy.say(Kind.CAMPAIGN_CREATED, kept)
    assert take(copy).metric["name"] == "score"
    assert "is gone" in why_gone(copy)


@pytest.mark.parametrize("what", ["model", "sums"])
def test_what_is_gone_pauses_once_and_costs_nothing(home: Path, what: str) -> None:
    played = Played(Campaign.open(home / "c"), lambda trial: 0.5)
    (home / what).rename(home.parent / "away")
    played.run()
    state = played.campaign.refresh()
    pauses = [e for e in played.campaign.journal.read() if e.kind == Kind.CAMPAIGN_PAUSED]
    assert (state.phase, state.trials_used, played.workers.started) == ("paused", 0, [])
    assert [e.payload["waits_for"] for e in pauses] == ["model" if what == "model" else "task"]
    assert "is gone" in state.reason
    assert waiting.nothing_scored(state)
    assert "it waits: " in waiting.next_step(state, "ftassist")
    played.run()  # a second runner says nothing new
    again = [e for e in played.campaign.journal.read() if e.kind == Kind.CAMPAIGN_PAUSED]
    assert len(again) == 1
    (home.parent / "away").rename(home / what)
    played.run()
    state = played.campaign.refresh()
    assert (state.phase, state.trials_used) == ("finished", 2)


def test_run_says_that_it_is_still_gone(home: Path) -> None:
    played = Played(Campaign.open(home / "c"), lambda trial: 0.5)
    (home / "model").rename(home.parent / "away")
    played.run()
    with pytest.raises(Exception, match="base model 'model' is gone"):
        waiting.prepare(played.campaign, None, None)


def test_a_base_found_elsewhere_is_told_once(home: Path) -> None:
    (home / "model").rename(home / "other")
    played = Played(Campaign.open(home / "c"), lambda trial: 0.5)
    played.run()
    notes = played.campaign.refresh().notes
    assert [str(home / "other") in note for note in notes] == [True]


class _Fails:
    """Workers of which the first loses what its trial needs, and says that it failed."""

    def __init__(self, played: Played, lose: Callable[[], object]) -> None:
        self._played, self._lose = played, lose
        self._play = played.workers.start
        played.workers.start = self.start  # type: ignore[method-assign]

    def start(self, job: TrialJob) -> None:
        self._played.workers.start = self._play  # type: ignore[method-assign]
        self._lose()
        trial = job.spec.trial
        campaign = self._played.campaign
        campaign.say(Kind.TRIAL_STARTED, {"isolation": "none"}, trial=trial, actor="worker")
        failed = {"class": "CONFIG", "stage": "train", "message": "no model", "traceback": ""}
        campaign.say(Kind.TRIAL_FAILED, failed, trial=trial, actor="worker")
        self._played.workers.running[trial] = 1
        self._played.workers.started.append(trial)


@pytest.mark.parametrize("what", ["model", "sums"])
def test_what_goes_while_a_trial_runs_pauses_and_the_trial_runs_again(
    home: Path, what: str
) -> None:
    played = Played(Campaign.open(home / "c"), lambda trial: 0.5)
    _Fails(played, lambda: (home / what).rename(home.parent / "away"))
    played.run()
    state = played.campaign.refresh()
    assert (state.phase, state.waits_for) == ("paused", "model" if what == "model" else "task")
    assert "is gone" in state.reason
    assert (state.trials["t0001"].status, played.workers.started) == ("accepted", ["t0001"])
    assert not state.trials["t0001"].failure
    assert "is gone" in state.trials["t0001"].losses[0].message

    (home.parent / "away").rename(home / what)
    played.run()
    state = played.campaign.refresh()
    assert (state.phase, state.trials_used) == ("finished", 2)
    assert state.trials["t0001"].status == "scored"


def test_a_trial_that_fails_with_all_in_its_place_stays_failed(home: Path) -> None:
    played = Played(Campaign.open(home / "c"), lambda trial: 0.5)
    _Fails(played, lambda: None)
    played.run()
    assert played.campaign.refresh().trials["t0001"].status == "failed"


def test_a_base_with_a_link_to_elsewhere_pauses_with_the_link_named(home: Path) -> None:
    (home / "model" / "special_tokens_map.json").symlink_to(home / "c" / "journal.db")
    played = Played(Campaign.open(home / "c"), lambda trial: 0.5)
    played.run()
    state = played.campaign.refresh()
    assert (state.phase, state.trials_used) == ("paused", 0)
    assert "special_tokens_map.json" in state.reason
    assert "a file of a campaign" in state.reason
