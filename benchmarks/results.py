"""What the playbook reaches on a task, on the sealed test split, beside what costs less thought.

    python -m benchmarks.results [--tasks mini_math ...] [--out FILE]
    python -m benchmarks.results --model smollm2-135m --tasks banking77 [--validation-items N] ...

For each task: an autonomous campaign, whose finalist is trained on two more seeds; and a plain
script that trains once on a uniform sample of everything in the data repository, up to the same
row cap: on `tiny` with the settings its playbook started from, on a real model with the customary
ones (LoRA, rate 2e-4, two epochs). Then the test split is opened: once for the finalist
(`open_test`), and once for the plain runs, which had no part in choosing anything. The majority
class and classical baselines come from the task's card, or are computed by the campaign on the
very same items.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ftassist.campaign import Budget, Campaign, queries
from ftassist.campaign.final import open_test
from ftassist.dojo.evaluator.process import EvaluatorProcess
from ftassist.dojo.repository import DataRepository
from ftassist.dojo.sampled_task import sampled_task
from ftassist.dojo.task import Split
from ftassist.dojo.task_loader import load_task
from ftassist.files import read_json
from ftassist.journal.state import BASE
from ftassist.search.verdict import judge_final
from ftassist.statistics.replicates import compare_replicates

PLAIN = """
from ftassist.recipes import curate, train

