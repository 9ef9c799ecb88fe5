"""Kills a campaign at random moments, lets it go on each time, and counts what was lost.

    python -m benchmarks.soak --kills 200 [--copies 10] [--training] [--seed 0] [--json FILE]

Runs campaign after campaign of quick stand-in trials (see `benchmarks.faults.stand_in`) in real
processes and sends SIGKILL at random moments: to a kernel, a worker, the evaluator, the runner, or
to all of them at once. A killed runner is started again; nothing else is done. At a few random
moments all processes are frozen and the folder is copied, as a power cut would leave it; every
copy is opened and run to its end as well. At the end of each campaign the journal, the files and
the evidence that cells left of their own runs are compared (`benchmarks.faults.accounts`).

With `--training` the trials are real: they curate, train the tiny model with checkpoints and are
scored by the real evaluator. One campaign is run undisturbed first; what the others are killed in
must have the same data, the same weights and the same scores, trial by trial. A trial that has
not is explained by the fingerprints of its numerics, or else counted as broken.

A fault counts as survived only if nothing at all is wrong with the campaign it was injected into.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.faults.accounts import Account, check, note_differences
from benchmarks.faults.killing import KINDS, Processes, left_over

from ftassist.campaign import Budget, Campaign
from ftassist.campaign.lock import holder
from ftassist.files import write_json

ROOT = Path(__file__).parents[1]
STAND_IN = "benchmarks.faults.stand_in"
TRAINING = "benchmarks.faults.training"
COPY = "power cut"
SILENT_SECONDS = {STAND_IN: 300.0, TRAINING: 1200.0}
"""How long a campaign may write nothing; more means that it hangs."""
TRIALS = 3
"""Trials of a campaign; its finalist is run on two more seeds."""
MOST_EVENTS = 16
"""A fault comes after 0 to 15 more events of the journal; a trial has about fourteen."""
MOST_WAIT = 12.0
"""... or after so many seconds."""
PAUSE = {STAND_IN: 0.5, TRAINING: 15.0}
"""... and up to so many seconds more; a training writes no events for long."""
COPY_SHARE = 0.06
"""How often a power cut is simulated after a wait, until there are enough of them."""
_ENDS_SECONDS = 10.0


@dataclass
class Ride:
    """One campaign and what was done to it.

    Attributes:
        injected: Faults by kind and by what the campaign was doing.
        copies: Copies of its folder, each as a power cut would leave it.
        account: What was found at its end.
    """

    injected: Counter[tuple[str, str]] = field(default_factory=Counter)
    copies: list[Path] = field(default_factory=list)
    account: Account = field(default_factory=Account)


class Rider:
    """Runs one campaign to its end while it is being killed.

    Args:
        folder: The campaign's folder.
        generator: Decides moments and kinds.
        runner: The module that is started as the campaign's runner.
        pause: Most seconds to wait after the events that a fault comes after.
    """

    def __init__(
        self,
        folder: Path,
        generator: random.Random,
        runner: str = STAND_IN,
        pause: float | None = None,
    ) -> None:
        self.folder = folder
        self.ride = Ride()
        self._generator = generator
        self._module = runner
        self._pause = PAUSE[runner] if pause is None else pause
        self._campaign = Campaign.open(folder)
        self.silent_seconds = SILENT_SECONDS[runner]
        self.ends_seconds = _ENDS_SECONDS
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, kills: int, copies: int = 0) -> Ride:
        """Runs it to its end, with at most so many kills and copies on the way."""
        heard, heard_at = 0, time.monotonic()
        while not self._finished():
            if self._campaign.state.seq > heard:
                heard, heard_at = self._campaign.state.seq, time.monotonic()
            if time.monotonic() - heard_at > self.silent_seconds:
                self.ride.account.broken.append("the campaign hangs")
                break
            self._keep_running()
            self._wait(self._generator.randrange(MOST_EVENTS), self._generator.random())
            if sum(self.ride.injected.values()) < kills:
                self._kill()
            if len(self.ride.copies) < copies and self._generator.random() < COPY_SHARE:
                self._copy()
        self._end()
        hangs = self.ride.account.broken
        self.ride.account = check(self.folder)
        self.ride.account.broken += hangs
        self.ride.account.broken += [f"process {p} is left" for p in left_over(self.folder)]
        return self.ride

    def _finished(self) -> bool:
        return self._campaign.refresh().phase == "finished"

    def _keep_running(self) -> None:
        """Starts a runner if there is none, and waits until it holds the campaign."""
        if self._process is not None and self._process.poll() is None:
            return
        environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
        log = self.folder / "logs" / "runner.log"
        log.parent.mkdir(exist_ok=True)
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module, str(self.folder)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=ROOT,
                env=environment,
                start_new_session=True,
            )
        while self._process.poll() is None:
            alive = holder(self.folder)
            if alive and alive["pid"] == self._process.pid:
                return
            time.sleep(0.02)

    def _wait(self, events: int, seconds: float) -> None:
        """Waits for so many events (some seconds at most), and then for a moment more."""
        until = self._campaign.refresh().seq + events
        deadline = time.monotonic() + MOST_WAIT
        while time.monotonic() < deadline and not self._finished():
            if self._campaign.state.seq >= until:
                break
            time.sleep(0.01)
        time.sleep(seconds * self._pause)

    def _kill(self) -> None:
        assert self._process is not None
        kind = self._generator.choice(KINDS)
        moment = self._moment()
        if Processes(self._process.pid).kill(kind, self._generator.random()):
            self.ride.injected[kind, moment] += 1
        if kind in ("runner", "all at once"):
            self._process.wait()

    def _copy(self) -> None:
        """Copies the folder while every process is frozen: no write is half-way in between."""
        assert self._process is not None
        frozen = []
        for _ in range(2):  # a second time for what was started during the first
            for pid in Processes(self._process.pid).all():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
                    frozen.append(pid)
        target = self.folder.with_name(f"{self.folder.name}-copy{len(self.ride.copies)}")
        try:
            # In a process of its own: closing a database file here would drop SQLite's locks.
            subprocess.run(["cp", "-a", str(self.folder), str(target)], check=True)
        finally:
            for pid in set(frozen):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
        self.ride.copies.append(target)
        self.ride.injected[COPY, self._moment()] += 1

    def _moment(self) -> str:
        """What the campaign does, as its journal tells."""
        running = self._campaign.refresh().with_status("running")
        if not running:
            return "between trials"
        return running[0].stage or "between stages"

    def _end(self) -> None:
        """Waits for the runner of a finished campaign, and for what it started."""
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(self.ends_seconds)
            if self._process.poll() is None:
                self.ride.account.broken.append("the runner does not end")
                self._process.kill()
                self._process.wait()
        deadline = time.monotonic() + self.ends_seconds
        while left_over(self.folder) and time.monotonic() < deadline:
            time.sleep(0.1)


def make(folder: Path, trials: int) -> Path:
    """A campaign that runs by itself."""
    budget = Budget(trials=trials, seconds=1e6)
    Campaign.create(folder, task="mini_math", review="never", budget=budget)
    return folder


def soak(
    folder: Path,
    kills: int,
    copies: int,
    seed: int,
    trials: int = TRIALS,
    runner: str = STAND_IN,
    pause: float | None = None,
) -> list[Ride]:
    """Runs campaigns below a folder until all faults are injected and all copies have ended."""
    generator = random.Random(seed)
    rides: list[Ride] = []
    calm = make(folder / "calm", trials)
    rides.append(Rider(calm, generator, runner).run(kills=0))
    done = copied = 0
    while done < kills:
        name = folder / f"c{len(rides):03d}"
        rider = Rider(make(name, trials), generator, runner, pause)
        ride = rider.run(kills - done, copies - copied)
        note_differences(ride.account, calm, name)
        rides.append(ride)
        done += sum(n for (kind, _), n in ride.injected.items() if kind != COPY)
        copied += len(ride.copies)
        for copy in ride.copies:
            ended = Rider(copy, generator, runner).run(kills=0)
            ride.account.broken += [f"copy: {text}" for text in ended.account.broken]
            note_differences(ride.account, calm, copy, "copy: ")
            shutil.rmtree(copy)
        _say(f"{done}/{kills} kills, {copied}/{copies} copies; {asdict(ride.account)}")
        if not ride.account.broken + ride.account.explained:
            shutil.rmtree(name)
    return rides


def summarise(rides: list[Ride], seconds: float) -> dict[str, Any]:
    """Faults by kind and moment, and what came of them."""
    injected: Counter[str] = Counter()
    survived: Counter[str] = Counter()
    moments: Counter[str] = Counter()
    for ride in rides:
        for (kind, moment), number in ride.injected.items():
            injected[kind] += number
            moments[moment] += number
            survived[kind] += number if not ride.account.broken else 0
    accounts = [ride.account for ride in rides]
    return {
        "date": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
        "machine": f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "seconds": round(seconds),
        "campaigns": len(rides),
        "injected": dict(injected),
        "survived": dict(survived),
        "moments": dict(moments),
        "trials": sum(a.trials for a in accounts),
        "scored": sum(a.scored for a in accounts),
        "given up": sum(a.given_up for a in accounts),
        "train cells run to their end": sum(a.runs for a in accounts),
        "trained as undisturbed": sum(a.alike for a in accounts),
        "given up, losses as undisturbed": sum(a.partly for a in accounts),
        "trainings": dict(Counter(kind for a in accounts for kind in a.trainings)),
        "unlike": [text for a in accounts for text in a.unlike],
        "explained": [text for a in accounts for text in a.explained],
        "broken": [text for a in accounts for text in a.broken],
    }


def table(figures: dict[str, Any]) -> str:
    """The figures as text."""
    lines = [f"{figures['date']}  {figures['machine']}  {figures['seconds']} s", ""]
    lines.append(f"{'fault':16}{'injected':>10}{'survived':>10}{'lost':>6}")
    for kind in (*KINDS, COPY):
        injected, survived = figures["injected"].get(kind, 0), figures["survived"].get(kind, 0)
        lines.append(f"{kind:16}{injected:10}{survived:10}{injected - survived:6}")
    total = sum(figures["injected"].values())
    kept = sum(figures["survived"].values())
    lines += [f"{'all':16}{total:10}{kept:10}{total - kept:6}", ""]
    lines += [f"at {moment}: {n}" for moment, n in sorted(figures["moments"].items())]
    lines.append(
        f"\n{figures['campaigns']} campaigns, {figures['trials']} trials: {figures['scored']} "
        f"scored, {figures['given up']} given up after three lost attempts (by rule); "
        f"{figures['train cells run to their end']} train cells ran to their end"
    )
    lines.append(
        f"{figures['trained as undisturbed']} scored trials as in the undisturbed run, to the "
        f"last digit, and {figures['given up, losses as undisturbed']} given up as far as they "
        f"got; {len(figures['explained'])} differ and are explained"
    )
    lines += [f"{number} trainings {kind}" for kind, number in figures["trainings"].items()]
    lines += [f"began otherwise: {text}" for text in figures["unlike"]]
    lines += [f"differs: {text}" for text in figures["explained"]]
    lines += [f"BROKEN: {text}" for text in figures["broken"]]
    return "\n".join(lines)


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S', time.gmtime())} {text}", file=sys.stderr, flush=True)


def main() -> int:
    """Runs the soak and prints the table; 1 if anything was lost."""
    parser = argparse.ArgumentParser(description="kill a campaign at random and count losses")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--copies", type=int, default=10, help="simulated power cuts")
    parser.add_argument("--training", action="store_true", help="real trainings, not stand-ins")
    parser.add_argument("--pause", type=float, help="most seconds more before a kill")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="work in this folder and keep broken campaigns")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    arguments = parser.parse_args()
    begun = time.monotonic()
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="soak-"))
    runner = TRAINING if arguments.training else STAND_IN
    rides = soak(
        folder.resolve(),
        arguments.kills,
        arguments.copies,
        arguments.seed,
        runner=runner,
        pause=arguments.pause,
    )
    figures = summarise(rides, time.monotonic() - begun)
    print(table(figures))
    if arguments.json:
        write_json(arguments.json, json.loads(json.dumps(figures)))
    if not arguments.keep and not figures["broken"]:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if figures["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
