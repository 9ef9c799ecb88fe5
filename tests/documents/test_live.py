"""What a running trial does is told, and so is that nothing works on it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ftassist.campaign import Campaign, commands
from ftassist.campaign.counted import Counted
from ftassist.documents import node, summary
from ftassist.documents.live import live_part
from ftassist.documents.progress import Moment, moment, now_line
from ftassist.documents.snapshot import Snapshot, take
from ftassist.files import write_json
from ftassist.journal import Kind
from ftassist.journal.state import Trial
from ftassist.records.asked import Asked
from ftassist.ui import terminal


@pytest.fixture
def alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Campaign, "runner_alive", lambda self: True)


def told(snapshot: Snapshot, trial: str) -> dict[str, object]:
    return live_part(snapshot, snapshot.trial(trial))


def test_a_running_trial_without_a_runner_stands_still(demo: Campaign) -> None:
    snapshot = take(demo)
    stalled = told(snapshot, "t0011")["stalled"]
    assert stalled == summary.stalled(snapshot)
    assert stalled == {
        "kind": "gone",
        "sentence": "no runner is there: t0011 stands still in train",
    }
    assert "no runner works on it" in now_line(demo, demo.state)
    assert "`run` starts one" in terminal.to_text(terminal.status(snapshot))


def test_with_a_runner_nothing_stands_still(demo: Campaign, alive: None) -> None:
    snapshot = take(demo)
    assert told(snapshot, "t0011")["stalled"] is None
    assert summary.stalled(snapshot) is None
    assert "no runner" not in now_line(demo, demo.state)


def test_what_waits_for_a_decision_needs_no_runner(demo: Campaign) -> None:
    demo.say(Kind.TRIAL_STOPPED, {"reason": "asked for"}, trial="t0011")
    snapshot = take(demo)
    assert summary.stalled(snapshot) is None
    assert told(snapshot, "t0012")["stalled"] is None


def test_an_accepted_trial_and_a_wish_wait_for_a_runner(
    demo: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Campaign, "start_runner", lambda self: 1)
    demo.say(Kind.TRIAL_STOPPED, {"reason": "asked for"}, trial="t0011")
    commands.ask_proposal(demo)
    assert summary.stalled(take(demo)) == {
        "kind": "waiting",
        "sentence": "the wish for a proposal waits: no runner is there",
    }
    commands.accept(demo, "t0012")
    snapshot = take(demo)
    assert told(snapshot, "t0012")["stalled"] == {
        "kind": "waiting",
        "sentence": "t0012 waits: no runner works on this campaign",
    }


def test_a_stage_without_steps_shows_none(demo: Campaign, alive: None) -> None:
    demo.say(Kind.STAGE_STARTED, {"stage": "curate"}, trial="t0011")
    progress = told(take(demo), "t0011")["progress"]
    assert isinstance(progress, dict)
    assert (progress["step"], progress["steps"], progress["items"]) == (None, None, None)
    assert progress["text"] == "t0011 curate"


def test_the_items_of_an_evaluation_reach_card_tree_and_status(
    demo: Campaign, alive: None
) -> None:
    demo.say(Kind.STAGE_STARTED, {"stage": "evaluate"}, trial="t0011")
    began = (demo.refresh().trials["t0011"].started or 0.0) + 1
    counting = {"trial": "t0011", "split": "validation", "done": 120, "of": 320}
    path = demo.folder / "scores" / "progress.json"
    write_json(path, {**counting, "started": began, "time": began + 12})
    snapshot = take(demo)
    progress = told(snapshot, "t0011")["progress"]
    assert isinstance(progress, dict)
    assert (progress["items"], progress["of_items"], progress["step"]) == (120, 320, None)
    assert progress["seconds_left"] == pytest.approx(20.0)
    line = "t0011 evaluate ████░░░░░░ 120 of 320 items · 20 s left"
    assert progress["text"] == line
    assert now_line(demo, demo.state) == line
    assert line in terminal.to_text(terminal.status(snapshot))


def test_the_scoring_of_the_base_is_called_so() -> None:
    base = Trial(id="t0000", role="base", status="running", stage="evaluate")
    assert moment(base, ()).text == "t0000 scoring the base model"
    counted = moment(base, (), Counted(120, 320, 20.0))
    assert counted.text == ("t0000 scoring the base model ████░░░░░░ 120 of 320 items · 20 s left")
    assert Moment("t0001", "train").text == "t0001 train"


def test_a_stopped_trial_shows_what_it_tried_and_no_failure(demo: Campaign) -> None:
    title = node(demo.state.trials["t0011"])["title"]
    demo.say(Kind.TRIAL_STOP_ASKED, {"reason": ""}, trial="t0011", actor="person:ada")
    demo.say(Kind.TRIAL_STOPPED, {"reason": "asked for", "stage": "train"}, trial="t0011")
    snapshot = take(demo)
    shown = node(snapshot.trial("t0011"))
    assert (shown["word"], shown["mark"], shown["failure"]) == ("stopped", "■", None)
    assert shown["title"] == title
    live = told(snapshot, "t0011")
    assert live["outcome"] == "stopped by ada (person) in train"
    text = terminal.to_text(terminal.tree(snapshot))
    assert "KILLED" not in text and "STOPPED" not in text


def test_a_wish_is_no_thinking_while_the_base_is_scored(demo: Campaign, alive: None) -> None:
    snapshot = take(demo)
    trials = {**snapshot.state.trials}
    trials["t0000"] = replace(trials["t0000"], status="running")
    asked = replace(snapshot.state, trials=trials, asked=Asked(seq=7))
    without = {name: t for name, t in trials.items() if t.status != "proposed"}
    asked = replace(asked, trials=without)
    waiting = summary.waiting(replace(snapshot, state=asked))
    assert waiting == "a proposal is made once the base model is scored"
