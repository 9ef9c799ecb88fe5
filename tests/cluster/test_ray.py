"""Trials through Ray itself: a head and two nodes with made-up devices, all on this machine.

Work is stood in for; Ray, the runner, the journal and all that
is between are the real ones. One cluster for all of them.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from benchmarks.faults.patient_ray import named_ports, patience
from tests.cluster.conftest import waited
from tests.cluster.played import Played, hosts, stand_ins, step_until

from ftassist.cluster.request import ClusterRequest
from ftassist.journal import Kind

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install ftassist[ray]")


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


def test_the_next_trial_begins_in_the_host_of_the_one_before(played: Played) -> None:
    workers = played.workers()
    workers._lease = 30.0
    runner = played.runner(workers)
    try:
        used = set()
        for trial in ("t0001", "t0002", "t0003"):
            played.accept(trial)
            step_until(runner, lambda t=trial: played.trial(t).status == "scored")  # type: ignore[misc]
            step_until(runner, lambda: not workers.running)
            used |= {process.pid for process in hosts()}
        assert len(used) == 1
    finally:
        workers.release()
    waited(lambda: not hosts())
    assert [played.scores(t) for t in ("t0001", "t0002", "t0003")] == [1, 1, 1]
    assert not list(Path(os.environ["FTASSIST_CACHE"]).glob("cluster/attempts/*"))


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
    spot = {"num_cpus": 1, "num_gpus": 1, "resources": {"spot": 1}}
    with patience():
        extra = cluster.add_node(**spot, **named_ports())
    played.request = ClusterRequest(cluster.address, resources={"spot": 1})
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
    played.request = ClusterRequest(played.request.address, gpus=8)
    workers = played.workers()
    try:
        assert workers.slots == 0
        assert "8 GPUs" in workers.trouble
    finally:
        workers.release()


def test_a_host_whose_head_is_silent_ends_by_itself(played: Played) -> None:
    from ftassist.cluster.node import Order
    from ftassist.cluster.ray_host import RayLine, end_hosts
    from ftassist.cluster.ray_line import connect
    from ftassist.cluster.warm import WarmHosts

    connect(played.request.address)
    order = Order("t0001", lease_seconds=1.0)
    nodes = [n["NodeID"] for n in ray.nodes() if n["Alive"] and n["Resources"].get("GPU")]
    warm = WarmHosts(end_hosts)
    line = RayLine(order, nodes, {"num_cpus": 0}, lambda: False, warm)
    line.call("hello")
    time.sleep(2.5)
    from ftassist.cluster.line import LostError

    with pytest.raises(LostError):
        line.call("listen", 0, 0, 0, 0.1)


def test_a_trial_that_asks_for_more_devices_than_a_node_has_fails_and_says_so(
    played: Played,
) -> None:
    played.accept("t0001", train="train.sft(model, 'data', 'model', devices=4)")
    workers = played.workers()
    runner = played.runner(workers)
    try:
        step_until(runner, lambda: played.trial("t0001").status == "failed")
    finally:
        workers.release()
    failure = played.trial("t0001").failure
    assert failure.class_ == "CONFIG"
    assert "asks for 4 devices; the largest node of the cluster has 1" in failure.message