rows = curate.load({folder!r}, {sets!r}, seed={seed})
rows = curate.sample(rows, {cap}, seed={seed})
curate.export(rows, "data")
train.sft(
    {model!r}, "data", "model", method="lora", rank=16, learning_rate={rate}, epochs=2,
    batch_size=32, max_length=512, seed={seed},
)
"""


@dataclass(frozen=True)
class Plan:
    """What is measured of each task.

    Attributes:
        model: The base model, by a name of `ftassist models`.
        trials: Trials of the campaign.
        rows: Training rows of a trial, and of the plain script.
        seconds: Seconds of all trials.
        sizes: Items to score on, by split; a split that is not named stays whole.
        plain_seeds: Runs of the plain script; without any there is no such arm.
        fresh_seeds: On how many the finalist is trained again; None for as many as a claim needs.
    """

    model: str
    trials: int
    rows: int
    seconds: float
    sizes: Mapping[Split, int]
    plain_seeds: int
    fresh_seeds: int | None = None


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


def plain_items(task: str, folder: Path, plan: Plan) -> list[dict[str, float]]:
    """Item scores on test of the plain script, one mapping a seed."""
    loaded = load_task(task)
    rate = 3e-3 if plan.model == "tiny" else 2e-4
    sets = dict.fromkeys(DataRepository(loaded.repository_folder).names())
    found = []
    with EvaluatorProcess(log=folder / "evaluator.log") as evaluator:
        for seed in range(plan.plain_seeds):
            trial = folder / f"plain-{seed}"
            trial.mkdir(parents=True)
            script = PLAIN.format(
                folder=str(loaded.repository_folder),
                sets=sets,
                seed=seed,
                cap=plan.rows,
                model=plan.model,
                rate=rate,
            )
            subprocess.run([sys.executable, "-c", script], cwd=trial, check=True)
            evaluator.register(
                trial.name, trial, scores=folder / "scores", task=task, base=plan.model
            )
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


def run_campaign(task: str, folder: Path, plan: Plan) -> Campaign:
    """An autonomous campaign, run to its end, test split opened."""
    budget = Budget(trials=plan.trials, rows=plan.rows, seconds=plan.seconds)
    campaign = Campaign.create(
        folder,
        task=task,
        model=plan.model,
        review="never",
        budget=budget,
        fresh_seeds=plan.fresh_seeds,
    )
    campaign.start_runner()
    campaign.wait(lambda state: state.phase == "finished")
    open_test(campaign)
    return campaign


def measure(task: str, folder: Path, plan: Plan) -> dict[str, Any]:
    """All arms of one task."""
    task = str(sampled_task(load_task(task), plan.sizes).folder) if plan.sizes else task
    started = time.monotonic()
    campaign = run_campaign(task, folder / "campaign", plan)
    searched = time.monotonic() - started
    state = campaign.refresh()
    tested = next(iter(state.tests.values()))
    best_runs = [queries.scores(campaign, t, "test") for t in tested.runs]
    base = queries.scores(campaign, BASE, "test")
    begun = time.monotonic()
    plain = plain_items(task, folder / "plain", plan)
    metric = campaign.task.card.metric

    def in_order(runs: list[dict[str, float]]) -> list[list[float]]:
        return [[run[i] for i in sorted(base)] for run in runs]

    fresh = best_runs[1:] if len(best_runs) > 2 else best_runs
    against_plain = compare_replicates(in_order(fresh), in_order(plain)) if plain else None
    return {
        "task": campaign.task.card.key,
        "card": campaign.task.card,
        "model": plan.model,
        "baselines": tested.baselines,
        "plain_seconds": time.monotonic() - begun,
        "arms": [
            arm("base model", [base]),
            *([arm("plain script", plain)] if plain else []),
            arm("best trial", best_runs),
        ],
        "against_base": judge_final(fresh, base, metric, BASE) if len(fresh) > 1 else None,
        "against_plain": against_plain,
        "trial": tested.runs[0],
        "hypotheses": [
            f"{t.id} from {t.parent}: {t.hypothesis} "
            f"({'-' if t.score is None else f'{t.score:.2f}'}, "
            f"{t.verdict.kind or t.status})"
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
    metric = result["card"].metric.name
    lines += [f"| | test {metric}, % | 95 % interval | by seed |", "|---|---|---|---|"]
    for one in result["baselines"]:
        interval = f"{percent(one.low)} to {percent(one.high)}"
        name = f"{one.name}, {one.rows:,} rows"
        lines.append(f"| {name} | {percent(one.score)} | {interval} | - |")
    for baseline in result["card"].baselines:
        if result["model"] == "tiny" and not baseline.name.startswith("base"):
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
    took = f"the campaign took {result['seconds']:.0f} s"
    if plain:
        lines.append(
            f"Against the plain script: {100 * plain.difference:+.1f} points "
            f"[{100 * plain.low:+.1f}, {100 * plain.high:+.1f}], p = {plain.p:.2g}."
        )
        took += f", the plain script {result['plain_seconds']:.0f} s"
    lines += [
        f"{result['n']} test items; {took}, scoring of the test split included.",
        "",
    ]
    lines += ["<details><summary>The trials</summary>", ""]
    lines += [f"- {line}" for line in result["hypotheses"]] + ["", "</details>", ""]
    return lines


def _plan(arguments: argparse.Namespace) -> Plan:
    sizes: dict[Split, int] = {}
    if arguments.validation_items:
        sizes["validation"] = arguments.validation_items
    if arguments.test_items:
        sizes["test"] = arguments.test_items
    return Plan(
        model=arguments.model,
        trials=arguments.trials,
        rows=arguments.rows,
        seconds=arguments.seconds,
        sizes=sizes,
        plain_seeds=arguments.plain_seeds,
        fresh_seeds=arguments.fresh_seeds,
    )


def main() -> None:
    """Runs all tasks and writes a section of each."""
    parser = argparse.ArgumentParser(description="The playbook on a task, beside plain baselines.")
    parser.add_argument("--model", default="tiny")
    parser.add_argument(
        "--tasks", nargs="+", default=["mini_math", "mini_chemistry", "mini_tables"]
    )
    parser.add_argument("--trials", type=int, default=8)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--validation-items", type=int, default=None)
    parser.add_argument("--test-items", type=int, default=None)
    parser.add_argument("--plain-seeds", type=int, default=3)
    parser.add_argument("--fresh-seeds", type=int, default=None)
    parser.add_argument(
        "--keep", type=Path, default=None, help="keep the campaigns in this folder"
    )
    parser.add_argument("--out", type=Path, default=None, help="where; else it is printed")
    arguments = parser.parse_args()
    plan = _plan(arguments)
    lines: list[str] = []
    with tempfile.TemporaryDirectory(prefix="ftassist-results-") as folder:
        for task in arguments.tasks:
            place = (arguments.keep or Path(folder)) / task
            lines += section(measure(task, place, plan))
            command = " ".join(["python -m benchmarks.results", *sys.argv[1:]])
            told = f"Measured {datetime.now(UTC):%Y-%m-%d} by `{command}`."
            page = "\n".join([told, "", *lines])
            if arguments.out:
                arguments.out.write_text(page, encoding="utf-8")
            print(page if arguments.out is None else f"{task}: written", flush=True)


if __name__ == "__main__":
    main()
