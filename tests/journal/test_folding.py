"""The fold: pure, incremental, and true to what happened."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ftassist.journal import Event, Kind, State, fold
from ftassist.records.budget import Budget

STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        Kind.PROPOSAL_MADE,
        {"parent": "t0000", "cells": {"curate": "", "train": "", "evaluate": ""}},
    ),
    (Kind.DECISION_EDITED, {"stage": "train", "source": "x"}),
    (Kind.DECISION_ACCEPTED, {"reason": ""}),
    (Kind.DECISION_VETOED, {"reason": "no"}),
    (Kind.TRIAL_STARTED, {"isolation": "none"}),
    (Kind.STAGE_STARTED, {"stage": "curate"}),
    (Kind.STAGE_FINISHED, {"stage": "curate", "seconds": 1.0}),
    (Kind.PREFLIGHT_PASSED, {"check": "rows"}),
    (Kind.EVALUATION_REFUSED, {"class": "INVALID", "what": "another model", "where": ""}),
    (Kind.ATTEMPT_SEEN, {"class": "INVALID", "what": "opens evaluation data", "where": "f"}),
    (Kind.TRIAL_SCORED, {"feedback": {"score": 0.5, "low": 0.4, "high": 0.6, "n": 9}}),
    (Kind.TRIAL_COMPLETED, {"seconds": {}}),
    (Kind.TRIAL_FAILED, {"class": "OOM", "message": "out of memory"}),
    (Kind.TRIAL_STOPPED, {"reason": "asked for"}),
    (Kind.TRIAL_JUDGED, {"parent": {"kind": "tied"}}),
    (Kind.NOTE, {"text": "n"}),
    ("a.kind.of.the.future", {}),
    (Kind.CAMPAIGN_PAUSED, {"reason": "r"}),
    (Kind.CAMPAIGN_RESUMED, {}),
    (Kind.INSIGHT_ADDED, {"insight": {"id": "i1", "text": "t"}}),
    (Kind.INSIGHT_RETRACTED, {"id": "i1"}),
    (Kind.REPLICATE_MADE, {"of": "t0000", "seed": 1}),
)
CREATED: dict[str, Any] = {"task": "mini_math", "review": "never", "budget": {"trials": 3}}


def history(*steps: tuple[str, str | None, dict[str, Any]]) -> list[Event]:
    """Events from (kind, trial, payload), after the campaign's creation."""
    first = (Kind.CAMPAIGN_CREATED, None, CREATED)
    return [
        Event(n, 100.0 + n, "test", kind, trial, payload)
        for n, (kind, trial, payload) in enumerate([first, *steps], start=1)
    ]


steps = st.lists(
    st.tuples(st.sampled_from(STEPS), st.sampled_from(["t0001", "t0002", None])), max_size=40
)


def build(drawn: list[tuple[Any, str | None]]) -> list[Event]:
    per_trial = {Kind.NOTE, Kind.CAMPAIGN_PAUSED, Kind.CAMPAIGN_RESUMED, "a.kind.of.the.future"}
    return history(
        *(
            (kind, None if kind in per_trial else trial or "t0001", payload)
            for (kind, payload), trial in drawn
        )
    )


@given(steps)
def test_any_prefix_folds_and_folding_in_two_steps_is_folding_at_once(drawn: Any) -> None:
    events = build(drawn)
    whole = fold(State(), events)
    for cut in range(len(events) + 1):
        prefix = fold(State(), events[:cut])
        assert fold(prefix, events[cut:]) == whole


