"""Trials through Ray itself: a head and two nodes with made-up devices, all on this machine.

Work is stood in for; Ray, the runner, the journal and all that
is between are the real ones. One cluster for all of them.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.campaign.conftest import FakeEvaluator, FakeLock
from tests.cluster.conftest import ROOTS, WORKER, SocketEvaluator, waited

from ftassist.campaign import Budget, Campaign, commands
from ftassist.campaign.runner import Runner
from ftassist.cluster.request import Request
from ftassist.cluster.workers import RayWorkers
from ftassist.journal import Kind
from ftassist.journal.state import Trial

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install ftassist[ray]")
LEASE = 3.0


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A head without devices and two nodes with one each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", ROOTS)
        patch.setenv("FTASSIST_CACHE", str(tmp_path_factory.mktemp("node")))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        made = started(3)
        yield made
        ray.shutdown()
        made.shutdown()


def started(tries: int) -> Any:
    """A cluster; Ray gives a node 30 s to start, which a machine at work may not keep."""
    from ray.cluster_utils import Cluster

    head = {"num_cpus": 0, "include_dashboard": False}
    for _ in range(tries):
        made = None
        try:
            made = Cluster(initialize_head=True, head_node_args=head)
            made.add_node(num_cpus=1, num_gpus=1)
            made.add_node(num_cpus=1, num_gpus=1)
            return made
        except Exception as error:
            if "timed out during startup" not in str(error):
                raise
            if made is not None:
                made.shutdown()
    if os.environ.get("CI") == "true":
        raise AssertionError("Ray could not start its nodes")
    pytest.skip("this machine is too busy for Ray to start its nodes in 30 s")


class Played:
    """A campaign whose trials are stand-ins, run on the cluster or on this machine."""

    def __init__(self, campaign: Campaign, cluster: Any, socket: Path) -> None:
        self.campaign = campaign
        self.request = Request(cluster.address)
        folder = campaign.folder

        def score(trial: str) -> None:
            FakeEvaluator(Campaign.open(folder), lambda _: 0.6).evaluate(trial, "validation")

        self.evaluator = SocketEvaluator(folder, socket, score)
        base = FakeEvaluator(campaign, lambda _: 0.5)
        base.environment = self.evaluator.environment  # type: ignore[method-assign]
        self._base = base

    def workers(self) -> RayWorkers:
        folder = self.campaign.folder
        return RayWorkers(folder, self.request, lease_seconds=LEASE, module=WORKER)

    def runner(self, workers: Any) -> Runner:
        runner = Runner(self.campaign, FakeLock(), idle_seconds=0.0)  # type: ignore[arg-type]
        runner._evaluator = self._base  # type: ignore[assignment]
        runner._workers = workers
        return runner

    def accept(self, trial: str, **wishes: Any) -> None:
        """A trial that a person proposed and accepted."""
        cells = {"curate": "0", "train": json.dumps(wishes), "evaluate": "0"}
        proposal = {"parent": "t0000", "cells": cells, "hypothesis": {}, "backend": "plain"}
        self.campaign.say(Kind.PROPOSAL_MADE, proposal, trial=trial, actor="agent:plain")
        commands.accept(self.campaign, trial)

    def trial(self, trial: str) -> Trial:
        return self.campaign.refresh().trials[trial]

    def scores(self, trial: str) -> int:
        found = self.campaign.journal.read()
        return sum(e.kind == Kind.TRIAL_SCORED and e.trial == trial for e in found)

    def close(self) -> None:
        self.evaluator.close()


@pytest.fixture
def played(cluster: Any, tmp_path: Path) -> Iterator[Played]:
    budget = Budget(trials=9)
    campaign = Campaign.create(
        tmp_path / "c", task="mini_math", review="always", budget=budget, panel=False
    )
    found = Played(campaign, cluster, tmp_path / "e")
    yield found
    found.close()


def step_until(runner: Runner, condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Works round by round until something is so."""

    def round_then_look() -> bool:
        runner._round()
        return condition()

    waited(round_then_look, seconds)


