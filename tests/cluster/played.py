"""A Ray cluster on this machine for all tests of trials on nodes, with stand-in work."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from benchmarks.faults.patient_ray import named_ports, patience
from tests.campaign.conftest import FakeEvaluator, FakeLock
from tests.cluster.conftest import ROOTS, WORKER, SocketEvaluator, waited

from ftassist.campaign import Campaign, commands
from ftassist.campaign.runner import Runner
from ftassist.cluster.request import ClusterRequest
from ftassist.cluster.workers import RayWorkers
from ftassist.journal import Kind
from ftassist.journal.state import Trial

LEASE = 3.0


def made_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A head without devices and two nodes with one each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", ROOTS)
        patch.setenv("FTASSIST_CACHE", str(tmp_path_factory.mktemp("node")))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        import ray

        made = started(3)
        yield made
        ray.shutdown()
        made.shutdown()


def started(tries: int) -> Any:
    """A cluster; Ray gives a node 30 s to start, which a machine at work may not keep."""
    from ray.cluster_utils import Cluster

    head = {"num_cpus": 0, "include_dashboard": False}
    one = {"num_cpus": 1, "num_gpus": 1}
    for _ in range(tries):
        made = None
        try:
            with patience():
                made = Cluster(initialize_head=True, head_node_args=head | named_ports())
                for _ in range(2):
                    made.add_node(wait=False, **one, **named_ports())
                made.wait_for_nodes(120)
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
        self.request = ClusterRequest(cluster.address)
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
        runner._scorer.process = self._base  # type: ignore[assignment]
        runner._workers = workers
        return runner

    def accept(self, trial: str, **wishes: Any) -> None:
        """A trial that a person proposed and accepted."""
        train = str(wishes.pop("train", "")) or json.dumps(wishes)
        cells = {"curate": "0", "train": train, "evaluate": "0"}
        proposal = {"parent": "t0000", "cells": cells, "hypothesis": {}, "backend": "plain"}
        self.campaign.say(Kind.PROPOSAL_MADE, proposal, trial=trial, actor="agent:plain")
        commands.accept(self.campaign, trial)

    def trial(self, trial: str) -> Trial:
        return self.campaign.refresh().trials[trial]

    def scores(self, trial: str) -> int:
        found = self.campaign.journal.read()
        return sum(e.kind == Kind.TRIAL_SCORED and e.trial == trial for e in found)

    def pids(self, trial: str) -> list[int]:
        """The processes of its attempts, as they told."""
        found = self.campaign.journal.read()
        started = [e for e in found if e.kind == Kind.TRIAL_STARTED and e.trial == trial]
        return [int(e.payload["pid"]) for e in started]

    def close(self) -> None:
        self.evaluator.close()


def step_until(runner: Runner, condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Works round by round until something is so."""

    def round_then_look() -> bool:
        runner._round()
        return condition()

    waited(round_then_look, seconds)


def stand_ins(folder: Path) -> list[int]:
    """Stand-in workers that run now."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if WORKER in (process.info["cmdline"] or ()) and process.pid != os.getpid():
            with suppress(psutil.Error):
                if process.environ().get("FTASSIST_CACHE") == os.environ["FTASSIST_CACHE"]:
                    found.append(process.pid)
    return found


def hosts() -> list[psutil.Process]:
    """The hosts of trials on all nodes of this machine."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if any(word.startswith("ray::NodeTrial") for word in process.info["cmdline"] or ()):
            with suppress(psutil.Error):
                if process.environ().get("FTASSIST_CACHE") == os.environ["FTASSIST_CACHE"]:
                    found.append(process)
    return found


def in_training(played: Played, trial: str = "t0001", attempt: int = 1) -> bool:
    """Whether a trial is in its training, on this attempt."""
    found = played.trial(trial)
    return found.stage == "train" and found.attempt == attempt
