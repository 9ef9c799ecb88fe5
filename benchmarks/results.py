"""What the playbook reaches on the mini tasks, on the sealed test split.

    python -m benchmarks.results [--tasks mini_math ...] [--trials 8] [--out docs/results.md]

For each task: an autonomous campaign of eight trials, whose finalist is trained on two more seeds;
and a plain script, three seeds, that trains once on a uniform sample of everything in the data
repository, up to the same row cap, with the settings the playbook starts from. Then the test split
is opened: once for the finalist (`open_test`), and once for the plain runs, which had no part
in choosing anything. Majority and classical baselines come from the task's card.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ftassist.campaign import Budget, Campaign
from ftassist.campaign.final import open_test
from ftassist.dojo.evaluator.process import EvaluatorProcess
from ftassist.dojo.repository import DataRepository
from ftassist.dojo.task import load_task
from ftassist.files import read_json
from ftassist.journal.state import BASE
from ftassist.search.verdict import judge_final
from ftassist.statistics.replicates import compare_replicates

SEEDS = (0, 1, 2)
PLAIN = """
from ftassist.recipes import curate, train

rows = curate.load({folder!r}, {sets!r}, seed={seed})
rows = curate.sample(rows, {cap}, seed={seed})
curate.export(rows, "data")
train.sft(
    "tiny", "data", "model", method="lora", rank=16, learning_rate=3e-3, epochs=2, batch_size=32,
    seed={seed},
)
"""


@dataclass(frozen=True)
class Arm:
    """One way to get a model, over its seeds.

    Attributes:
        name: What it is.
        scores: The headline on test, one for each seed.
        low: Lower end of the 95 % interval of their mean.
        high: Upper end of it.
    """

    name: str
    scores: tuple[float, ...]
    low: float
    high: float

    @property
    def mean(self) -> float:
        """The mean over the seeds."""
        return sum(self.scores) / len(self.scores)


def plain_items(task: str, folder: Path, cap: int) -> list[dict[str, float]]:
    """Item scores on test of the plain script, one mapping a seed."""
    loaded = load_task(task)
    sets = dict.fromkeys(DataRepository(loaded.repository_folder).names())
    found = []
    with EvaluatorProcess(log=folder / "evaluator.log") as evaluator:
        for seed in SEEDS:
            trial = folder / f"plain-{seed}"
            trial.mkdir(parents=True)
            script = PLAIN.format(
                folder=str(loaded.repository_folder), sets=sets, seed=seed, cap=cap
            )
            subprocess.run([sys.executable, "-c", script], cwd=trial, check=True)
            evaluator.register(trial.name, trial, scores=folder / "scores", task=task)
            evaluator.evaluate(trial.name, "test", model="model")
            scored = read_json(folder / "scores" / f"{trial.name}.test.json")
            found.append({item["id"]: float(item["score"]) for item in scored["items"]})
    return found


def arm(name: str, runs: list[dict[str, float]]) -> Arm:
    """The mean of several runs with an interval over items and seeds (against nothing)."""
    ids = sorted(runs[0])
    values = [[run[i] for i in ids] for run in runs]
    if len(runs) == 1:
        from ftassist.statistics.intervals import wilson_interval

        low, high = wilson_interval(round(sum(values[0])), len(ids))
    else:
        compared = compare_replicates(values, [[0.0] * len(ids)])
        low, high = compared.low, compared.high
    means = tuple(sum(v) / len(v) for v in values)
    return Arm(name, means, low, high)


def run_campaign(task: str, folder: Path, trials: int) -> Campaign:
    """An autonomous campaign, run to its end, test split opened."""
    budget = Budget(trials=trials, rows=2000, seconds=3600)
    campaign = Campaign.create(folder, task=task, review="never", budget=budget)
    campaign.start_runner()
    campaign.wait(lambda state: state.phase == "finished")
    open_test(campaign)
    return campaign


def measure(task: str, folder: Path, trials: int) -> dict[str, Any]:
    """All arms of one task."""
    started = time.monotonic()
    campaign = run_campaign(task, folder / "campaign", trials)
    searched = time.monotonic() - started
    state = campaign.refresh()
    tested = next(iter(state.tests.values()))
    best_runs = [campaign.scores(t, "test") for t in tested["runs"]]
    base = campaign.scores(BASE, "test")
    plain = plain_items(task, folder / "plain", 2000)
    metric = campaign.task.card.metric
    fresh = best_runs[1:] if len(best_runs) > 2 else best_runs
    against_plain = compare_replicates(
        [[run[i] for i in sorted(base)] for run in fresh],
        [[run[i] for i in sorted(base)] for run in plain],
    )
    return {
        "task": task,
        "card": campaign.task.card,
        "arms": [
            arm("base model", [base]),
            arm("plain script", plain),
            arm("best trial", best_runs),
        ],
        "against_base": judge_final(fresh, base, metric, BASE) if len(fresh) > 1 else None,
        "against_plain": against_plain,
        "trial": tested["runs"][0],
        "hypotheses": [
            f"{t.id} from {t.parent}: {t.hypothesis} "
            f"({'-' if t.score is None else f'{t.score:.2f}'}, "
            f"{t.verdict.get('kind', t.status)})"
            for t in state.trials.values()
            if t.role == "trial"
        ],
        "seconds": searched,
        "n": len(base),
    }


def percent(value: float) -> str:
    """A fraction as percent with one decimal."""
    return f"{100 * value:.1f}"


def section(result: dict[str, Any]) -> list[str]:
    """The Markdown of one task."""
    lines = [f"## {result['task']}", ""]
    lines += ["| | test accuracy, % | 95 % interval | by seed |", "|---|---|---|---|"]
    for baseline in result["card"].baselines:
        if not baseline.name.startswith("base"):
            lines.append(f"| {baseline.name} | {percent(baseline.test)} | - | - |")
    for one in result["arms"]:
        seeds = " / ".join(percent(s) for s in one.scores)
        interval = f"{percent(one.low)} to {percent(one.high)}"
        lines.append(f"| {one.name} | {percent(one.mean)} | {interval} | {seeds} |")
    lines.append("")
    verdict, plain = result["against_base"], result["against_plain"]
    if verdict:
        lines.append(
            f"Best trial ({result['trial']}, fresh seeds) against the base: **{verdict.kind}**, "
            f"{100 * verdict.difference:+.1f} points [{100 * verdict.low:+.1f}, "
            f"{100 * verdict.high:+.1f}]."
        )
    lines.append(
        f"Against the plain script: {100 * plain.difference:+.1f} points "
        f"[{100 * plain.low:+.1f}, {100 * plain.high:+.1f}], p = {plain.p:.2g}."
    )
    lines += [f"{result['n']} test items; the campaign took {result['seconds']:.0f} s.", ""]
    lines += ["<details><summary>The trials</summary>", ""]
    lines += [f"- {line}" for line in result["hypotheses"]] + ["", "</details>", ""]
    return lines


def main() -> None:
    """Runs all tasks and writes the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--tasks", nargs="+", default=["mini_math", "mini_chemistry", "mini_tables"]
    )
    parser.add_argument("--trials", type=int, default=8)
    parser.add_argument("--out", type=Path, default=Path("docs/results.md"))
    arguments = parser.parse_args()
    lines = [
        "# Results on the mini tasks",
        "",
        f"Measured {datetime.now(UTC):%Y-%m-%d} on 2 CPU cores by `python -m benchmarks.results`. "
        "The base model is `tiny`, a teaching stand-in; these numbers show what the loop does, "
        "not what a real model learns. Intervals cover items and seeds.",
        "",
    ]
    with tempfile.TemporaryDirectory(prefix="ftassist-results-") as folder:
        for task in arguments.tasks:
            lines += section(measure(task, Path(folder) / task, arguments.trials))
            arguments.out.write_text("\n".join(lines), encoding="utf-8")
            print(f"{task}: written to {arguments.out}", flush=True)


if __name__ == "__main__":
    main()
