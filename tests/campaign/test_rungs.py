"""Partial runs of a campaign: run to a rung, promoted or left at rest; whole runs alone count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ftassist.campaign import Campaign, commands, rungs
from ftassist.campaign.queries import search_tree
from ftassist.campaign.replaying import replay
from ftassist.documents.node import node
from ftassist.documents.snapshot import take
from ftassist.documents.tree import rows
from ftassist.errors import FtassistError
from ftassist.journal import Kind, Trial
from ftassist.journal.folding import fold
from ftassist.journal.state import State
from ftassist.records.interruption import Promotion
from ftassist.records.settings import CampaignSettings
from ftassist.search.policy import SearchTree
from ftassist.ui import waiting
from ftassist.ui.report.builder import build
from ftassist.ui.terminal import status, to_text
from ftassist.ui.trial_text import trial_page

from .conftest import Played

Make = Callable[..., Campaign]
CELL = (
    "from ftassist.recipes import train\n\n"
    'train.sft(model, "data", "model", learning_rate=0.001, seed=seed)'
)


def uneven(trial: str) -> float:
    """The base, one good trial, and others that are clearly worse."""
    return {"t0000": 0.5, "t0002": 0.8}.get(trial, 0.3)


@pytest.fixture
def halved(make_campaign: Make) -> Played:
    """A campaign of four trials with partial runs, played to its end."""
    played = Played(make_campaign(policy="asha", trials=4), uneven)
    played.run()
    return played


def test_a_trial_is_run_to_the_first_rung_and_the_better_ones_go_on(halved: Played) -> None:
    ran = halved.workers.rungs
    assert ran[:2] == [("t0001", 0.25), ("t0002", 0.25)]
    assert [rung for trial, rung in ran if trial == "t0002"] == [0.25, 0.5, 1.0]
    assert halved.trials["t0002"].status == "scored"


def test_what_is_clearly_behind_rests_and_says_where_and_what_it_cost(halved: Played) -> None:
    resting = [t for t in halved.trials.values() if t.status == "resting"]
    assert resting
    for trial in resting:
        run = trial.partial[-1]
        assert (run.n, run.steps, run.of_steps) == (150, round(20 * run.rung), 20)
        assert run.seconds > 0
        assert trial.score is None and not trial.feedback and not trial.verdict


def test_only_whole_runs_are_chosen_repeated_claimed_and_grown_from(halved: Played) -> None:
    state = halved.campaign.refresh()
    assert state.finalist == "t0002"
    assert state.claim
    assert {t.replicate_of for t in state.trials.values() if t.replicate_of} == {"t0002"}
    assert all(rung == 1.0 for trial, rung in halved.workers.rungs if trial > "t0004")
    scored = {t.id for t in state.trials.values() if t.score is not None}
    assert all(t.parent in scored for t in state.trials.values() if t.role == "trial")
    judged = {t.id for t in state.trials.values() if t.verdict}
    assert judged == {t.id for t in state.trials.values() if t.role == "trial"} & scored


def test_nothing_rests_at_the_end_that_may_be_the_best_within_its_noise(
    make_campaign: Make,
) -> None:
    played = Played(make_campaign(policy="asha", trials=3), lambda trial: 0.5)
    played.run()
    trials = [t for t in played.trials.values() if t.role == "trial"]
    assert [t.status for t in trials] == ["scored"] * 3


def test_nothing_is_run_on_once_the_time_of_trials_is_used_up(halved: Played) -> None:
    events = list(halved.campaign.journal.read())
    first = next(place for place, e in enumerate(events) if e.kind == Kind.TRIAL_PROMOTED)
    state, metric = fold(State(), events[:first]), halved.campaign.card.metric
    assert rungs.choices(state, metric, 1)
    over = [replace(state.budget, seconds=1e-6), replace(state.budget, device_hours=1e-12)]
    for budget in over:
        assert rungs.choices(replace(state, budget=budget), metric, 1) == []


def test_no_face_shows_a_partial_score_as_a_score(halved: Played) -> None:
    snapshot = take(halved.campaign)
    for row in rows(snapshot):
        if row.trial.status != "resting":
            continue
        shown = node(row.trial)
        assert (shown["score"], shown["low"], shown["high"], shown["verdict"]) == (None,) * 4
        rung = row.trial.partial[-1].rung
        assert shown["rung"]["rests"] and shown["rung"]["rung"] == rung
        assert (row.mark, row.word) == ("◐", "resting")
        assert f"rests at {100 * rung:.0f} %" in row.remarks
        assert "no score of its own" in row.outcome
    told = to_text(status(snapshot))
    assert "Partial runs:" in told and "rests at 25 %" in told
    report = build(halved.campaign)
    assert "Partial runs:" in report and "in part, at 25 %" in report
    page = to_text(trial_page(snapshot, snapshot.trial("t0002")))
    assert "in part, at 25 %" in page and "in part, at 50 %" in page


def test_rows_and_seconds_saved_are_counted_by_what_was_not_trained(halved: Played) -> None:
    state = halved.campaign.refresh()
    found = rungs.saved(state)
    assert found is not None
    left = [20 - t.partial[-1].steps for t in state.trials.values() if t.status == "resting"]
    assert (found.trials, found.rows) == (len(left), 16 * sum(left))
    assert found.seconds == pytest.approx(2.0 * sum(left), abs=0.1)


def test_a_promotion_is_decided_by_the_journal_when_the_runner_dies_before_the_run(
    make_campaign: Make,
) -> None:
    campaign = make_campaign(policy="asha", trials=2)
    played = Played(campaign, uneven, deaths={"t0002": 0})
    start = played.workers.start

    def die_at_half(job: object) -> None:
        if job.rung == 0.5:  # type: ignore[attr-defined]
            raise RuntimeError("killed")
        start(job)  # type: ignore[arg-type]

    played.workers.start = die_at_half  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        played.run()
    waiting = played.trials["t0002"]
    assert (waiting.status, waiting.promoted.rung) == ("accepted", 0.5)
    again = Played(campaign, uneven)
    again.run()
    assert again.workers.rungs[0] == ("t0002", 0.5)
    promoted = [e for e in campaign.journal.read() if e.kind == Kind.TRIAL_PROMOTED]
    assert [(e.trial, e.payload["rung"]) for e in promoted] == [("t0002", 0.5), ("t0002", 1.0)]


def test_an_attempt_that_is_lost_on_the_way_to_a_rung_runs_again_to_the_same(
    make_campaign: Make,
) -> None:
    played = Played(make_campaign(policy="asha", trials=2), uneven, deaths={"t0001": 1})
    played.run()
    assert played.workers.rungs[:2] == [("t0001", 0.25), ("t0001", 0.25)]


def test_the_policy_s_choices_come_out_the_same_when_they_are_made_again(halved: Played) -> None:
    found = list(replay(halved.campaign))
    promoted = [one for one in found if one.decision == "promotion"]
    assert promoted
    assert all(one.same for one in found), [one for one in found if not one.same]


def test_ftassist_in_parts_runs_on_what_is_worth_it_and_its_choices_replay(
    make_campaign: Make,
) -> None:
    played = Played(make_campaign(policy="ftassist-parts", trials=4), uneven)
    played.run()
    ran = played.workers.rungs
    assert ran[0] == ("t0001", 0.25)
    assert ("t0002", 1.0) in ran
    assert played.campaign.refresh().finalist == "t0002"
    promoted = [e for e in played.campaign.journal.read() if e.kind == Kind.TRIAL_PROMOTED]
    reasons = [str(event.payload["reason"]) for event in promoted]
    assert all("is expected to raise the recommended score" in reason for reason in reasons)
    assert all(one.same for one in replay(played.campaign))


def test_the_same_seed_gives_the_same_promotions(make_campaign: Make) -> None:
    made = []
    for name in ("a", "b"):
        played = Played(make_campaign(folder=name, policy="asha", trials=4), uneven)
        played.run()
        made.append(played.workers.rungs)
    assert made[0] == made[1]


def test_a_journal_folds_to_the_same_state_in_one_go(halved: Played) -> None:
    whole = fold(State(), halved.campaign.journal.read())
    assert whole.trials == halved.campaign.refresh().trials


def test_whoever_waits_for_a_trial_is_told_when_it_rests(make_campaign: Make) -> None:
    played = Played(make_campaign(policy="asha", review="always", trials=4), uneven)
    played.campaign.say(Kind.PROPOSAL_ASKED)
    played.run()
    commands.accept(played.campaign, "t0001")
    played.run()
    now = waiting.await_trial(played.campaign, "t0001", tell=lambda _: None, timeout=5.0)
    assert now.trials["t0001"].status == "resting"


def test_a_person_may_have_a_trial_run_on_to_its_end(make_campaign: Make) -> None:
    played = Played(make_campaign(policy="asha", review="always", trials=4), uneven)
    played.campaign.say(Kind.PROPOSAL_ASKED)
    played.run()
    commands.accept(played.campaign, "t0001")
    played.run()
    assert played.trials["t0001"].status == "resting"
    commands.promote(played.campaign, "t0001", whole=True)
    played.run()
    assert (played.trials["t0001"].status, played.workers.rungs[-1]) == ("scored", ("t0001", 1.0))
    with pytest.raises(FtassistError, match="cannot be run on"):
        commands.promote(played.campaign, "t0001")


@pytest.mark.parametrize(
    ("trial", "goal"),
    [
        (Trial(id="t0001", cells={"train": CELL}), 0.25),
        (Trial(id="t0001", cells={"train": CELL}, promoted=Promotion(0.5)), 0.5),
        (Trial(id="t0001", cells={"train": CELL}, role="replicate"), 1.0),
        (Trial(id="t0001", cells={"train": CELL.replace("sft", "dpo")}), 1.0),
        (Trial(id="t0001", cells={"train": CELL + "\nprint(model)"}), 1.0),
        (Trial(id="t0001", cells={"train": "import torch\ntorch.save({}, 'model')"}), 1.0),
    ],
    ids=["first", "promoted", "fresh seed", "no checkpoints", "more than a call", "own code"],
)
def test_only_a_training_that_can_be_gone_on_with_is_run_in_part(
    trial: Trial, goal: float
) -> None:
    assert rungs.goal(State(settings=CampaignSettings(rungs=(0.25, 0.5, 1.0))), trial) == goal
    assert rungs.goal(State(), trial) == 1.0


def test_a_campaign_of_another_policy_runs_its_trials_whole(make_campaign: Make) -> None:
    played = Played(make_campaign(trials=2), uneven)
    played.run()
    assert {rung for _, rung in played.workers.rungs} == {1.0}
    assert rungs.saved(played.campaign.refresh()) is None


def test_no_trial_is_begun_that_the_seconds_left_cannot_bring_to_its_end(
    make_campaign: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dear(tree: SearchTree) -> float:
        return 1e9 if any(node.seconds for node in tree.nodes[1:]) else 0.0

    monkeypatch.setattr("ftassist.search.paying.whole_run", dear)
    played = Played(make_campaign(policy="asha", trials=4), uneven)
    played.run()
    state = played.campaign.refresh()
    assert played.workers.rungs[:3] == [("t0001", 0.25), ("t0001", 0.5), ("t0001", 1.0)]
    assert [t.id for t in state.trials.values() if t.role == "trial"] == ["t0001"]
    assert state.phase == "finished"
    assert "pay for no whole run" in state.reason


def test_what_runs_now_takes_of_the_seconds_that_are_left(halved: Played) -> None:
    events = list(halved.campaign.journal.read())
    begun = next(
        place
        for place, e in enumerate(events)
        if e.kind == Kind.TRIAL_STARTED and e.trial == "t0002"
    )
    state, metric = fold(State(), events[: begun + 1]), halved.campaign.card.metric
    left = search_tree(state, metric).seconds_left
    assert left is not None and left < state.seconds_left
    before = fold(State(), events[:begun])
    ended = replace(before, trials={k: t for k, t in before.trials.items() if k < "t0002"})
    assert search_tree(ended, metric).seconds_left == ended.seconds_left


def test_a_person_who_decides_is_not_kept_from_another_trial_by_the_seconds_left(
    halved: Played,
) -> None:
    state, metric = halved.campaign.refresh(), halved.campaign.card.metric
    assert rungs.unpaid(state, metric) == ""
    short = replace(state, budget=replace(state.budget, seconds=state.seconds_used + 1e-9))
    assert "pay for no whole run" in rungs.unpaid(short, metric)
    assert rungs.unpaid(replace(short, review="always"), metric) == ""
