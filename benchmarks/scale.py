"""What trials on a cluster cost beside their work, and what follows for many devices.

    python -m benchmarks.scale measure --devices 4 --trials 16 --seconds 5 [--json FILE]
    python -m benchmarks.scale model [--costs FILE]

`measure` runs a campaign on Ray's made-up cluster of this machine, with stand-in trials that only
wait: the makespan against the ideal one, and the processor seconds of the runner. `model` plays
the same queues with given costs, for more devices than there are: one runner that proposes, starts
and judges, trials on devices, models that travel over the head's link one after the other, and one
evaluator. It knows no faults and no contention but these queues.
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
from benchmarks.cluster_soak import MadeUpCluster
from benchmarks.faults.stand_in import StandInAgent
from benchmarks.soak import ROOT, make

from ftassist.campaign import Campaign, commands, proposing, runner
from ftassist.campaign.lock import holder
from ftassist.cluster.request import ClusterRequest
from ftassist.cluster.workers import RayWorkers
from ftassist.dojo.evaluator import process
from ftassist.files import read_json, write_json
from ftassist.journal.state import State

WORKER = "benchmarks.faults.node_worker"
SECONDS_VARIABLE = "FTASSIST_SCALE_SECONDS"
DEVICES = (8, 16, 64, 256)


@dataclass(frozen=True)
class Costs:
    """Seconds of one trial outside its training.

    Attributes:
        runner: Of the runner's time: proposing, starting, events, judging.
        place: From the start of a trial to its first event on a node.
        transfer: Of the head's link, for one model.
        evaluate: Of the one evaluator.
        train: On its device; drawn between half and one and a half of it.
    """

    runner: float = 0.1
    place: float = 4.0
    transfer: float = 5.0
    evaluate: float = 60.0
    train: float = 1800.0


@dataclass(frozen=True)
class Played:
    """What came of it: makespan against the ideal, and how busy the queues were (0 to 1)."""

    devices: int
    trials: int
    makespan: float
    ideal: float
    evaluator: float
    link: float
    runner: float


def play(devices: int, trials: int, costs: Costs, evaluators: int = 1, seed: int = 0) -> Played:
    """Plays a campaign of independent trials; a device is held until its model is scored."""
    generator = random.Random(seed)
    durations = [costs.train * (0.5 + generator.random()) for _ in range(trials)]
    scorers = [0.0] * evaluators
    runner_free = link_free = end = 0.0
    begun = 0
    # What happens next: a device is idle, or a training on it has ended.
    coming = [(0.0, number, "idle") for number in range(devices)]
    while coming:
        now, device, what = heapq.heappop(coming)
        if what == "trained":
            link_free = max(link_free, now) + costs.transfer
            scored = max(heapq.heappop(scorers), link_free) + costs.evaluate
            heapq.heappush(scorers, scored)
            heapq.heappush(coming, (scored, device, "idle"))
            end = max(end, scored)
        elif begun < trials:
            runner_free = max(runner_free, now) + costs.runner
            trained = runner_free + costs.place + durations[begun]
            heapq.heappush(coming, (trained, device, "trained"))
            begun += 1
    return Played(
        devices,
        trials,
        round(end, 1),
        round(_ideal(durations, devices), 1),
        round(trials * costs.evaluate / (end * evaluators), 3),
        round(trials * costs.transfer / end, 3),
        round(trials * costs.runner / end, 3),
    )


def _ideal(durations: list[float], devices: int) -> float:
    """The makespan of the trainings alone, in the order they come."""
    free = [0.0] * devices
    for duration in durations:
        heapq.heappush(free, heapq.heappop(free) + duration)
    return max(free)


class WaitingAgent(StandInAgent):
    """Proposes trials that only wait, for as long as the environment says."""

    curate = "{{'variant': {variant}}}"
    train = ""

    def propose(self, context: Any, parent: str, k: int = 1) -> Any:
        """A trial whose train cell says how long it waits."""
        from dataclasses import replace

        (proposal,) = super().propose(context, parent, k)
        seconds = os.environ.get(SECONDS_VARIABLE, "1")
        cells = {**proposal.cells, "train": json.dumps({"seconds": float(seconds)})}
        return [replace(proposal, cells=cells)]


def run_waiting(folder: Path) -> int:
    """The runner of a campaign of trials that only wait."""

    def executor(campaign: Path, state: State, _: Any) -> RayWorkers:
        request = ClusterRequest.from_dict(state.executor.request)
        return RayWorkers(campaign, request, module=WORKER)

    proposing.backend_by_name = lambda *_: WaitingAgent()  # type: ignore[attr-defined]
    process.MODULE = "benchmarks.faults.stand_in_evaluator"
    runner.executor_of = executor  # type: ignore[assignment,attr-defined]
    return runner.main([str(folder)])


def measure(folder: Path, devices: int, trials: int, seconds: float) -> dict[str, Any]:
    """Runs such a campaign and says what it took."""
    os.environ["FTASSIST_CACHE"] = str(folder / "node")
    os.environ["PYTHONPATH"] = f"{ROOT}:{ROOT / 'src'}"
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ[SECONDS_VARIABLE] = str(seconds)
    cluster = MadeUpCluster(1, devices=devices)
    try:
        campaign = Campaign.open(make(folder / "c", trials))
        commands.set_executor(campaign, "ray", {"address": cluster.address})
        command = [sys.executable, "-m", "benchmarks.scale", "run", "--folder", str(folder / "c")]
        started = subprocess.Popen(command, cwd=ROOT)
        used = _processor(started, campaign, lambda: "t0001" in campaign.refresh().trials)
        begun = time.monotonic()
        after = _processor(started, campaign, lambda: _done(campaign.refresh(), trials))
        makespan = time.monotonic() - begun
        started.terminate()
        started.wait(60)
    finally:
        cluster.close()
    found = campaign.refresh().trials.values()
    ideal = -(-trials // devices) * seconds
    return {
        "date": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
        "machine": f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "devices": devices,
        "trials": trials,
        "seconds each": seconds,
        "makespan": round(makespan, 1),
        "ideal": ideal,
        "runner's processor seconds a trial": round((after[0] - used[0]) / trials, 3),
        "of these in threads of Ray": round((after[1] - used[1]) / trials, 3),
        "scored": sum(t.role == "trial" and t.status == "scored" for t in found),
        "lost attempts": sum(len(t.losses) for t in found),
    }


def _done(state: State, trials: int) -> bool:
    return sum(t.role == "trial" and t.status == "scored" for t in state.trials.values()) >= trials


def _processor(
    started: subprocess.Popen[bytes], campaign: Campaign, until: Callable[[], bool]
) -> tuple[float, float]:
    """Processor seconds of the runner, which the process that was started waits for.

    Returns:
        All of them, and those of threads that Ray has named.
    """
    while not until():
        if started.poll() is not None:
            raise RuntimeError("the runner ended before its trials had")
        time.sleep(0.05)
    runner = holder(campaign.folder)
    if runner is None:
        raise RuntimeError("no runner works on the campaign")
    process = psutil.Process(runner["pid"])
    times = process.cpu_times()
    of_ray = sum(
        thread.user_time + thread.system_time
        for thread in process.threads()
        if not _named(process.pid, thread.id).startswith("python")
    )
    return float(times.user + times.system), float(of_ray)


def _named(process: int, thread: int) -> str:
    """What the system calls a thread; Python gives its own no name there."""
    try:
        return Path(f"/proc/{process}/task/{thread}/comm").read_text()
    except OSError:
        return "python"


def main() -> int:
    """Measures, models, or runs a campaign for what measures."""
    parser = argparse.ArgumentParser(description="what trials on a cluster cost")
    parser.add_argument("what", choices=("measure", "model", "run"))
    parser.add_argument("--devices", type=int, default=4)
    parser.add_argument("--trials", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--costs", type=Path, help="seconds by name, as JSON")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    arguments = parser.parse_args()
    if arguments.what == "run":
        return run_waiting(arguments.folder)
    if arguments.what == "measure":
        folder = arguments.folder or Path(tempfile.mkdtemp(prefix="cluster-scale-"))
        figures: Any = measure(
            folder.resolve(), arguments.devices, arguments.trials, arguments.seconds
        )
    else:
        costs = Costs(**(read_json(arguments.costs) if arguments.costs else {}))
        figures = [
            {"evaluators": evaluators, **asdict(play(devices, 4 * devices, costs, evaluators))}
            for evaluators in (1, 4)
            for devices in DEVICES
        ]
    print(json.dumps(figures, indent=1))
    if arguments.json:
        write_json(arguments.json, figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