def test_trials_run_on_several_nodes_at_once_and_say_where(played: Played) -> None:
    played.accept("t0001", seconds=1.5)
    played.accept("t0002", seconds=1.5)
    workers = played.workers()
    assert workers.slots == 2
    assert workers.trouble == ""
    runner = played.runner(workers)
    try:
        scored = lambda: all(played.trial(t).status == "scored" for t in ("t0001", "t0002"))  # noqa: E731
        step_until(runner, scored)
    finally:
        workers.release()
    first, second = played.trial("t0001"), played.trial("t0002")
    assert first.node["id"] != second.node["id"]
    assert first.node["devices"] == ["0"]
    assert first.started is not None
    assert second.finished is not None
    assert second.started is not None
    assert first.finished is not None
    assert max(first.started, second.started) < min(first.finished, second.finished)
    assert [played.scores(t) for t in ("t0001", "t0002")] == [1, 1]


def test_a_worker_that_is_killed_is_a_lost_attempt_that_runs_again(played: Played) -> None:
    played.accept("t0001", seconds=20)
    workers = played.workers()
    runner = played.runner(workers)
    try:
        step_until(runner, lambda: played.trial("t0001").stage == "train")
        started = next(
            e.payload["pid"]
            for e in played.campaign.journal.read()
            if e.kind == Kind.TRIAL_STARTED and e.trial == "t0001"
        )
        os.kill(started, signal.SIGKILL)
        step_until(
            runner,
            lambda: played.trial("t0001").attempt == 2 and played.trial("t0001").stage == "train",
        )
    finally:
        workers.release()
    (lost,) = played.trial("t0001").losses
    assert "before it could report" in lost["message"]
    assert lost["stage"] == "train"
    assert played.trial("t0001").stages["curate"]["cached_from"] == "t0001"


def test_a_runner_that_leaves_ends_its_trials_and_the_next_goes_on(played: Played) -> None:
    played.accept("t0001", seconds=3)
    first = played.workers()
    runner = played.runner(first)
    step_until(runner, lambda: played.trial("t0001").stage == "train")
    first.release()
    waited(lambda: not stand_ins(played.campaign.folder))
    second = played.workers()
    runner = played.runner(second)
    try:
        step_until(runner, lambda: played.trial("t0001").status == "scored")
    finally:
        second.release()
    assert played.trial("t0001").attempt == 2
    assert played.trial("t0001").losses == ()
    assert played.scores("t0001") == 1


def test_a_node_that_is_lost_takes_no_trial_with_it(played: Played, cluster: Any) -> None:
    extra = cluster.add_node(num_cpus=1, num_gpus=1, resources={"spot": 1})
    played.request = Request(cluster.address, resources={"spot": 1})
    played.accept("t0001", seconds=30)
    workers = played.workers()
    runner = played.runner(workers)
    try:
        step_until(runner, lambda: played.trial("t0001").stage == "train")
        assert played.trial("t0001").node["id"] == extra.node_id
        cluster.remove_node(extra, allow_graceful=False)
        step_until(runner, lambda: bool(played.trial("t0001").losses))
        assert played.trial("t0001").status == "accepted"
        assert played.trial("t0001").losses[0]["node"]["id"] == extra.node_id
    finally:
        workers.release()


def test_a_request_that_no_node_can_meet_is_said_with_what_was_asked(played: Played) -> None:
    played.request = Request(played.request.address, gpus=8)
    workers = played.workers()
    try:
        assert workers.slots == 0
        assert "8 GPUs" in workers.trouble
    finally:
        workers.release()


def test_a_host_whose_head_is_silent_ends_by_itself(played: Played) -> None:
    from ftassist.cluster.node import Order
    from ftassist.cluster.ray_line import RayLine, connect

    connect(played.request.address)
    order = Order("t0001", lease_seconds=1.0)
    nodes = [n["NodeID"] for n in ray.nodes() if n["Alive"] and n["Resources"].get("GPU")]
    line = RayLine(order, nodes, {"num_cpus": 0}, lambda: False)
    line.call("hello")
    time.sleep(2.5)
    from ftassist.cluster.courier import LostError

    with pytest.raises(LostError):
        line.call("listen", 0, 0, 0, 0.1)


def stand_ins(folder: Path) -> list[int]:
    """Stand-in workers that run now."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if WORKER in (process.info["cmdline"] or ()) and process.pid != os.getpid():
            found.append(process.pid)
    return found
