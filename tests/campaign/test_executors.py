"""The seam under the runner: where trials run is the journal's word, and may change."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.campaign.conftest import FakeWorkers, Played

from ftassist.campaign import Campaign, commands, runner
from ftassist.campaign.executors import executor_of
from ftassist.campaign.runner import Runner
from ftassist.campaign.workers import Workers
from ftassist.errors import DataError, UnknownNameError
from ftassist.journal import Kind
from ftassist.records.executor import NOT_CHOSEN, ChosenExecutor
from ftassist.records.interruption import Loss
from ftassist.trial.job import TrialJob
from ftassist.ui.executor_choice import choose, sentence

Make = Callable[..., Campaign]


def test_trials_run_on_this_machine_unless_somebody_says_otherwise(make_campaign: Make) -> None:
    campaign = make_campaign()
    assert campaign.state.executor == NOT_CHOSEN
    assert isinstance(executor_of(campaign.folder, campaign.state), Workers)


def test_an_executor_is_chosen_once_and_not_written_again(make_campaign: Make) -> None:
    campaign = make_campaign()
    choose(campaign, "ray", address="head:6379", gpus=2.0)
    choose(campaign, "ray")
    choose(campaign, None)
    events = [e for e in campaign.journal.read() if e.kind == Kind.EXECUTOR_CHANGED]
    assert len(events) == 1
    assert campaign.refresh().executor["request"]["address"] == "head:6379"
    assert "head:6379 (2 GPUs each)" in sentence(campaign)
    choose(campaign, "local")
    assert campaign.refresh().executor == ChosenExecutor("local")
    assert sentence(campaign) == ""


def test_an_executor_that_does_not_exist_names_those_that_do(make_campaign: Make) -> None:
    with pytest.raises(UnknownNameError, match="spark"):
        commands.set_executor(make_campaign(), "spark")


def test_an_address_without_a_cluster_is_refused(make_campaign: Make) -> None:
    with pytest.raises(DataError, match="--address"):
        choose(make_campaign(), None, address="auto")


def test_a_campaign_without_a_node_waits_for_one_and_goes_on_by_itself(
    make_campaign: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "TROUBLE_SECONDS", 0.0)
    played = Played(make_campaign(trials=1), lambda _: 0.5)
    played.workers.slots, played.workers.trouble = 0, "no node: start one"
    played.run()
    assert played.campaign.state.phase != "paused"  # nothing is to run yet: no proposal
    proposal: dict[str, Any] = {
        "parent": "t0000",
        "cells": {},
        "hypothesis": {},
        "backend": "playbook",
    }
    played.campaign.say(Kind.PROPOSAL_MADE, proposal, trial="t0001")
    played.run()
    state = played.campaign.refresh()
    assert (state.phase, state.waits_for, state.reason) == (
        "paused",
        "nodes",
        "no node: start one",
    )
    played.workers.slots, played.workers.trouble = 1, ""
    played.run()
    assert played.trials["t0001"].status == "scored"


def test_losses_with_a_node_do_not_count_against_a_trial(make_campaign: Make) -> None:
    played = Played(make_campaign(trials=1), lambda _: 0.5)
    played.run()
    trial = next(t for t in played.trials.values() if t.role == "trial")
    own = Loss("killed", "train")
    lost = replace(trial, losses=(replace(own, node_lost=True),) * 5 + (own,) * 2)
    assert runner._given_up(lost) == ""
    assert "killed" in runner._given_up(replace(lost, losses=(*lost.losses, own)))


def test_a_campaign_begun_here_goes_on_on_a_cluster_and_comes_back(
    make_campaign: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    played = Played(make_campaign(review="always", trials=3), lambda _: 0.5)
    there, here = played.workers, FakeWorkers(played.evaluator, {})
    clusters = {"ray": there, "local": here}
    found = lambda _, state, __: clusters[state.executor.name]  # noqa: E731
    monkeypatch.setattr(runner, "executor_of", found)
    for number, executor in enumerate(("local", "ray", "local"), start=1):
        choose(played.campaign, executor)
        trial = f"t{number:04d}"
        cells = dict.fromkeys(("curate", "train", "evaluate"), "0")
        proposal: dict[str, Any] = {"parent": "t0000", "cells": cells, "hypothesis": {}}
        played.campaign.say(Kind.PROPOSAL_MADE, proposal, trial=trial)
        commands.accept(played.campaign, trial)
        working = Runner(played.campaign, played.lock, idle_seconds=0.0)  # type: ignore[arg-type]
        working._scorer.process = played.evaluator  # type: ignore[assignment]
        working.run()
    assert here.started == ["t0001", "t0003"]
    assert there.started == ["t0002"]
    assert [t.status for t in played.trials.values()] == ["scored"] * 4


class Placing(FakeWorkers):
    """Takes trials and does not begin them: each is on its way to a node."""

    def start(self, job: TrialJob) -> None:
        self.started.append(job.spec.trial)
        self.running[job.spec.trial] = 0

    def reap(self) -> dict[str, int]:
        return {}


def test_a_trial_on_its_way_to_a_node_keeps_no_other_from_being_proposed(
    make_campaign: Make,
) -> None:
    played = Played(make_campaign(trials=8), lambda _: 0.5)
    workers = Placing(played.evaluator, {})
    workers.slots = 3
    running = Runner(played.campaign, played.lock, idle_seconds=0.0)  # type: ignore[arg-type]
    running._scorer.process = played.evaluator  # type: ignore[assignment]
    running._workers = workers
    until = time.monotonic() + 60
    while len(workers.started) < 3 and time.monotonic() < until:
        running._round()
        time.sleep(0.01)
    assert workers.started == ["t0001", "t0002", "t0003"]
    assert all(played.trials[trial].status == "accepted" for trial in workers.started)
