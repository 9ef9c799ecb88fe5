"""What a trial costs beyond its own training and generation, against a bare script.

    python -m benchmarks.trial_overhead [--rounds 5] [--rows 200] [--json figures.json]

Does the same work three ways, in turn, in every round of one run: a bare script (one fresh Python
process that curates, trains and asks the evaluator), a trial in a fresh worker, and a trial in a
worker that was started ahead of time with a spare kernel, its imports done. All three train the
tiny model on rows of mini_math, with the same thread settings, and are scored by the same
evaluator process.

Overhead is the wall time from asking for the work to its end, minus the seconds of the optimizer
steps and of generating and scoring. CPU is what the script, or the worker with its kernel, used
in all: training included, the evaluator left out. It says most on a machine that is not quiet.
The stage cache is off. Medians over the rounds.

Where the overhead goes stands below: the cells of curation and scoring without generation, the
phases of `train.sft` but its steps, and what lies around the cells.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ftassist.dojo.evaluator.process import EvaluatorProcess
from ftassist.dojo.task_loader import load_task
from ftassist.files import read_json, write_json
from ftassist.journal import Journal, Kind
from ftassist.trial.job import TrialJob, TrialSpec
from ftassist.trial.sandbox import kernel_environment

TASK = "mini_math"
MODEL = "tiny"
CURATE = """\
from ftassist.recipes import curate

rows = curate.load(repository, {{"lessons_shop": {rows}}}, seed=seed)
rows = curate.decontaminate(rows)
curate.export(rows, "data")"""
TRAIN = """\
from ftassist.recipes import train

train.sft(model, "data", "model", learning_rate=3e-3, epochs=1, batch_size=32, seed=seed)"""
EVALUATE = """\
from ftassist.dojo import evaluate

