"""A campaign's trials and curves are pandas frames in a notebook."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import ftassist
from ftassist.campaign import Campaign, commands, trial_files
from ftassist.errors import UnknownNameError
from ftassist.journal import Kind


def test_trials_are_a_frame_with_scores_and_verdicts(demo: Campaign) -> None:
    frame = ftassist.load(demo.folder).trials()
    state = demo.refresh()
    assert list(frame.index) == list(state.trials)
    for trial in state.trials.values():
        row = frame.loc[trial.id]
        assert row["status"] == trial.status
        assert (None if pd.isna(row["score"]) else row["score"]) == trial.score
        if trial.verdict:
            assert row["difference"] == trial.verdict.difference
            assert row["verdict"] == trial.verdict.kind
    assert frame["score"].notna().sum() >= 2
    assert str(frame["score"].dtype) == "Float64"
    assert str(frame["n"].dtype) == "Int64"
    assert frame["started"].dt.tz is not None


def test_trials_are_chosen_by_their_tags(demo: Campaign) -> None:
    commands.tag(demo, "t0002", "keep")
    commands.tag(demo, "t0004", "keep")
    commands.tag(demo, "t0004", "short")
    commands.note(demo, "t0004", "too short")
    frame = ftassist.load(demo.folder).trials()
    kept = frame[frame["tags"].map(lambda tags: "keep" in tags)]
    assert list(kept.index) == ["t0002", "t0004"]
    assert kept.loc["t0004", "tags"] == ("keep", "short")
    assert kept["notes"].tolist() == [0, 1]


def test_partial_runs_are_a_frame_by_trial_and_rung(demo: Campaign) -> None:
    assert ftassist.load(demo.folder).trials(rungs=True).empty
    feedback = {"score": 0.4, "low": 0.3, "high": 0.5, "n": 60, "seconds": 2.0}
    told = {"rung": 0.25, "feedback": feedback}
    demo.say(Kind.RUNG_SCORED, told, trial="t0011", actor="evaluator")
    frame = ftassist.load(demo.folder).trials(rungs=True)
    assert list(frame.index) == [("t0011", 0.25)]
    assert frame.loc[("t0011", 0.25), "score"] == 0.4
    assert frame.loc[("t0011", 0.25), "n"] == 60


def test_a_curve_is_a_frame_by_step(demo: Campaign) -> None:
    curve = ftassist.load(demo.folder).curve("t1")
    rows = trial_files.curve(demo.folder, "t0001")
    assert len(curve) == len(rows) > 10
    assert curve.index.name == "step"
    assert curve["loss"].iloc[0] == rows[0]["loss"]


def test_a_trial_that_has_not_trained_has_an_empty_curve(demo: Campaign) -> None:
    assert len(ftassist.load(demo.folder).curve("t0000")) == 0


def test_a_campaign_is_found_by_name_or_as_the_newest(demo: Campaign) -> None:
    root = demo.folder.parent
    assert ftassist.load(demo.folder.name, root).campaign.folder == demo.folder
    assert ftassist.load(root=root).campaign.folder == demo.folder
    assert demo.name in repr(ftassist.load(demo.folder))


def test_an_unknown_campaign_names_the_nearest(demo: Campaign, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=demo.folder.name):
        ftassist.load(f"{demo.folder.name}x", demo.folder.parent)
    with pytest.raises(UnknownNameError):
        ftassist.load(root=tmp_path / "nothing")
