"""What the faces say in a sentence."""

from __future__ import annotations

from dataclasses import replace

from ftassist.campaign import Campaign
from ftassist.documents import summary
from ftassist.documents.looks import Looks, looks_sentence
from ftassist.documents.snapshot import take
from ftassist.documents.tree import rows
from ftassist.journal import State
from ftassist.records.budget import Budget
from ftassist.records.final import Claim
from ftassist.records.rungs import PartialRun
from ftassist.records.verdict import TrialVerdict


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


def test_looks_at_the_items_that_select_are_counted_with_what_they_do_to_a_claim(
    demo: Campaign,
) -> None:
    snapshot = take(demo)
    state = snapshot.state
    looks = Looks.of(state)
    assert (looks.trials, looks.seeds, looks.parts) == (5, 2, 0)
    assert looks.family == looks.planned + 1
    text = looks_sentence(snapshot)
    assert "items that select were looked at for 5 of" in text
    assert "were all 5 equally good, the best would look up to" in text
    assert f"paid for as one of {looks.family} comparisons; the sealed test" in text
    fewer = replace(snapshot, state=replace(state, budget=Budget(trials=3)))
    assert "(2 more than planned: it has grown with them)" in looks_sentence(fewer)
    other = replace(snapshot, metric={**snapshot.metric, "binary": False})
    assert "by luck alone" not in looks_sentence(other)
    assert looks_sentence(replace(snapshot, state=State())) == ""


def test_fresh_seeds_and_runs_in_part_are_looks_of_their_own(demo: Campaign) -> None:
    snapshot = take(demo)
    trials = dict(snapshot.state.trials)
    repeat = replace(trials["t0004"], id="t0099", role="replicate", replicate_of="t0004")
    part = PartialRun(0.25, 0.5, 0.4, 0.6, 60)
    trials |= {"t0099": repeat, "t0003": replace(trials["t0003"], partial=(part, part))}
    text = looks_sentence(replace(snapshot, state=replace(snapshot.state, trials=trials)))
    assert "and for 3 fresh seeds and 2 runs in part, on some of them;" in text


def test_a_claim_says_how_many_comparisons_it_is_paid_for(demo: Campaign) -> None:
    snapshot = take(demo)
    verdict = TrialVerdict("better", "t0000", 0.1, 0.02, 0.18, 0.001, 0.009, 9, 300)
    state = replace(snapshot.state, claim=Claim("t0004", verdict))
    text = summary.claim(replace(snapshot, state=state))
    assert "paid for as one of 9 comparisons on these items" in text
