"""What befalls a cluster, on Ray itself: nodes killed, frozen, full, leaving, and the head gone.

Work is stood in for. At most one score a trial, whatever happened, by the journal.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from benchmarks.faults.patient_ray import named_ports, patience
from tests.cluster.conftest import ROOT, ROOTS, WORKER, waited
from tests.cluster.played import Played, hosts, in_training, step_until

from ftassist.campaign import workers as local
from ftassist.campaign.workers import Workers
from ftassist.cluster import ray_line
from ftassist.cluster.request import ClusterRequest
from ftassist.cluster.workers import RayWorkers
from ftassist.journal import Kind

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install ftassist[ray]")
pytestmark = [pytest.mark.slow, pytest.mark.night]


def test_a_slow_host_loses_nothing_and_a_frozen_one_is_ended_before_its_trial_runs_again(
    played: Played,
) -> None:
    played.accept("t0001", seconds=25)
    workers = RayWorkers(
        played.campaign.folder,
        played.request,
        lease_seconds=60.0,
        silence_seconds=6.0,
        module=WORKER,
    )
    runner = played.runner(workers)
    try:
        step_until(runner, lambda: in_training(played))
        (host,) = hosts()
        host.suspend()
        time.sleep(3)
        host.resume()
        time.sleep(1)
        runner._round()
        assert played.trial("t0001").losses == ()
        pid = played.pids("t0001")[0]
        host.suspend()
        step_until(runner, lambda: bool(played.trial("t0001").losses), 90)
        assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie"
        (lost,) = played.trial("t0001").losses
        assert lost["node_lost"]
        step_until(runner, lambda: played.trial("t0001").attempt == 2)
    finally:
        workers.release()
    assert played.scores("t0001") == 0


def test_a_trial_on_a_node_that_will_be_taken_away_is_saved_and_goes_on_elsewhere(
    played: Played, cluster: Any
) -> None:
    leaves = add_spot(cluster)
    played.request = ClusterRequest(cluster.address, resources={"spot": 1})
    played.accept("t0001", seconds=4)
    workers = played.workers()
    runner = played.runner(workers)
    try:
        step_until(runner, lambda: in_training(played))
        other = add_spot(cluster)
        drain(cluster.address, leaves.node_id)
        step_until(runner, lambda: played.trial("t0001").status == "scored", 120)
    finally:
        workers.release()
        cluster.remove_node(leaves, allow_graceful=False)
        cluster.remove_node(other, allow_graceful=False)
    kinds = [e.kind for e in played.campaign.journal.read() if e.trial == "t0001"]
    assert kinds.count(Kind.TRIAL_PAUSED) == 1
    trial = played.trial("t0001")
    assert trial.losses == ()
    assert trial.node["id"] == other.node_id
    resumed = played.campaign.folder / "trials" / "t0001" / "data" / "resumed"
    assert resumed.read_text() == "step"
    assert played.scores("t0001") == 1


def add_spot(cluster: Any, **more: Any) -> Any:
    """One more node, with a resource that no other has."""
    spot = {"num_cpus": 1, "num_gpus": 1, "resources": {"spot": 1}}
    with patience():
        return cluster.add_node(**spot, **named_ports(), **more)


def drain(address: str, node: str) -> None:
    """Says, as a cloud does, that a node will be taken away."""
    from ray.core.generated import autoscaler_pb2

    client = ray._raylet.GcsClient(address=address)
    reason = autoscaler_pb2.DrainNodeReason.Value("DRAIN_NODE_REASON_PREEMPTION")
    moment = int((time.time() + 120) * 1000)
    accepted, why = client.drain_node(node, reason, "taken away", moment)
    assert accepted, why
    waited(lambda: node in ray_line.leaving(), 20)


def test_a_node_whose_disk_is_full_gets_no_trial_and_says_why(
    played: Played, cluster: Any, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)])
    if mounted.returncode:
        pytest.skip("no file system can be mounted here: needs root")
    full = None
    try:
        variables = {"FTASSIST_CACHE": str(disk), "PYTHONPATH": ROOTS}
        full = add_spot(cluster, env_vars=variables)
        played.request = ClusterRequest(cluster.address, resources={"spot": 1})
        workers = played.workers()
        try:
            assert workers.slots == 0
            assert "0.0 GiB are free" in workers.trouble
            assert str(disk) in workers.trouble
        finally:
            workers.release()
    finally:
        if full is not None:
            cluster.remove_node(full, allow_graceful=False)
        subprocess.run(["umount", "-l", str(disk)], check=False)


def test_a_campaign_begun_here_goes_on_on_ray_and_comes_back(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", ROOTS)
    monkeypatch.setattr(local, "MODULE", WORKER)
    folder = played.campaign.folder
    executors: list[Callable[[], Any]] = [lambda: here(folder), played.workers]
    for number, make in enumerate([*executors, executors[0]], start=1):
        trial = f"t{number:04d}"
        played.accept(trial)
        workers = make()
        runner = played.runner(workers)
        try:
            step_until(runner, partial(scored, played, trial))
        finally:
            workers.release()
    trials = [played.trial(f"t{number:04d}") for number in (1, 2, 3)]
    assert [bool(t.node) for t in trials] == [False, True, False]
    assert [t.score for t in trials] == [trials[0].score] * 3
    assert [played.scores(t.id) for t in trials] == [1, 1, 1]


def scored(played: Played, trial: str) -> bool:
    return played.trial(trial).status == "scored"


def here(folder: Path) -> Workers:
    """The executor of this machine, with stand-ins."""
    return Workers(folder, "", "", spare=False)


def test_a_new_runner_ends_what_a_killed_one_left_on_a_node_and_goes_on(
    played: Played, cluster: Any
) -> None:
    played.accept("t0001", seconds=2)
    killed = subprocess.Popen(
        [sys.executable, "-m", "tests.cluster.left_behind", str(played.campaign.folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": ROOTS, "FTASSIST_TEST_ADDRESS": cluster.address},
        stdin=subprocess.DEVNULL,
    )
    try:
        waited(lambda: in_training(played), 120)
        pid = played.pids("t0001")[0]
    finally:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    workers = played.workers()
    assert workers._left == {"t0001": played.trial("t0001").node["id"]}
    runner = played.runner(workers)
    try:
        step_until(runner, lambda: played.trial("t0001").attempt == 2)
        assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie"
        step_until(runner, lambda: played.trial("t0001").status == "scored")
    finally:
        workers.release()
    assert played.scores("t0001") == 1
    assert played.trial("t0001").losses == ()
