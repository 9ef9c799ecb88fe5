"""A campaign's trials as runs of a tracker: what was chosen, what came of it, whose child."""

from __future__ import annotations

from ftassist.campaign import Campaign
from ftassist.campaign.trackers.runs import runs_of


def test_each_trial_that_ended_is_a_run_after_its_parent(demo: Campaign) -> None:
    runs = runs_of(demo)
    names = [run.trial for run in runs]
    ended = {"scored", "failed", "invalid", "stopped"}
    assert names == [t.id for t in demo.state.trials.values() if t.status in ended]
    assert all(run.parent in names[:at] for at, run in enumerate(runs) if run.parent)


def test_a_run_holds_arguments_scores_with_interval_and_verdict(demo: Campaign) -> None:
    run = next(run for run in runs_of(demo) if run.trial == "t0004")
    trial = demo.trial("t0004")
    assert run.parameters["train.sft.epochs"] == "3"
    assert run.metrics["score"] == trial.score
    assert run.metrics["low"] < run.metrics["score"] < run.metrics["high"]
    assert run.tags["ftassist.verdict"] == "better"
    assert run.status == "FINISHED"
    assert all(len(value) <= 500 for value in run.tags.values())


def test_a_failed_trial_is_a_failed_run_without_a_score(demo: Campaign) -> None:
    run = next(run for run in runs_of(demo) if run.trial == "t0005")
    assert run.status == "FAILED"
    assert "score" not in run.metrics
    assert run.tags["ftassist.failure"]
