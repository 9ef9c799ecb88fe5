"""What the stage cache saves: twelve trials that share data stages, with and without it.

    python -m benchmarks.stage_cache [--trials 12] [--sets 3] [--json figures.json]

Runs the same trials twice in one run, alternating: trial k with the stage cache of its campaign,
then the same trial without one. All curate mini_math (decontamination included) from one of a few
sets of rows and train the tiny model for a few steps; every fourth trial repeats the training of
the one before it too, as a person does who only reads the answers again. Trials run in workers of
their own, one after the other; no evaluator scores them, because scores are never cached. Reported
are the wall-clock seconds of the curate and train stages, and of whole trials.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from ftassist.files import read_json, write_json
from ftassist.journal import Journal, Kind
from ftassist.trial.job import TrialJob, TrialSpec

SETS = ("lessons_shop", "lessons_home", "lessons_travel", "lessons_garden")
CURATE = """\
from ftassist.recipes import curate

rows = curate.load(repository, {{"{set}": 400}}, seed=seed)
rows = curate.deduplicate(rows)
curate.export(rows, "data")"""
TRAIN = """\
from ftassist.recipes import train

train.sft(model, "data", "model", learning_rate={rate}, max_steps=6, batch_size=16, seed=seed)"""
EVALUATE = 'print("scored elsewhere")'


def cells(number: int, sets: int) -> dict[str, str]:
    """The cells of a trial: few different data stages, mostly different trainings."""
    trained = number - 1 if number % 4 == 3 else number
    return {
        "curate": CURATE.format(set=SETS[(trained // 2) % sets]),
        "train": TRAIN.format(rate=round(1e-3 * (1 + trained), 4)),
        "evaluate": EVALUATE,
    }


def run(folder: Path, number: int, sets: int, *, cache: bool) -> dict[str, Any]:
    """Runs one trial in a worker of its own and returns its seconds."""
    spec = TrialSpec(f"t{number + 1:04d}", "mini_math", "tiny", cells(number, sets), "mini_math")
    job = TrialJob(str(folder), spec, use_cache=cache, check_leakage=False)
    begun = time.perf_counter()
    code = _worker(job)
    wall = time.perf_counter() - begun
    if code:
        raise SystemExit(f"{spec.trial} failed: {read_json(job.folder / 'result.json')}")
    stages = [
        event.payload
        for event in Journal(folder / "journal.db").read()
        if event.kind == Kind.STAGE_FINISHED and event.trial == spec.trial
    ]
    shared = [stage for stage in stages if stage["stage"] != "evaluate"]
    return {
        "wall": wall,
        "stages": sum(stage["seconds"] for stage in shared),
        "hits": sum(1 for stage in shared if stage["cached_from"]),
    }


def _worker(job: TrialJob) -> int:
    """The exit code of a worker whose input stays open until it has ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ftassist.trial.worker"], stdin=subprocess.PIPE
    )
    assert process.stdin is not None
    process.stdin.write(job.to_line().encode())
    process.stdin.flush()
    code = process.wait()
    process.stdin.close()
    return code


def main() -> None:
    """Runs both campaigns and prints the table."""
    parser = argparse.ArgumentParser(description="a campaign with and without the stage cache")
    parser.add_argument("--trials", type=int, default=12)
    parser.add_argument("--sets", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stage-cache-") as name:
        folders = {way: Path(name) / way for way in ("with", "without")}
        for folder in folders.values():
            Journal(folder / "journal.db", create=True).close()
        runs: dict[str, list[dict[str, Any]]] = {"with": [], "without": []}
        for number in range(arguments.trials):
            for way, folder in folders.items():
                runs[way].append(run(folder, number, arguments.sets, cache=way == "with"))
    figures = summarise(runs)
    print(table(figures))
    if arguments.json:
        write_json(arguments.json, figures)


def summarise(runs: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Sums of each way, and the machine they were measured on."""
    ways = {
        way: {name: round(sum(r[name] for r in mine), 2) for name in ("wall", "stages", "hits")}
        for way, mine in runs.items()
    }
    return {
        "date": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "trials": len(runs["with"]),
        "ways": ways,
    }


def table(figures: dict[str, Any]) -> str:
    """The sums as text."""
    lines = [f"{figures['date']}  {figures['machine']}  {figures['trials']} trials each", ""]
    lines.append(
        f"{'stage cache':14}{'curate + train (s)':>20}{'whole trials (s)':>18}{'hits':>6}"
    )
    for way, row in figures["ways"].items():
        lines.append(f"{way:14}{row['stages']:20.1f}{row['wall']:18.1f}{row['hits']:6.0f}")
    ways = figures["ways"]
    share = ways["with"]["stages"] / ways["without"]["stages"]
    whole = ways["with"]["wall"] / ways["without"]["wall"]
    lines.append(f"with / without: {share:.2f} of the stages' time, {whole:.2f} of the trials'")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
