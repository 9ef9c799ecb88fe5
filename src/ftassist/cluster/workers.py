"""The executor on Ray: a campaign's trials on the nodes of a cluster.

Does for the runner what `campaign.workers` does with processes of one machine: starts trials,
says which have ended and how, stops, pauses and releases them. Finds out which nodes are fit, and
asks Ray for a place on one of them; Ray chooses. Knows nothing of what a trial does.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ftassist.cluster import node_check, ray_host, ray_line
from ftassist.cluster.courier import Courier, Head
from ftassist.cluster.far_scoring import HeadEvaluator
from ftassist.cluster.ledger import Ledger
from ftassist.cluster.line import CALL_SECONDS
from ftassist.cluster.node import WORKER, Order
from ftassist.cluster.node_check import NodeReport
from ftassist.cluster.parcel import Hashes, parcels_of
from ftassist.cluster.request import HEAD, ClusterRequest, room
from ftassist.cluster.warm import WarmHosts
from ftassist.errors import FtassistError
from ftassist.files import hash_text
from ftassist.isolation.support import REQUIRED
from ftassist.journal.events import Kind
from ftassist.journal.folding import fold
from ftassist.journal.state import State
from ftassist.journal.store import Journal
from ftassist.recipes.arguments import PRECISION
from ftassist.trial.job import TrialJob
from ftassist.trial.sandbox import DISK_VARIABLE, MEMORY_VARIABLE

LEASE_SECONDS = 30.0
LOOK_SECONDS = 5.0
LOOKS_AGAIN = 12
"""An unfit node is looked at again at every so many looks: its disk may have room again."""
STOP_SECONDS = 20.0
LEAVES = "is going to be taken away"
_TRAVELS = (PRECISION, MEMORY_VARIABLE, DISK_VARIABLE, "OMP_NUM_THREADS")
"""Variables of the head that trials depend on wherever they run."""
log = logging.getLogger("ftassist.runner")


class RayWorkers:
    """The trials of a campaign on a cluster.

    Args:
        campaign: The campaign's folder.
        request: Where the cluster is and what a trial needs of it.
        state: What is known of the campaign so far.
        lease_seconds: How long a trial goes on when its node hears nothing from here.
        silence_seconds: How long a node may take to answer before it counts as lost.
        module: What runs a trial on a node; another one only for stand-ins.
        evaluator: The campaign's evaluator; None while there is none.

    Raises:
        FtassistError: There is no Ray, or no cluster.
    """

    def __init__(
        self,
        campaign: Path,
        request: ClusterRequest,
        state: State | None = None,
        *,
        lease_seconds: float = LEASE_SECONDS,
        silence_seconds: float = CALL_SECONDS,
        module: str = WORKER,
        evaluator: Callable[[], HeadEvaluator | None] = lambda: None,
    ) -> None:
        self._campaign = campaign
        self._request = request
        self._lease = lease_seconds
        self._module = module
        self._hashes = Hashes()
        self._warm = WarmHosts(ray_host.end_hosts)
        self._head = node_check.report()
        self._connected = ray_line.connect(request.address)
        self._connected_at = time.monotonic()
        self._nodes: dict[str, tuple[dict[str, Any], list[str]]] = {}
        self._leaving: frozenset[str] = frozenset()
        self._silent = False
        journal = campaign / "journal.db"
        self._id = campaign_id(journal)
        known = state or fold(State(), Journal(journal).read())
        # What an earlier runner left: it may run on for as long as its lease.
        self._left = {t.id: t.node.id for t in known.with_status("running")}
        self._shared = Head(
            self._head,
            Ledger(journal, known),
            lease_seconds,
            silence_seconds,
            self._note_unfit,
            request.evaluate if self._head.seals else HEAD,
            evaluator,
        )
        self._ended = threading.Event()
        self.running: dict[str, Courier] = {}
        self._look(ray_line.nodes())
        threading.Thread(target=self._keep_looking, name="nodes", daemon=True).start()

    @property
    def slots(self) -> int:
        """How many trials the fit nodes have room for at once, whoever uses it now."""
        fit = self._fit()
        asked = self._request.of(fit)
        return 0 if self._silent else sum(room(node, asked) for node in fit)

    @property
    def most_devices(self) -> int:
        """The GPUs of the largest fit node; 1 without any."""
        return max([1, *(int(n["resources"].get("GPU", 0)) for n in self._fit())])

    @property
    def trouble(self) -> str:
        """Why no trial can run anywhere, with what to do; "" where one can."""
        if self.slots:
            return ""
        if self._silent:
            head = f"the head of the Ray cluster at {self._request.address!r} does not answer"
            return f"{head}, or Ray's process on this machine is gone"
        if not self._nodes:
            return f"the Ray cluster at {self._request.address!r} has no node"
        unfit = [f"{n['host']}: {'; '.join(t)}" for n, t in self._nodes.values() if t]
        leaving = [n["host"] for i, (n, _) in self._nodes.items() if i in self._leaving]
        unfit += [f"{host}: it {LEAVES}" for host in leaving]
        if not unfit:
            return f"no node of the cluster has room for a trial ({self._request.words()})"
        return "no node of the cluster can run trials: " + " | ".join(unfit)

    @property
    def pids(self) -> list[int]:
        """Those of a Ray that was started here: the runner must not take them for orphans."""
        return ray_line.started()

    def start(self, job: TrialJob) -> None:
        """Has a trial run on a node; returns at once.

        Raises:
            FtassistError: Its base model is not on this machine.
        """
        order = Order(job.spec.trial, self._id, self._environment(), self._lease, self._module)
        devices = job.spec.devices
        asked = self._request.of(self._fit(), devices)
        fit = [node["id"] for node in self._fit() if room(node, asked)]
        if not fit:
            self._refuse(job, devices)
            return
        courier = Courier(
            job,
            parcels_of(job.spec, self._hashes),
            lambda: ray_host.RayLine(order, fit, asked, lambda: courier.given_up, self._warm),
            self._shared,
            lambda: self._settle(job.spec.trial),
        )
        self.running[job.spec.trial] = courier
        courier.start()

    def _refuse(self, job: TrialJob, devices: int) -> None:
        """Fails a trial that no node can ever take."""
        most = max((n["resources"].get("GPU", 0.0) for n in self._fit()), default=0.0)
        failure = {
            "class": "CONFIG",
            "stage": "start",
            "message": f"the trial asks for {devices} devices; the largest node of the cluster"
            f" has {most:g}. Give devices={most:g} at most, or join a larger node",
        }
        self._shared.ledger.append(job.spec.trial, job.attempt - 1, Kind.TRIAL_FAILED, failure)

    def _settle(self, trial: str) -> None:
        """Makes sure that what an earlier runner left of a trial has ended, wherever it ran."""
        node = self._left.pop(trial, None)
        if not node or (node in self._nodes and ray_line.end_left(node, self._id, trial)):
            return
        until = self._connected_at + self._lease
        log.info("%s: its node may still run it for %.0f s", trial, until - time.monotonic())
        self._ended.wait(max(0.0, until - time.monotonic()))

    def reap(self) -> dict[str, int]:
        """Exit codes of trials that ended since the last call, as a worker's."""
        ended = {t: c.code for t, c in self.running.items() if c.code is not None}
        for trial in ended:
            del self.running[trial]
        return ended

    def stop(self, trial: str) -> None:
        """Stops a trial and waits until it is gone."""
        courier = self.running.pop(trial)
        courier.stop()
        courier.join(STOP_SECONDS)
        courier.release()

    def pause(self) -> None:
        """Asks all running trials to pause; they end by themselves."""
        for courier in self.running.values():
            courier.pause()

    def release(self) -> None:
        """Ends all trials; those that run are left for a later runner."""
        self._ended.set()
        for courier in self.running.values():
            courier.release()
        for courier in self.running.values():
            courier.join(STOP_SECONDS)
        self.running.clear()
        self._warm.close()
        self._shared.ledger.close()
        if self._connected:
            ray_line.disconnect()

    def serve(self, model: str, repository: str) -> None:
        """Needs no word of where things lie: every job says so."""

    def prepare_spare(self) -> None:
        """Keeps no spare on nodes."""

    def mind_spare(self) -> None:
        """Has none."""

    def _fit(self) -> list[dict[str, Any]]:
        return [
            node
            for name, (node, troubles) in self._nodes.items()
            if not troubles and name not in self._leaving
        ]

    def _environment(self) -> dict[str, str]:
        travels = {name: os.environ[name] for name in _TRAVELS if os.environ.get(name)}
        return travels | ({REQUIRED: "1"} if self._head.isolation != "none" else {})

    def _note_unfit(self, node: str, why: str) -> None:
        """Leaves out a node that could not take a trial, until it is looked at again."""
        if node in self._nodes:
            log.warning("node %s runs no trials: %s", self._nodes[node][0]["host"], why)
            self._nodes = {**self._nodes, node: (self._nodes[node][0], [why])}

    def _keep_looking(self) -> None:
        looks = 0
        while not self._ended.wait(LOOK_SECONDS):
            looks += 1
            self._warm.drop_old()
            try:
                if (there := self._nodes_there()) is not None:
                    self._look(there, again=looks % LOOKS_AGAIN == 0)
            except Exception:
                log.exception("the nodes cannot be looked at")

    def _nodes_there(self) -> list[dict[str, Any]] | None:
        """The nodes of a cluster whose head answers; one that came back is connected to anew.

        Trials that run are left to themselves: their nodes may well outlive the head. Those that
        have no place yet are started anew later.
        """
        if self._connected and (there := ray_line.reached()) is not None:
            self._silent = False
            return there
        if self._connected and not self._let_go():
            return None
        if self._silent:
            try:
                self._connected = ray_line.connect(self._request.address)
                self._connected_at = time.monotonic()
            except FtassistError as error:
                log.info("%s", error.what)
                return None
        self._silent = False
        return ray_line.nodes()

    def _let_go(self) -> bool:
        """Leaves a cluster that is silent, unless trials run there."""
        if not self._silent:
            where = self._request.address
            log.warning("the cluster at %s is silent, or Ray is gone from here", where)
        self._silent = True
        for courier in [c for c in list(self.running.values()) if not c.node]:
            courier.stop()  # it would wait for a place without an end
        self._warm.drop()
        if self.running:
            return False
        ray_line.disconnect()
        self._nodes, self._connected = {}, False
        return True

    def _look(self, nodes: list[dict[str, Any]], *, again: bool = False) -> None:
        """Takes note of nodes that came and went; looks at new ones, and unfit ones `again`."""
        there = {node["id"]: node for node in nodes}
        self._mind_leaving(there)
        for node in [node for node in self._nodes if node not in there]:
            log.warning("node %s is gone", self._nodes[node][0]["host"])
        known = {
            name: facts
            for name, facts in self._nodes.items()
            if name in there and not (again and facts[1])
        }
        new = [node for name, node in there.items() if name not in known]
        for facts, found in zip(new, looked_at(new, self._head), strict=True):
            for trouble in found:
                log.warning("node %s runs no trials: %s", facts["host"], trouble)
            known[facts["id"]] = (facts, found)
        self._nodes = known

    def _mind_leaving(self, there: Mapping[str, Any]) -> None:
        """Has trials on nodes that are going to be taken away saved; they go on elsewhere."""
        leaving = frozenset(ray_line.leaving()) & there.keys()
        for node in leaving - self._leaving:
            log.warning("node %s %s", there[node]["host"], LEAVES)
        self._leaving = leaving
        for courier in [c for c in list(self.running.values()) if c.node in leaving]:
            courier.pause()


def campaign_id(journal: Path) -> str:
    """What tells a campaign from others on the same nodes, wherever its folder lies."""
    first = Journal(journal).first()
    return hash_text(f"{first.time} {first.payload}" if first else str(journal))[:12]


def looked_at(nodes: list[dict[str, Any]], head: NodeReport) -> list[list[str]]:
    """Why each of some nodes can run no trials; empty where one can."""
    return [
        [found.what] if isinstance(found, FtassistError) else node_check.troubles(found, head)
        for found in reports(nodes)
    ]


def reports(nodes: list[dict[str, Any]]) -> list[NodeReport | FtassistError]:
    """What was found on each of some nodes, looked at all at once; or why nothing was."""
    from concurrent.futures import ThreadPoolExecutor

    def look(node: Mapping[str, Any]) -> NodeReport | FtassistError:
        try:
            return NodeReport.from_dict(ray_line.look_at(node["id"]))
        except FtassistError as error:
            return error

    if not nodes:
        return []
    with ThreadPoolExecutor(min(32, len(nodes))) as pool:
        return list(pool.map(look, nodes))
