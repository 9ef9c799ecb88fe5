"""The loop, with simulated trials: what it does next, and that nothing is lost or done twice."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ftassist.agent.backends.base import OutOfIdeasError
from ftassist.agent.backends.playbook import Playbook
from ftassist.campaign import Budget, Campaign, commands
from ftassist.campaign.commands import ask_stop
from ftassist.campaign.runner import MAX_LOSSES
from ftassist.errors import EvaluatorError, JournalError, ModelError
from ftassist.journal import Journal, Kind
from ftassist.records.baseline import ScoredBaseline
from ftassist.records.proposal import Proposal
from ftassist.trial.job import TrialJob

from .conftest import FakeEvaluator, FakeWorkers, Played

Make = Callable[..., Campaign]


def same(_: str) -> float:
    return 0.5


def improving(trial: str) -> float:
    return 0.2 if trial == "t0000" else 0.6


def test_the_base_is_scored_before_anything_is_proposed(make_campaign: Make) -> None:
    played = Played(make_campaign(), improving)
    played.run()
    kinds = [e.kind for e in played.campaign.journal.read()]
    assert kinds.index(Kind.TRIAL_SCORED) < kinds.index(Kind.PROPOSAL_MADE)
    assert played.evaluator.scored[0] == "t0000"


def test_a_base_that_cannot_be_scored_stops_the_campaign_until_it_is_run_again(
    make_campaign: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    played = Played(make_campaign(trials=1), improving)
    with monkeypatch.context() as broken:

        def refuse(*_: object) -> None:
            raise ModelError("the model folder has no model.safetensors")

        broken.setattr(played.evaluator, "evaluate", refuse)
        assert "no model.safetensors" in played.run()
    assert played.campaign.refresh().phase == "stopped"
    assert played.trials["t0000"].failure.class_ == "CONFIG"
    played.evaluator.alive = True
    played.run()
    assert played.trials["t0000"].status == "scored"
    assert played.campaign.refresh().phase == "finished"


def test_a_campaign_without_review_runs_to_its_budget_and_finishes(make_campaign: Make) -> None:
    played = Played(make_campaign(trials=3), improving)
    played.run()
    state = played.campaign.refresh()
    assert state.trials_used == 3
    assert state.phase == "finished"
    assert all(t.verdict for t in state.trials.values() if t.role == "trial")


def test_the_finalist_is_run_on_two_fresh_seeds_before_a_claim(make_campaign: Make) -> None:
    played = Played(make_campaign(trials=2), improving)
    played.run()
    state = played.campaign.refresh()
    assert state.finalist is not None
    seeds = {t.seed for t in state.replicates(state.finalist)}
    assert len(seeds) == 2
    assert state.trials[state.finalist].seed not in seeds
    assert state.claim["verdict"]["kind"] == "better"
    assert state.claim["verdict"]["against"] == "t0000"


def test_equal_trials_claim_nothing(make_campaign: Make) -> None:
    played = Played(make_campaign(trials=3), same)
    played.run()
    state = played.campaign.refresh()
    assert state.phase == "finished"
    assert state.claim.verdict.kind in (None, "tied")


def test_replicates_do_not_use_the_budget_of_trials(make_campaign: Make) -> None:
    played = Played(make_campaign(trials=2), improving)
    played.run()
    state = played.campaign.refresh()
    assert len(state.trials) == 1 + 2 + 2
    assert state.trials_used == 2


def test_with_review_always_nothing_is_proposed_until_asked(make_campaign: Make) -> None:
    played = Played(make_campaign(review="always"), improving)
    played.run()
    assert list(played.trials) == ["t0000"]
    played.campaign.say(Kind.PROPOSAL_ASKED)
    played.run()
    assert played.trials["t0001"].status == "proposed"
    assert played.workers.started == []


def test_an_accepted_proposal_is_run_and_judged(make_campaign: Make) -> None:
    played = Played(make_campaign(review="always"), improving)
    played.campaign.say(Kind.PROPOSAL_ASKED)
    played.run()
    commands.accept(played.campaign, "t0001")
    played.run()
    trial = played.trials["t0001"]
    assert trial.status == "scored"
    assert trial.verdict.kind == "better"
    assert trial.prediction.observed == pytest.approx(trial.verdict.difference)
    assert trial.analysis.text


def test_a_vetoed_proposal_is_never_run(make_campaign: Make) -> None:
    played = Played(make_campaign(review="always"), improving)
    played.campaign.say(Kind.PROPOSAL_ASKED)
    played.run()
    commands.veto(played.campaign, "t0001", "not this")
    played.run()
    assert played.workers.started == []


def test_a_trial_whose_worker_was_killed_is_started_again(make_campaign: Make) -> None:
    played = Played(make_campaign(trials=1), improving, deaths={"t0001": 1})
    played.run()
    assert played.workers.started.count("t0001") == 2
    assert played.trials["t0001"].status == "scored"
    assert played.trials["t0001"].attempt == 2


def test_a_trial_that_kills_every_worker_ends_as_killed(make_campaign: Make) -> None:
    played = Played(make_campaign(trials=1), improving, deaths={"t0001": 99})
    played.run()
    trial = played.trials["t0001"]
    assert trial.status == "failed"
    assert trial.failure.class_ == "KILLED"
    assert played.workers.started.count("t0001") == MAX_LOSSES


def test_a_runner_goes_on_with_a_trial_a_dead_runner_left_running(make_campaign: Make) -> None:
    campaign = make_campaign(review="always")
    played = Played(campaign, improving)
    campaign.say(Kind.PROPOSAL_ASKED)
    played.run()
    commands.accept(campaign, "t0001")
    campaign.say(Kind.TRIAL_STARTED, {"isolation": "none"}, trial="t0001", actor="worker")
    played.run()
    assert played.workers.started == ["t0001"]
    assert played.trials["t0001"].status == "scored"


def test_a_second_run_of_a_finished_campaign_does_nothing(make_campaign: Make) -> None:
    played = Played(make_campaign(trials=1), improving)
    played.run()
    before = [e.kind for e in played.campaign.journal.read()]
    played.run()
    after = [e.kind for e in played.campaign.journal.read()]
    assert after[len(before) :] == [Kind.RUNNER_STARTED, Kind.RUNNER_STOPPED]


def test_a_raised_budget_takes_the_search_up_again(make_campaign: Make) -> None:
    played = Played(make_campaign(trials=1), improving)
    played.run()
    commands.set_budget(played.campaign, Budget(trials=2).to_dict())
    played.run()
    assert played.campaign.refresh().trials_used == 2
    assert played.campaign.state.phase == "finished"


def test_a_paused_campaign_starts_nothing(make_campaign: Make) -> None:
    played = Played(make_campaign(), improving)
    commands.pause(played.campaign, "lunch")
    played.run()
    assert played.workers.started == []


def test_a_stopped_campaign_ends_its_runner_and_says_why(make_campaign: Make) -> None:
    campaign = make_campaign()

    def stop_at_the_first_trial(trial: str) -> float:
        if trial == "t0001":
            commands.stop(campaign, "enough")
        return 0.5

    assert Played(campaign, stop_at_the_first_trial).run() == "enough"
    stopped = [e for e in campaign.journal.read() if e.kind == Kind.RUNNER_STOPPED]
    assert stopped[-1].payload["reason"] == "enough"
    assert "t0002" not in campaign.refresh().trials


def test_a_new_runner_goes_on_with_a_stopped_campaign(make_campaign: Make) -> None:
    played = Played(make_campaign(trials=1), improving)
    commands.stop(played.campaign, "for the night")
    played.run()
    assert played.campaign.refresh().trials_used == 1


def test_a_campaign_whose_agent_is_out_of_ideas_ends_and_says_so(
    make_campaign: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_idea(*_: object, **__: object) -> list[Proposal]:
        raise OutOfIdeasError("nothing is left to try")

    monkeypatch.setattr(Playbook, "propose", no_idea)
    played = Played(make_campaign(trials=3), improving)
    played.run()
    state = played.campaign.refresh()
    failed = [e for e in played.campaign.journal.read() if e.kind == Kind.PROPOSAL_FAILED]
    assert len(failed) == 1
    assert state.phase == "finished"
    assert "nothing is left to try" in state.reason


def test_asking_when_the_budget_is_spent_is_answered(make_campaign: Make) -> None:
    played = Played(make_campaign(review="always", trials=1), improving)
    played.campaign.say(Kind.PROPOSAL_ASKED)
    played.run()
    commands.accept(played.campaign, "t0001")
    played.run()
    commands.set_budget(played.campaign, Budget(trials=1, seconds=99).to_dict())
    played.campaign.say(Kind.PROPOSAL_ASKED)
    played.run()
    assert "budget is spent" in played.campaign.refresh().asked.failed


def test_every_event_of_a_campaign_says_who_did_it(make_campaign: Make) -> None:
    played = Played(make_campaign(trials=1), improving)
    played.run()
    actors = {e.actor.split(":")[0] for e in played.campaign.journal.read()}
    assert actors == {"person", "runner", "agent", "worker", "evaluator"}


def test_a_trial_judged_before_a_kill_is_still_analysed_after_it(make_campaign: Make) -> None:
    campaign = make_campaign(trials=1)
    played = Played(campaign, improving)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ftassist.campaign.runner.analyse", killed)
        played.run()
    assert played.trials["t0001"].verdict
    assert not played.trials["t0001"].analysis
    played.evaluator.alive = True
    played.run()
    assert played.trials["t0001"].analysis.text


def test_a_trial_that_lost_attempts_in_three_runners_is_given_up(make_campaign: Make) -> None:
    campaign = make_campaign(review="always")
    played = Played(campaign, improving)
    campaign.say(Kind.PROPOSAL_ASKED)
    played.run()
    commands.accept(campaign, "t0001")
    for _ in range(MAX_LOSSES):
        campaign.say(Kind.ATTEMPT_LOST, {"message": "killed", "stage": "train"}, trial="t0001")
    played.run()
    assert played.workers.started == []
    assert played.trials["t0001"].failure.class_ == "KILLED"
    assert "killed" in played.trials["t0001"].failure.message


def test_a_veto_in_the_moment_of_acceptance_stands(
    make_campaign: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = make_campaign(trials=1)
    played = Played(campaign, improving)
    asked: list[object] = []

    def veto_meanwhile(*_: object) -> str:
        if not asked:
            asked.append(commands.veto(campaign, "t0001", "not this"))
        return "review: never"

    monkeypatch.setattr("ftassist.campaign.gate.accepts_alone", veto_meanwhile)
    played.run()
    assert played.trials["t0001"].status == "vetoed"
    assert "t0001" not in played.workers.started


class OutOfMemory(FakeWorkers):
    """Trials with a batch of more than 8 rows do not fit."""

    def start(self, job: TrialJob) -> None:
        journal = Journal(Path(job.campaign) / "journal.db")
        batch = re.search(r"batch_size=(\d+)", job.spec.cells["train"])
        if batch is None or int(batch[1]) > 8:
            self.started.append(job.spec.trial)
            self.running[job.spec.trial] = 1
            for kind, payload in (
                (Kind.TRIAL_STARTED, {"isolation": "none"}),
                (
                    Kind.TRIAL_FAILED,
                    {"class": "OOM", "stage": "train", "message": "CUDA out of memory",
                     "traceback": "", "peak_memory_mb": 900.0, "cuda_peak_mb": 7000.0},
                ),
            ):  # fmt: skip
                journal.append(actor="worker", kind=kind, trial=job.spec.trial, payload=payload)
            return
        super().start(job)


@pytest.mark.parametrize(("batch", "ends"), [(16, "scored"), (32, "failed")])
def test_a_trial_that_was_out_of_memory_runs_once_more_with_half_the_batch(
    make_campaign: Make, batch: int, ends: str
) -> None:
    played = Played(make_campaign(review="always"), improving)
    played.workers = OutOfMemory(played.evaluator, {})
    played.campaign.say(Kind.PROPOSAL_ASKED)
    played.run()
    cell = played.trials["t0001"].cells["train"]
    assert "train.sft(" in cell
    source = re.sub(r"batch_size=\d+", f"batch_size={batch}", cell)
    assert f"batch_size={batch}" in source
    commands.edit(played.campaign, "t0001", {"train": source})
    commands.accept(played.campaign, "t0001")
    played.run()

    trial = played.trials["t0001"]
    assert played.workers.started == ["t0001", "t0001"]
    assert trial.status == ends
    assert f"batch_size={batch // 2}" in trial.cells["train"]
    assert "accumulation=2" in trial.cells["train"]
    (retry,) = trial.retries
    assert retry["change"] == f"batch_size {batch} -> {batch // 2}, accumulation 1 -> 2"
    assert retry["cuda_peak_mb"] == 7000.0
    assert trial.analysis


class SlowEvaluator(FakeEvaluator):
    """Takes as long with the base as it is left alone; `meanwhile` is what a person does."""

    def __init__(self, campaign: Campaign, meanwhile: Callable[[], object]) -> None:
        super().__init__(campaign, improving)
        self.meanwhile = meanwhile
        self.ended = threading.Event()

    def evaluate(self, trial: str, split: str) -> None:
        """Ends when it is stopped, as a process does."""
        self.meanwhile()
        assert self.ended.wait(60), "nobody stopped the scoring of the base"
        raise EvaluatorError("the evaluator ended with status 0")

    def stop(self) -> None:
        super().stop()
        self.ended.set()


@pytest.mark.parametrize("wish", ["stop the campaign", "stop the trial"])
def test_a_campaign_can_be_stopped_while_its_base_is_scored(
    make_campaign: Make, wish: str
) -> None:
    played = Played(make_campaign(trials=1), improving)
    campaign = Campaign.open(played.campaign.folder)
    usual = played.evaluator

    def meanwhile() -> None:
        if wish == "stop the campaign":
            commands.stop(campaign, "enough")
        else:
            ask_stop(campaign, "t0000", "enough")

    played.evaluator = SlowEvaluator(played.campaign, meanwhile)
    assert played.run() == "enough"
    stopped = played.campaign.refresh()
    assert (stopped.phase, stopped.base.status) == ("stopped", "stopped")

    played.evaluator = usual
    played.campaign.say(Kind.CAMPAIGN_RESUMED)
    played.run()
    finished = played.campaign.refresh()
    assert (finished.phase, finished.base.status) == ("finished", "scored")


def test_a_base_that_was_being_scored_when_the_campaign_was_paused_is_noted(
    make_campaign: Make,
) -> None:
    played = Played(make_campaign(trials=1), improving)
    other = Campaign.open(played.campaign.folder)
    score = played.evaluator.evaluate

    def pause_first(trial: str, split: str) -> None:
        commands.pause(other, "lunch")
        score(trial, split)

    played.evaluator.evaluate = pause_first  # type: ignore[method-assign]
    played.run()
    assert played.campaign.refresh().phase == "paused"
    assert played.trials["t0000"].status == "scored"
    assert list(played.trials) == ["t0000"]


def test_a_journal_on_a_full_disk_ends_the_runner_and_the_next_one_goes_on(
    make_campaign: Make,
) -> None:
    played = Played(make_campaign(trials=2), improving)
    connection = played.campaign.journal._own()
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 1}")  # as a disk that fills up
    with pytest.raises(JournalError, match="disk is full"):
        played.run()
    before = played.campaign.refresh()
    assert before.phase != "finished"

    connection.execute("PRAGMA max_page_count = 1000000")
    played.evaluator.start()
    played.run()
    after = played.campaign.refresh()
    assert after.phase == "finished"
    assert after.trials_used == 2
    assert played.campaign.journal.damage is None
    assert all(t.status == "scored" for t in after.trials.values())


class WithBaselines(FakeEvaluator):
    """Has a classical baseline, as good as the base on its items."""

    def baselines(self, trial: str, rows: int, seed: int) -> list[ScoredBaseline]:
        """One, with item scores beside the trials'."""
        scores = self.campaign.folder / "scores"
        shutil.copyfile(
            scores / "t0000.validation.json", scores / "baseline-words.validation.json"
        )
        return [ScoredBaseline("baseline-words", "bag of words", rows, 3, ("s",), 0.3, 0.2, 0.4)]


def test_every_trial_is_compared_with_the_strongest_classical_baseline(
    make_campaign: Make,
) -> None:
    played = Played(make_campaign(trials=1), improving)
    played.evaluator = WithBaselines(played.campaign, improving)
    played.workers = FakeWorkers(played.evaluator, {})
    played.run()
    state = played.campaign.refresh()
    assert [found.name for found in state.baselines] == ["bag of words"]
    trial = state.trials["t0001"]
    assert trial.against_baseline.name == "bag of words"
    assert trial.against_baseline.against == "baseline-words"
    assert trial.against_baseline.n == trial.verdict.n
    assert trial.against_baseline.difference == pytest.approx(trial.verdict.difference)
