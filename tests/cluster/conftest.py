"""Trials on nodes with stand-in work: a host in this process, or a Ray cluster on this machine."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Budget, Campaign
from ftassist.cluster import node_check
from ftassist.cluster.courier import Courier, Head
from ftassist.cluster.ledger import Ledger
from ftassist.cluster.line import LostError
from ftassist.cluster.node import NodeTrial, Order
from ftassist.cluster.parcel import Parcel
from ftassist.dojo.evaluator.protocol import SOCKET_VARIABLE, TOKEN_VARIABLE
from ftassist.journal import Journal, Kind
from ftassist.journal.events import Event
from ftassist.trial.job import TrialJob, TrialSpec

os.environ.setdefault("RAY_gcs_rpc_server_reconnect_timeout_s", "300")
"""One of the tests ends a head: Ray must not end the tests with it."""
ROOT = Path(__file__).parents[2]
ROOTS = os.pathsep.join([str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
WORKER = "benchmarks.faults.node_worker"
SECONDS = 60.0


class LocalLine:
    """Reaches a host that lives in this process, without Ray."""

    def __init__(self, host: NodeTrial) -> None:
        self.host = host
        self.heard = time.monotonic()
        self.cut = False
        self.ended = False
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def call(self, method: str, *arguments: Any, seconds: float = SECONDS) -> Any:
        if self.cut or self.ended:
            raise LostError("the node was lost")
        coroutine = getattr(self.host, method)(*arguments)
        found = asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(seconds)
        self.heard = time.monotonic()
        return found

    def gone_for_good(self) -> bool:
        return not self.cut

    def clear(self) -> bool:
        return not self.cut

    def leave(self) -> None:
        self.end()

    def end(self) -> None:
        if not self.ended:
            self.ended = True
            asyncio.run_coroutine_threadsafe(self.host.close(), self._loop).result(SECONDS)


class SocketEvaluator:
    """Scores whatever it is asked to, and notes what lay in the model's folder then."""

    def __init__(
        self, campaign: Path, path: Path, score: Callable[[str], None] | None = None
    ) -> None:
        self.campaign = campaign
        self._score = score or self._record
        self.path = path
        self.saw: list[dict[str, str]] = []
        self._listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listening.bind(str(path))
        self._listening.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def environment(self, trial: str) -> dict[str, str]:
        return {SOCKET_VARIABLE: str(self.path), TOKEN_VARIABLE: trial}

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                request = json.loads(stream.readline())
                stream.write(json.dumps(self._answer(request)).encode() + b"\n")

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        trial = request["token"]
        folder = self.campaign / "trials" / trial / request["model"]
        kinds = {
            p.name: "link" if p.is_symlink() else "file" if p.is_file() else "folder"
            for p in folder.iterdir()
        }
        self.saw.append(kinds)
        self._score(trial)
        return {"ok": True, "feedback": feedback_document(0.6)}

    def _record(self, trial: str) -> None:
        feedback = feedback_document(0.6)
        Journal(self.campaign / "journal.db").append(
            actor="evaluator",
            kind=Kind.TRIAL_SCORED,
            trial=trial,
            payload={"feedback": feedback},
        )


def feedback_document(score: float) -> dict[str, Any]:
    """What the journal keeps of a score."""
    return {"score": score, "low": score - 0.1, "high": score + 0.1, "n": 10, "views": {}}


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> str:
    """The module of the stand-in worker, findable by every process started from here."""
    monkeypatch.setenv("PYTHONPATH", ROOTS)
    return WORKER


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """A campaign's folder whose journal holds one accepted trial."""
    folder = tmp_path / "head" / "c"
    journal = Journal(folder / "journal.db", create=True)
    say = journal.append
    say(actor="person:a", kind=Kind.CAMPAIGN_CREATED, payload={"task": "mini_math"})
    proposal = {"parent": "t0000", "cells": {}, "hypothesis": {}}
    say(actor="agent:a", kind=Kind.PROPOSAL_MADE, trial="t0001", payload=proposal)
    say(actor="runner", kind=Kind.DECISION_ACCEPTED, trial="t0001", payload={"seen": 2})
    journal.close()
    return folder


@pytest.fixture
def evaluator(campaign: Path, tmp_path: Path) -> Iterator[SocketEvaluator]:
    found = SocketEvaluator(campaign, tmp_path / "e")
    yield found
    found.close()


class Post:
    """Carries one stand-in trial between a head and a host of this process."""

    def __init__(self, campaign: Path, evaluator: SocketEvaluator, module: str) -> None:
        self.campaign = campaign
        self.evaluator = evaluator
        self.module = module
        self.lines: list[LocalLine] = []
        self.store = campaign.parents[1] / "node"

    def job(self, attempt: int = 1, **wishes: Any) -> TrialJob:
        cells = {"curate": "", "train": json.dumps(wishes), "evaluate": ""}
        spec = TrialSpec("t0001", "mini_math", "tiny", cells, "mini_math")
        environment = self.evaluator.environment("t0001")
        return TrialJob(str(self.campaign), spec, attempt, evaluator=environment)

    def dial(self, after: float = 0.0) -> LocalLine:
        """A host of its own, once it has a place."""
        time.sleep(after)
        order = Order("t0001", module=self.module, lease_seconds=2.0)
        self.lines.append(LocalLine(NodeTrial(order, self.store)))
        return self.lines[-1]

    def courier(
        self,
        job: TrialJob,
        parcels: list[Parcel] | None = None,
        on_unfit: Callable[[str, str], None] = lambda node, why: None,
    ) -> Courier:
        courier = Courier(job, parcels or [], self.dial, self.head(on_unfit=on_unfit))
        courier.start()
        return courier

    def head(self, **changed: Any) -> Head:
        """What couriers of this campaign share."""
        ledger = Ledger(self.campaign / "journal.db")
        return replace(Head(node_check.report(), ledger, 2.0), **changed)

    def run(self, job: TrialJob, parcels: list[Parcel] | None = None) -> int | None:
        courier = self.courier(job, parcels)
        courier.join(SECONDS)
        return courier.code

    def events(self, kind: Kind | None = None) -> list[Event]:
        found = Journal(self.campaign / "journal.db").read()
        return [e for e in found if e.trial == "t0001" and kind in (None, e.kind)]

    def until(self, kind: Kind) -> None:
        waited(lambda: bool(self.events(kind)))


@pytest.fixture
def post(campaign: Path, evaluator: SocketEvaluator, stand_in: str) -> Post:
    return Post(campaign, evaluator, stand_in)


def waited(condition: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"it did not come true in {seconds:g} s")
        time.sleep(0.02)


@pytest.fixture(scope="package")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Ray head without devices and two nodes with one each, for all tests that need one.

    It ends with this folder's tests: Ray ends a process whose cluster breaks, without a word.
    """
    from tests.cluster.played import made_cluster

    yield from made_cluster(tmp_path_factory)


@pytest.fixture
def played(cluster: Any, tmp_path: Path) -> Iterator[Any]:
    """A campaign whose trials are stand-ins."""
    from tests.cluster.played import Played

    budget = Budget(trials=9)
    campaign = Campaign.create(
        tmp_path / "c", task="mini_math", review="always", budget=budget, panel=False
    )
    found = Played(campaign, cluster, tmp_path / "e")
    yield found
    found.close()