evaluate("model")"""


@dataclass(frozen=True)
class Timing:
    """One run: seconds of wall time, of its steps, generation and other parts, and of CPU."""

    way: str
    wall: float
    cpu: float
    training: float
    generation: float
    parts: dict[str, float]

    @property
    def overhead(self) -> float:
        """What is left."""
        return self.wall - self.training - self.generation


class Bench:
    """Runs the same work in each way below one folder.

    Args:
        folder: Where trials are kept; holds a journal.
        evaluator: Scores all of them.
        rows: Training rows.
    """

    def __init__(self, folder: Path, evaluator: EvaluatorProcess, rows: int) -> None:
        self.folder = folder
        self.journal = Journal(folder / "journal.db")
        self._evaluator = evaluator
        self._cells = {"curate": CURATE.format(rows=rows), "train": TRAIN, "evaluate": EVALUATE}
        self._count = 0
        self._cpu = _cpu_of_children()

    def bare(self) -> Timing:
        """A fresh Python process that runs the three cells as a script."""
        job = self._job()
        job.folder.mkdir(parents=True)
        head = "".join(f"{k} = {v!r}\n" for k, v in job.spec.parameters().items())
        script = job.folder / "script.py"
        script.write_text(head + "\n".join(self._cells.values()) + "\n")
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, str(script)],
            cwd=job.folder,
            env={**os.environ, **job.evaluator, **_threads()},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        wall = time.perf_counter() - begun
        return self._timing("bare script", job, wall)

    def fresh(self) -> Timing:
        """A trial in a worker that is started for it."""
        job = self._job()
        begun = time.perf_counter()
        with _worker() as worker:
            _run(worker, job)
            wall = time.perf_counter() - begun
        return self._timing("trial, fresh worker", job, wall)

    def spare(self) -> Timing:
        """A trial in a worker that waits with a spare kernel."""
        job = self._job()
        with _worker("--spare", str(self.folder), MODEL, TASK) as worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            begun = time.perf_counter()
            _run(worker, job)
            wall = time.perf_counter() - begun
        return self._timing("trial, spare kernel", job, wall)

    def _job(self) -> TrialJob:
        self._count += 1
        trial = f"t{self._count:04d}"
        folder = self.folder / "trials" / trial
        scores = self.folder / "scores"
        task = str(load_task(TASK).folder)
        self._evaluator.register(trial, folder, scores=scores, task=task, base=MODEL)
        return TrialJob(
            campaign=str(self.folder),
            spec=TrialSpec(trial, TASK, MODEL, self._cells, TASK, seed=self._count),
            evaluator=self._evaluator.environment(trial),
            use_cache=False,
        )

    def _timing(self, way: str, job: TrialJob, wall: float) -> Timing:
        used = _cpu_of_children()
        cpu, self._cpu = used - self._cpu, used
        scored = [
            event.payload
            for event in self.journal.read()
            if event.kind == Kind.TRIAL_SCORED and event.trial == job.spec.trial
        ]
        phases = dict(read_json(job.folder / "model" / "training.json")["seconds"])
        training = phases.pop("train")
        generation = scored[-1]["feedback"]["seconds"]
        stages = {
            event.payload["stage"]: event.payload["seconds"]
            for event in self.journal.read()
            if event.kind == Kind.STAGE_FINISHED and event.trial == job.spec.trial
        }
        parts = {f"train: {phase}": seconds for phase, seconds in phases.items()}
        if stages:
            parts["curate"] = stages["curate"]
            parts["train: rest"] = stages["train"] - training - sum(phases.values())
            parts["evaluate: rest"] = stages["evaluate"] - generation
            parts["around the cells"] = wall - sum(stages.values())
        return Timing(way, wall, cpu, training, generation, parts)


def main() -> None:
    """Runs the rounds and prints the table."""
    parser = argparse.ArgumentParser(description="overhead of a trial against a bare script")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="overhead-") as name:
        folder = Path(name)
        Journal(folder / "journal.db", create=True).close()
        with EvaluatorProcess(journal=folder / "journal.db") as evaluator:
            bench = Bench(folder, evaluator, arguments.rows)
            bench.bare()  # fills the disk cache and the evaluator's base model
            timings = [
                run()
                for _ in range(arguments.rounds)
                for run in (bench.bare, bench.fresh, bench.spare)
            ]
    figures = summarise(timings)
    print(table(figures))
    if arguments.json:
        write_json(arguments.json, {**figures, "runs": [asdict(timing) for timing in timings]})


def summarise(timings: list[Timing]) -> dict[str, Any]:
    """Medians of each way, and the machine they were measured on."""
    ways: dict[str, dict[str, float]] = {}
    parts: dict[str, dict[str, float]] = {}
    for way in dict.fromkeys(timing.way for timing in timings):
        mine = [timing for timing in timings if timing.way == way]
        ways[way] = {
            name: round(statistics.median(getattr(timing, name) for timing in mine), 2)
            for name in ("wall", "cpu", "training", "generation", "overhead")
        }
        parts[way] = {
            name: round(statistics.median(timing.parts[name] for timing in mine), 2)
            for name in mine[0].parts
        }
    load = os.getloadavg()[0]
    return {
        "date": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f}",
        "python": platform.python_version(),
        "rounds": len(timings) // max(1, len(ways)),
        "seconds": ways,
        "parts": parts,
    }


def table(figures: dict[str, Any]) -> str:
    """The medians as text."""
    lines = [f"{figures['date']}  {figures['machine']}  median of {figures['rounds']} rounds", ""]
    head = f"{'wall':>8}{'cpu':>8}{'training':>10}{'generation':>12}{'overhead':>10}"
    lines.append(f"{'seconds':22}{head}")
    for way, row in figures["seconds"].items():
        lines.append(
            f"{way:22}{row['wall']:8.2f}{row['cpu']:8.2f}{row['training']:10.2f}{row['generation']:12.2f}"
            f"{row['overhead']:10.2f}"
        )
    bare = figures["seconds"]["bare script"]["overhead"]
    for way, row in figures["seconds"].items():
        if way != "bare script":
            lines.append(f"{way} against the bare script: {row['overhead'] - bare:+.2f} s")
    for way, found in figures["parts"].items():
        lines.append(
            f"{way}: " + ", ".join(f"{name} {value:.2f}" for name, value in found.items())
        )
    return "\n".join(lines)


def _threads() -> dict[str, str]:
    """The thread settings of a trial's kernel, so that the script trains under the same ones."""
    env = kernel_environment(Path.home())
    return {name: value for name, value in env.items() if name.startswith("OMP_")}


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def _worker(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    worker = subprocess.Popen(
        [sys.executable, "-m", "ftassist.trial.worker", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield worker
    finally:
        for stream in (worker.stdin, worker.stdout):
            if stream is not None:
                stream.close()
        worker.wait(30)


def _run(worker: subprocess.Popen[bytes], job: TrialJob) -> None:
    assert worker.stdin is not None
    worker.stdin.write(job.to_line().encode())
    worker.stdin.flush()
    if worker.wait(600):
        result = read_json(job.folder / "result.json")
        raise SystemExit(f"trial {job.spec.trial} failed: {json.dumps(result, indent=1)}")


if __name__ == "__main__":
    main()
