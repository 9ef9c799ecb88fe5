"""Kills nodes, hosts, workers, kernels and the runner of campaigns on Ray; counts what was lost.

    python -m benchmarks.cluster_soak --kills 20 [--minutes 30] [--nodes 3] [--json FILE]

As `benchmarks.soak` does on one machine: quick stand-in trials in real processes, SIGKILL at
random moments, and at the end of each campaign journal, files and evidence compared. The cluster
is Ray's own for tests: a head and nodes with one made-up device each, all on this machine; a node
that was killed is replaced by a new one. One campaign is run undisturbed, on this machine without
Ray: the others must have its scores. Beside that, processes are looked at all the time: a trial
that runs on two nodes at once is counted as broken. What this cannot show: networks, and machines
that differ. The loss of the head is tried in `tests/cluster`, not here: it takes Ray a
minute each time. Links are not cut.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from benchmarks.faults.accounts import note_differences
from benchmarks.faults.killing import Processes, left_over
from benchmarks.faults.patient_ray import named_ports, patience
from benchmarks.soak import ROOT, STAND_IN, Ride, Rider, make, summarise, table

from ftassist.campaign import Campaign, commands
from ftassist.files import write_json
from ftassist.journal.events import Kind

SILENT_SECONDS = 900.0
ENDS_SECONDS = 120.0
"""Ray takes its time to find that a node is gone, and to leave a cluster."""
KINDS = ("kernel", "worker", "host", "node", "evaluator", "runner")
_MARKS = {
    "kernel": "ftassist.trial.kernel_main",
    "worker": "ftassist.trial.worker",
    "host": "ray::NodeTrial",
}


class MadeUpCluster:
    """A Ray cluster of this machine whose nodes can be killed.

    Args:
        nodes: How many nodes beside the head.
        devices: Devices of each.
    """

    def __init__(self, nodes: int, devices: int = 1) -> None:
        from ray.cluster_utils import Cluster

        head = {"num_cpus": 0, "include_dashboard": False}
        with patience():
            self._cluster = Cluster(initialize_head=True, head_node_args=head | named_ports())
        self._devices = devices
        self._nodes: list[Any] = []
        for _ in range(nodes):
            self._add()

    @property
    def address(self) -> str:
        """Where it is."""
        return str(self._cluster.address)

    def kill_node(self, chosen: float) -> None:
        """Kills a node with all it runs, and has another one come."""
        node = self._nodes.pop(int(chosen * len(self._nodes)))
        self._cluster.remove_node(node, allow_graceful=False)
        self._add()

    def close(self) -> None:
        """Ends it."""
        self._cluster.shutdown()

    def _add(self) -> None:
        made: dict[str, Any] = {"num_cpus": self._devices, "num_gpus": self._devices}
        with patience():
            node = self._cluster.add_node(wait=False, **made, **named_ports())
        self._nodes.append(node)


class Watch:
    """Looks at processes all the time: kernels of one trial of two attempts at once.

    Args:
        folder: What their processes name.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.looks = 0
        self.twice: set[str] = set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends."""
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.2):
            folders: dict[str, set[str]] = {}
            self.looks += 1
            for pid in of_mark("kernel", self._folder):
                with suppress(psutil.Error, OSError):
                    folder = psutil.Process(pid).environ().get("FTASSIST_TRIAL_FOLDER", "")
                    if "/attempts/" in folder:
                        folders.setdefault(Path(folder).name, set()).add(folder)
            self.twice |= {f"{t}: {sorted(f)}" for t, f in folders.items() if len(f) > 1}


class ClusterRider(Rider):
    """Runs one campaign on a cluster to its end while it is being killed."""

    cluster: MadeUpCluster

    def _kill(self) -> None:
        assert self._process is not None
        kind, chosen = self._generator.choice(KINDS), self._generator.random()
        moment = self._moment()
        hit = 0
        if kind == "node":
            self.cluster.kill_node(chosen)
            hit = 1
        elif kind in ("runner", "evaluator"):
            hit = Processes(self._process.pid).kill(kind, chosen)
        elif found := of_mark(kind, self.folder.parent):
            with suppress(ProcessLookupError):
                os.kill(found[int(chosen * len(found))], signal.SIGKILL)
                hit = 1
        self.ride.injected[kind, moment] += bool(hit)
        if kind == "runner":
            self._process.wait()


def of_mark(kind: str, folder: Path) -> list[int]:
    """Living processes of one kind on the nodes: by command line, and of this folder only."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if not any(word.startswith(_MARKS[kind]) for word in words):
            continue
        with suppress(psutil.Error, OSError):
            if any(str(folder) in value for value in process.environ().values()):
                found.append(process.pid)
    return found


def soak(
    folder: Path, kills: int, nodes: int, trials: int, seed: int, minutes: float = 1e6
) -> tuple[list[Ride], Watch, float]:
    """Runs campaigns below a folder until all faults are injected, or the time is over."""
    generator = random.Random(seed)
    calm = make(folder / "calm", trials)
    rides = [Rider(calm, generator, STAND_IN).run(kills=0)]
    cluster = MadeUpCluster(nodes)
    watch = Watch(folder)
    begun = time.monotonic()
    done = 0
    try:
        while done < kills and time.monotonic() - begun < 60 * minutes:
            name = make(folder / f"c{len(rides):03d}", trials)
            commands.set_executor(Campaign.open(name), "ray", {"address": cluster.address})
            rider = ClusterRider(name, generator, STAND_IN, 2.0)
            rider.cluster = cluster
            rider.silent_seconds, rider.ends_seconds = SILENT_SECONDS, ENDS_SECONDS
            ride = rider.run(kills - done)
            note_differences(ride.account, calm, name)
            ride.account.broken += scored_twice(name)
            rides.append(ride)
            done += sum(ride.injected.values())
            print(f"{done}/{kills} kills; {ride.account}", file=sys.stderr, flush=True)
    finally:
        watch.close()
        cluster.close()
    return rides, watch, time.monotonic() - begun


def scored_twice(folder: Path) -> list[str]:
    """Trials whose journal holds more than one score."""
    events = Campaign.open(folder).journal.read()
    counts = Counter(e.trial for e in events if e.kind == Kind.TRIAL_SCORED)
    return [f"{trial} was scored {n} times" for trial, n in counts.items() if n > 1]


def main() -> int:
    """Runs the soak and prints the table; 1 if anything was lost."""
    parser = argparse.ArgumentParser(description="kill trials on a Ray cluster, count losses")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=1e6, help="no new campaign after that")
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--trials", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cluster-soak-")).resolve()
    os.environ["FTASSIST_CACHE"] = str(folder / "node")
    os.environ["PYTHONPATH"] = f"{ROOT}:{ROOT / 'src'}"
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    rides, watch, seconds = soak(
        folder,
        arguments.kills,
        arguments.nodes,
        arguments.trials,
        arguments.seed,
        arguments.minutes,
    )
    figures = summarise(rides, seconds) | {"ran on two nodes at once": sorted(watch.twice)}
    print(table(figures))
    print(json.dumps(figures, indent=1))
    if arguments.json:
        write_json(arguments.json, json.loads(json.dumps(figures)))
    broken = bool(figures["broken"] or watch.twice or left_over(folder))
    if not broken:
        shutil.rmtree(folder, ignore_errors=True)
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