@settings(max_examples=50)
@given(steps)
def test_folding_leaves_its_argument_and_the_events_as_they_were(drawn: Any) -> None:
    events = build(drawn)
    half = fold(State(), events[: len(events) // 2])
    before, payloads = copy.deepcopy(half), copy.deepcopy(events)
    fold(half, events[len(events) // 2 :])
    assert half == before
    assert events == payloads


def propose(trial: str = "t0001") -> tuple[str, str, dict[str, Any]]:
    return (Kind.PROPOSAL_MADE, trial, STEPS[0][1])


def run(*after: tuple[str, dict[str, Any]]) -> State:
    """A proposed, accepted and started trial, and then more events about it."""
    return fold(
        State(),
        history(
            propose(),
            (Kind.DECISION_ACCEPTED, "t0001", {}),
            (Kind.TRIAL_STARTED, "t0001", {"isolation": "none"}),
            *((kind, "t0001", payload) for kind, payload in after),
        ),
    )


SCORED = (Kind.TRIAL_SCORED, {"feedback": {"score": 0.5}})
COMPLETED = (Kind.TRIAL_COMPLETED, {"seconds": {"train": 2.0}})


def test_a_new_campaign_holds_the_base_waiting_to_be_scored() -> None:
    state = fold(State(), history())
    assert list(state.trials) == ["t0000"]
    assert state.base.role == "base"
    assert state.base.status == "accepted"
    assert (state.task, state.review, state.budget) == ("mini_math", "never", Budget(3))


def test_a_trial_is_scored_only_when_the_evaluator_scored_it_and_it_completed() -> None:
    assert run(SCORED, COMPLETED).trials["t0001"].score == 0.5
    assert run(SCORED).trials["t0001"].score is None


def test_a_trial_that_completes_without_a_score_has_failed() -> None:
    trial = run(COMPLETED).trials["t0001"]
    assert trial.status == "failed"
    assert "evaluator" in trial.failure.message


def test_an_invalid_trial_keeps_its_feedback_but_has_no_score() -> None:
    trial = run(SCORED, (Kind.TRIAL_FAILED, {"class": "INVALID", "message": "leak"})).trials[
        "t0001"
    ]
    assert trial.status == "invalid"
    assert trial.score is None
    assert trial.feedback.score == 0.5


def refused(kind: str, what: str = "another model") -> tuple[str, dict[str, Any]]:
    return (Kind.EVALUATION_REFUSED, {"class": kind, "what": what, "where": ""})


def test_a_cheat_that_was_refused_makes_a_trial_invalid_however_it_ends() -> None:
    endings = (COMPLETED, (Kind.TRIAL_FAILED, {"class": "CONFIG", "message": "oops"}))
    for steps in ([refused("INVALID"), SCORED], [SCORED, refused("INVALID")]):
        for ending in endings:
            trial = run(*steps, ending).trials["t0001"]
            assert (trial.status, trial.score) == ("invalid", None)
            assert trial.failure.message == "another model"
            assert trial.refusals[0]["by"] == "test"


def test_something_of_a_scored_trial_that_cheats_later_makes_it_invalid() -> None:
    assert run(SCORED, COMPLETED, refused("INVALID")).trials["t0001"].status == "invalid"


def test_a_spent_allowance_is_shown_and_does_not_spoil_the_score() -> None:
    trial = run(SCORED, refused("BUDGET"), COMPLETED).trials["t0001"]
    assert (trial.status, trial.score) == ("scored", 0.5)
    assert len(trial.refusals) == 1


def test_a_refusal_nobody_signed_is_that_of_the_only_trial_that_runs() -> None:
    unsigned = (Kind.EVALUATION_REFUSED, None, refused("INVALID", "the token is not valid")[1])
    started = [propose(), (Kind.TRIAL_STARTED, "t0001", {})]
    state = fold(State(), history(*started, unsigned, (COMPLETED[0], "t0001", COMPLETED[1])))
    assert state.trials["t0001"].status == "invalid"
    two = [propose("t0002"), (Kind.TRIAL_STARTED, "t0002", {})]
    state = fold(State(), history(*started, *two, unsigned))
    assert state.notes == ("refused: the token is not valid",)
    assert not any(trial.refusals for trial in state.trials.values())


def test_an_invalid_trial_uses_the_budget() -> None:
    assert run(refused("INVALID"), COMPLETED).trials_used == 1


def test_a_veto_of_a_running_trial_stands_whatever_the_worker_says_later() -> None:
    state = run((Kind.DECISION_VETOED, {"reason": "no"}), SCORED, COMPLETED)
    assert state.trials["t0001"].status == "vetoed"
    assert state.vetoes[0].reason == "no"


def test_a_worker_that_starts_after_the_veto_does_not_undo_it() -> None:
    state = run((Kind.DECISION_VETOED, {"reason": "no"}), (Kind.TRIAL_STARTED, {}))
    assert state.trials["t0001"].status == "vetoed"


def test_a_lost_or_paused_attempt_leaves_the_trial_waiting_and_its_seconds_counted() -> None:
    state = run((Kind.ATTEMPT_LOST, {"message": "killed", "stage": "train"}))
    assert state.trials["t0001"].status == "accepted"
    spent = state.trials["t0001"].seconds
    state = run(
        (Kind.ATTEMPT_LOST, {"message": "killed", "stage": "train"}),
        (Kind.TRIAL_STARTED, {}),
        (Kind.TRIAL_PAUSED, {"reason": "lunch", "stage": "train"}),
    )
    trial = state.trials["t0001"]
    assert trial.status == "accepted"
    assert trial.paused.stage == "train"
    assert [loss.message for loss in trial.losses] == ["killed"]
    assert trial.seconds > spent


def test_a_retry_runs_with_another_cell_and_says_so() -> None:
    failed = (Kind.TRIAL_FAILED, {"class": "OOM", "stage": "train", "message": "out of memory"})
    retried = {"reason": "out of memory", "stage": "train", "source": "y", "change": "half"}
    trial = run(failed, (Kind.TRIAL_RETRIED, retried)).trials["t0001"]
    assert trial.status == "accepted"
    assert trial.cells["train"] == "y"
    assert not trial.failure
    assert trial.retries[0]["change"] == "half"


def test_a_second_attempt_forgets_the_stages_of_the_first() -> None:
    state = run(
        (Kind.STAGE_FINISHED, {"stage": "curate", "seconds": 1.0}),
        (Kind.TRIAL_STARTED, {"isolation": "none"}),
    )
    assert state.trials["t0001"].attempt == 2
    assert state.trials["t0001"].stages == {}


def test_an_edit_replaces_one_cell_and_credits_the_person() -> None:
    state = fold(
        State(),
        history(propose(), (Kind.DECISION_EDITED, "t0001", {"stage": "train", "source": "x"})),
    )
    trial = state.trials["t0001"]
    assert trial.cells["train"] == "x"
    assert trial.edited == {"train": "test"}
    assert trial.changed == state.seq


def test_vetoed_and_pending_proposals_do_not_use_the_budget() -> None:
    state = fold(
        State(),
        history(
            propose("t0001"),
            propose("t0002"),
            propose("t0003"),
            (Kind.DECISION_VETOED, "t0001", {"reason": "no"}),
            (Kind.DECISION_ACCEPTED, "t0002", {}),
        ),
    )
    assert state.trials_used == 1
    assert [t.id for t in state.pending] == ["t0003"]


def test_a_replicate_repeats_cells_with_another_seed_and_is_no_child() -> None:
    state = fold(
        State(), history(propose(), (Kind.REPLICATE_MADE, "t0002", {"of": "t0001", "seed": 7}))
    )
    replicate = state.trials["t0002"]
    assert (replicate.role, replicate.seed, replicate.status) == ("replicate", 7, "accepted")
    assert replicate.cells == state.trials["t0001"].cells
    assert [t.id for t in state.children("t0000")] == ["t0001"]
    assert [t.id for t in state.replicates("t0001")] == ["t0002"]


def test_an_event_about_a_trial_nobody_proposed_changes_nothing() -> None:
    before = fold(State(), history())
    after = fold(before, [Event(2, 0.0, "x", Kind.TRIAL_SCORED, "t0009", {"feedback": {}})])
    assert after == dataclasses.replace(before, seq=2)


def _stopped(*middle: tuple[str, str | None, dict[str, Any]]) -> Any:
    proposed = (Kind.PROPOSAL_MADE, "t0001", dict(STEPS[0][1]))
    started = (Kind.TRIAL_STARTED, "t0001", {"isolation": "none"})
    return fold(State(), history(proposed, started, *middle)).trials["t0001"]


def test_a_trial_that_a_person_stopped_is_stopped_and_has_not_failed() -> None:
    trial = _stopped(
        (Kind.TRIAL_STOP_ASKED, "t0001", {"reason": "too slow"}),
        (Kind.TRIAL_STOPPED, "t0001", {"reason": "asked for", "stage": "train"}),
    )
    assert trial.status == "stopped"
    assert (trial.failure.class_, trial.failure.actor) == ("STOPPED", "test")
    assert (trial.failure.stage, trial.failure.message) == ("train", "too slow")
    assert not trial.stopping


def test_a_stopped_trial_whose_process_had_to_be_killed_is_stopped_all_the_same() -> None:
    killed = {"class": "KILLED", "stage": "train", "message": "ended by signal 9"}
    trial = _stopped((Kind.TRIAL_STOP_ASKED, "t0001", {}), (Kind.TRIAL_FAILED, "t0001", killed))
    assert trial.status == "stopped"


def test_what_failed_by_itself_before_the_wish_was_heard_has_failed() -> None:
    full = {"class": "OOM", "stage": "train", "message": "out of memory"}
    trial = _stopped((Kind.TRIAL_STOP_ASKED, "t0001", {}), (Kind.TRIAL_FAILED, "t0001", full))
    assert (trial.status, trial.failure.class_) == ("failed", "OOM")


def test_a_killed_trial_that_nobody_wished_to_end_has_failed() -> None:
    trial = _stopped((Kind.TRIAL_FAILED, "t0001", {"class": "KILLED", "message": "gone"}))
    assert trial.status == "failed"
