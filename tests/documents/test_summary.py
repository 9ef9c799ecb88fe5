"""What the faces say in a sentence."""

from __future__ import annotations

from dataclasses import replace

from ftassist.campaign import Campaign
from ftassist.documents import summary
from ftassist.documents.snapshot import take
from ftassist.documents.tree import rows
from ftassist.journal import State


def test_what_the_validation_set_can_show_is_said_before_any_trial(demo: Campaign) -> None:
    snapshot = take(demo)
    text = summary.smallest_effect(snapshot)
    assert "320 validation items" in text
    assert "a true gain of about 8 points" in text


def test_nothing_is_said_of_a_validation_set_before_the_base_is_scored(demo: Campaign) -> None:
    snapshot = take(demo)
    unscored = replace(snapshot, state=State())
    assert summary.smallest_effect(unscored) == ""


def test_a_trial_whose_runner_is_gone_is_said_to_stand_still(demo: Campaign) -> None:
    snapshot = take(demo)
    (running,) = [row for row in rows(replace(snapshot, alive=True)) if row.word == "running"]
    (still,) = [row for row in rows(replace(snapshot, alive=False)) if row.still]
    assert (running.still, still.trial) == (False, running.trial)
    assert running.outcome.startswith("running")
    assert "no runner is there" in still.outcome
    assert "train" in running.remarks
    assert "no runner: stands still in train" in still.remarks
