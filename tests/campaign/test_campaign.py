"""What a face can ask of a campaign, and what it is refused."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Budget, Campaign, commands, queries, trial_files
from ftassist.campaign.creating import folder_for
from ftassist.campaign.final import open_test
from ftassist.dojo.feedback import ItemScore, summarise
from ftassist.dojo.scorers import Judged
from ftassist.dojo.task_loader import load_card
from ftassist.errors import (
    CellError,
    DataError,
    FtassistError,
    JournalError,
    SealedError,
    StaleDecisionError,
    UnknownNameError,
)
from ftassist.files import write_json
from ftassist.journal import Kind
from ftassist.search.verdict import judge

NEEDS_DATA = pytest.param(
    "sst2",
    marks=pytest.mark.skipif(
        not os.environ.get("FTASSIST_DATA"), reason="FTASSIST_DATA names no folder of data"
    ),
)
CELLS = {
    "curate": "from ftassist.recipes import curate",
    "train": "from ftassist.recipes import train",
    "evaluate": "from ftassist.dojo import evaluate",
}


def document(parent: str = "t0000") -> dict[str, Any]:
    return {
        "parent": parent,
        "hypothesis": {"statement": "more rows", "changes": ["data"], "low": 0.0, "high": 0.1},
        "cells": CELLS,
        "change": {"key": "curate.sample:up", "description": "more rows"},
        "estimate": {"seconds": 10.0},
        "backend": "playbook",
    }


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    return Campaign.create(tmp_path / "c", task="mini_math", budget=Budget(trials=2))


@pytest.fixture
def proposed(campaign: Campaign) -> Campaign:
    campaign.say(Kind.PROPOSAL_MADE, document(), trial="t0001", actor="agent:playbook")
    campaign.refresh()
    return campaign


def test_a_campaign_records_the_day_its_chat_template_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTASSIST_DAY", "2025-02-03")
    made = Campaign.create(tmp_path / "dated", task="mini_math")
    monkeypatch.setenv("FTASSIST_DAY", "2025-02-04")
    assert Campaign.open(made.folder).day == made.state.settings.day == "2025-02-03"


def test_a_campaign_of_before_has_the_day_it_was_created(campaign: Campaign) -> None:
    settings = replace(campaign.state.settings, day="")
    made = datetime(2025, 5, 6, 12).timestamp()
    campaign._state = replace(campaign.state, settings=settings, created=made)
    assert campaign.day == "2025-05-06"


def test_a_campaign_opens_as_it_was_made(campaign: Campaign) -> None:
    opened = Campaign.open(campaign.folder)
    assert opened.state == campaign.state
    assert opened.task.key == "mini_math"
    assert opened.state.settings["versions"]["python"].startswith("3.")


def test_an_unknown_task_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError) as error:
        Campaign.create(tmp_path / "c", task="mini_mat")
    assert "mini_math" in error.value.fix
    assert not (tmp_path / "c" / "journal.db").exists()


@pytest.mark.parametrize(
    ("argument", "value", "expected"),
    [
        ("backend", "playbok", UnknownNameError),
        ("policy", "gredy", UnknownNameError),
        ("review", "sometimes", DataError),
    ],
)
def test_an_unknown_setting_is_refused_before_anything_is_written(
    tmp_path: Path, argument: str, value: str, expected: type[FtassistError]
) -> None:
    arguments: dict[str, Any] = {"task": "mini_math", argument: value}
    with pytest.raises(expected):
        Campaign.create(tmp_path / "c", **arguments)
    assert not (tmp_path / "c").exists()


def test_a_second_campaign_in_a_folder_is_refused(campaign: Campaign) -> None:
    with pytest.raises(FtassistError, match="already"):
        Campaign.create(campaign.folder, task="mini_math")


def test_a_folder_without_a_campaign_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JournalError):
        Campaign.open(tmp_path)


def test_campaigns_are_found_below_a_folder_the_newest_last(tmp_path: Path) -> None:
    made = [
        Campaign.create(folder_for(tmp_path, "mini_math"), task="mini_math").folder
        for _ in range(2)
    ]
    assert [p.name for p in made] == ["mini_math-1", "mini_math-2"]
    assert Campaign.find(tmp_path) == made


@pytest.mark.parametrize("name", ["t0001", "t1", "1", "T1"])
def test_a_trial_is_found_by_its_short_names(proposed: Campaign, name: str) -> None:
    assert proposed.trial(name).id == "t0001"


def test_an_unknown_trial_is_refused(proposed: Campaign) -> None:
    with pytest.raises(UnknownNameError):
        proposed.trial("t9")


def test_accepting_makes_a_proposal_run(proposed: Campaign) -> None:
    commands.accept(proposed, "t0001", "looks right")
    trial = proposed.state.trials["t0001"]
    assert trial.status == "accepted"
    assert trial.decision.reason == "looks right"
    assert trial.decision.actor.startswith("person:")


def test_a_decision_is_refused_when_the_proposal_changed_since_it_was_seen(
    proposed: Campaign,
) -> None:
    seen = proposed.state.seq
    commands.edit(proposed, "t0001", {"train": "x = 1"})
    with pytest.raises(StaleDecisionError, match="has changed since"):
        commands.accept(proposed, "t0001", seen=seen)
    assert proposed.state.trials["t0001"].status == "proposed"


def test_events_about_other_trials_do_not_make_a_decision_stale(proposed: Campaign) -> None:
    seen = proposed.state.seq
    proposed.say(Kind.NOTE, {"text": "something else"})
    commands.accept(proposed, "t0001", seen=seen)
    assert proposed.state.trials["t0001"].status == "accepted"


def test_a_proposal_is_decided_on_once(proposed: Campaign) -> None:
    commands.accept(proposed, "t0001")
    with pytest.raises(StaleDecisionError, match="accepted"):
        commands.accept(proposed, "t0001")


def test_a_veto_needs_a_reason(proposed: Campaign) -> None:
    with pytest.raises(FtassistError, match="needs a reason"):
        commands.veto(proposed, "t0001", "  ")


def test_an_accepted_trial_can_still_be_vetoed(proposed: Campaign) -> None:
    commands.accept(proposed, "t0001")
    commands.veto(proposed, "t0001", "changed my mind")
    assert proposed.state.trials["t0001"].status == "vetoed"


def test_an_edit_with_a_syntax_error_names_cell_and_line_and_changes_nothing(
    proposed: Campaign,
) -> None:
    with pytest.raises(CellError) as error:
        commands.edit(proposed, "t0001", {"train": "x = 1\ny = ("})
    assert "train" in str(error.value)
    assert proposed.refresh().trials["t0001"].cells == CELLS


def test_an_edit_of_an_unknown_stage_is_refused(proposed: Campaign) -> None:
    with pytest.raises(UnknownNameError, match="stage"):
        commands.edit(proposed, "t0001", {"trian": "x = 1"})


def test_two_open_campaigns_see_each_others_decisions(proposed: Campaign) -> None:
    other = Campaign.open(proposed.folder)
    commands.veto(proposed, "t0001", "no")
    assert other.refresh().trials["t0001"].status == "vetoed"


def test_the_test_split_cannot_be_opened_before_anything_is_scored(campaign: Campaign) -> None:
    with pytest.raises(FtassistError, match="nothing is scored"):
        open_test(campaign)


def test_the_test_split_cannot_be_opened_for_a_proposal(proposed: Campaign) -> None:
    with pytest.raises(FtassistError, match="proposed"):
        open_test(proposed, "t0001")


def test_a_second_opening_of_the_test_split_is_refused(proposed: Campaign) -> None:
    scored = {"feedback": {"score": 0.5, "low": 0.4, "high": 0.6, "n": 10}}
    proposed.say(Kind.TRIAL_SCORED, scored, trial="t0001")
    proposed.say(Kind.TRIAL_COMPLETED, {"seconds": {}}, trial="t0001")
    proposed.say(Kind.TEST_OPENED, {"reason": "first"}, trial="t0001")
    proposed.say(Kind.TEST_SCORED, {"scores": {}, "verdict": {}}, trial="t0001")
    with pytest.raises(SealedError, match="opened before"):
        open_test(proposed, "t0001")


def test_metrics_leave_out_a_half_written_last_row(proposed: Campaign) -> None:
    folder = proposed.trial_folder("t0001")
    folder.mkdir(parents=True)
    (folder / "metrics.jsonl").write_text('{"step": 1, "loss": 2.0}\n{"step": 2, "lo')
    page = trial_files.metrics(proposed.folder, "t0001")
    assert page.rows == ({"step": 1, "loss": 2.0},)
    assert trial_files.metrics(proposed.folder, "t0001", after=page.next).rows == ()
    assert trial_files.curve(proposed.folder, "t0001") == page.rows


def test_comparisons_leave_out_views_that_the_headline_does_not_count(tmp_path: Path) -> None:
    campaign = Campaign.create(tmp_path / "c", task="mini_math")
    items = [
        {"id": "a", "view": "shop", "score": 1.0},
        {"id": "b", "view": "home", "score": 0.0},
        {"id": "c", "view": "travel", "score": 0.0},
    ]
    write_json(campaign.folder / "scores" / "t0000.validation.json", {"items": items})
    assert queries.scores(campaign, "t0000") == {"a": 1.0, "b": 0.0, "c": 0.0}
    card = replace(campaign.task.card, reduction="scorer", headline_views=("shop", "home"))
    campaign._task = replace(campaign.task, card=card)
    assert queries.scores(campaign, "t0000") == {"a": 1.0, "b": 0.0}
    assert queries.views(campaign) is not None
    card = replace(card, headline_views=("shop",))
    campaign._task = replace(campaign.task, card=card)
    assert queries.scores(campaign, "t0000") == {"a": 1.0}
    assert queries.views(campaign) is None


@pytest.mark.parametrize("task", ["banking77", "clinc150", "gsm8k", NEEDS_DATA, "mini_math"])
def test_a_difference_is_that_of_the_headlines_where_views_are_of_unequal_size(
    tmp_path: Path, task: str
) -> None:
    campaign = Campaign.create(tmp_path / "c", task=task)
    scorer, (first, *others) = campaign.card.scorer, campaign.card.views
    views = [first, first, first, (others or [first])[-1]]
    items = [
        ItemScore(str(n), view, score, True, False, 1, "", "", "", _judged(scorer, view, score))
        for n, (view, score) in enumerate(zip(views, [1.0, 1.0, 0.0, 0.0], strict=True))
    ]
    told: dict[str, Any] = {"seconds": 1.0, "model_digest": "", "evaluator_digest": ""}
    fed = summarise(campaign.card, "validation", items, **told)
    written = {"items": [{"id": i.id, "view": i.view, "score": i.score} for i in items]}
    write_json(campaign.folder / "scores" / "t0000.validation.json", written)
    nothing = {item.id: 0.0 for item in items}
    ours, weighed = queries.scores(campaign, "t0000"), queries.views(campaign)
    verdict = judge(ours, nothing, campaign.card.metric, "t0000", (), 1, weighed)
    assert verdict.difference == pytest.approx(fed.score)


def _judged(scorer: str, view: str, score: float) -> Judged | None:
    return Judged(view, True, {"correct": score}, {"correct": score}, score) if scorer else None


def test_cs_bench_is_compared_on_its_multiple_choice_questions() -> None:
    card = load_card("cs_bench")
    assert card.headline_views == ("Multiple-choice",)
    assert set(card.headline_views) <= set(card.views)
