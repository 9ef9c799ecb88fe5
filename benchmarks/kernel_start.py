"""What walls cost when a kernel starts: isolated against unisolated, side by side.

    python -m benchmarks.kernel_start [--rounds 9] [--json figures.json]

In every round one kernel of each kind is started, in turn, and timed from asking for it until it
answers; imports of a trial are left out. Wall time, medians over the rounds: on a busy machine
only the difference between the two says something, and only roughly.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import statistics
import tempfile
import time
from pathlib import Path

from ftassist.files import write_json
from ftassist.isolation import probe
from ftassist.trial.kernel import TrialKernel, private_folder
from ftassist.trial.sandbox import kernel_environment, trial_walls


async def start(folder: Path, *, isolated: bool) -> float:
    """Starts and ends one kernel; seconds until it answers."""
    private = private_folder()
    begun = time.perf_counter()
    environment = kernel_environment(private, isolated=isolated)
    walls = trial_walls(folder, private, campaign=folder.parent) if isolated else None
    kernel = await TrialKernel.start(folder, environment, private=private, walls=walls)
    await kernel.ready()
    wall = time.perf_counter() - begun
    await kernel.end()
    return wall


def main() -> None:
    """Runs the rounds and prints the medians."""
    parser = argparse.ArgumentParser(description="cost of isolation when a kernel starts")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    arguments = parser.parse_args()
    if not probe().works:
        raise SystemExit(f"no isolation here: {probe().found}\nwhat to do: {probe().fix}")
    runs: dict[str, list[float]] = {"unisolated": [], "isolated": []}
    with tempfile.TemporaryDirectory(prefix="kernels-") as name:
        folder = Path(name) / "trial"
        folder.mkdir()
        asyncio.run(start(folder, isolated=True))  # fills the disk cache
        for _ in range(arguments.rounds):
            for kind, timings in runs.items():
                timings.append(asyncio.run(start(folder, isolated=kind == "isolated")))
    wall = {kind: statistics.median(timings) for kind, timings in runs.items()}
    figures = {
        "date": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "rounds": arguments.rounds,
        "wall": wall,
    }
    print(f"{figures['date']}  {figures['machine']}  median of {arguments.rounds} rounds")
    for kind in runs:
        print(f"{kind:12} {wall[kind]:6.3f} s")
    more = wall["isolated"] - wall["unisolated"]
    print(f"isolation costs {more:+.3f} s a start")
    if arguments.json:
        write_json(arguments.json, {**figures, "runs": runs})


if __name__ == "__main__":
    main()
