"""A campaign on the real records of a published task, from its files to the sealed test split.

    FTASSIST_DATA=MIRROR python -m benchmarks.mirror sst2 [--rows 12000] [--trials 2]
        [--seconds 3600] [--seeds 2] [--folder FOLDER] [--json FIGURES.json]

One command, one task: the records are laid out, the playbook proposes, the runner accepts and
runs, the best trial is trained on fresh seeds (two, or as many as asked for), the test split is
opened once, the report is written. Prints a table of validation and test scores with 95 %
intervals: majority class (see `constant_answers`), base model, best trial and its fresh seeds;
then the comparisons on test, the trials, and what it took. The base model is `tiny`: figures say
what the path does, not what a real model learns.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from benchmarks.constant_answers import Constant, answers_of, score_constant

from ftassist.campaign import Budget, Campaign, queries
from ftassist.campaign.commands import ask_replicates
from ftassist.campaign.final import open_test
from ftassist.dojo.repository import DataRepository
from ftassist.dojo.task import Split, Task
from ftassist.dojo.task_loader import load_task
from ftassist.errors import FtassistError
from ftassist.files import read_json, write_json
from ftassist.journal.state import BASE, State
from ftassist.search.verdict import Verdict, judge, judge_final
from ftassist.ui.report import write as write_report

SPLITS: tuple[Split, Split] = ("validation", "test")
WAY = Budget(trials=2, rows=300, seconds=7200)
"""Two short trials: the whole way, whatever the score."""
BUDGETS = {
    "sst2": Budget(trials=4, rows=16_000, seconds=14_400),
    "chemcotbench_mol_und": Budget(trials=5, rows=6000, seconds=14_400),
    **dict.fromkeys(("hoc", "cs_bench", "lawbench", "aci_bench", "omebench"), WAY),
}
LOOK_SECONDS = 2.0

Metrics = dict[str, dict[str, float]]
"""{metric: {score, low, high}}, headline metrics first."""


@dataclass
class Watch:
    """Tells what a campaign does, and keeps the most memory its processes took together."""

    pid: int
    peak: int = 0
    told: dict[str, str] = field(default_factory=dict)
    looked: float = 0.0

    def __call__(self, state: State) -> None:
        """Looks at the campaign once more."""
        for trial in state.trials.values():
            score = "" if trial.score is None else f" {trial.score:.3f}"
            line = f"{trial.id} {trial.status} {trial.stage or ''}{score}".strip()
            if self.told.get(trial.id) != line:
                self.told[trial.id] = line
                print(f"{datetime.now(UTC):%H:%M:%S} {line}", flush=True)
        if time.monotonic() - self.looked > LOOK_SECONDS:
            self.looked = time.monotonic()
            self.peak = max(self.peak, memory_of(self.pid))


def memory_of(pid: int) -> int:
    """Bytes of a process and all below it, what they share counted once (on Linux)."""
    total = 0
    with suppress(psutil.Error):
        above = psutil.Process(pid)
        for process in (above, *above.children(recursive=True)):
            with suppress(psutil.Error):
                found = process.memory_full_info()
                total += getattr(found, "pss", 0) or found.rss
    return total


def measure(key: str, folder: Path, budget: Budget, seeds: int) -> dict[str, Any]:
    """Runs one campaign to its end and returns all its figures."""
    clock = Clock()
    load_task(key)
    clock.lap("prepare")
    campaign = Campaign.create(folder, task=key, review="never", budget=budget)
    watch = Watch(campaign.start_runner())
    state = campaign.wait(lambda now: now.phase in ("finished", "stopped"), on_change=watch)
    clock.lap("search")
    if state.phase == "stopped":
        raise FtassistError(f"the campaign stopped: {state.reason}", where=str(folder))
    if state.finalist and repeat(campaign, state.finalist, seeds, watch):
        clock.lap("more seeds")
    return collect(campaign, clock) | {"peak_memory_mb": round(watch.peak / 2**20)}


def repeat(campaign: Campaign, finalist: str, seeds: int, watch: Watch) -> bool:
    """Trains the finalist on more fresh seeds, up to so many; whether any were missing."""
    missing = seeds - len(campaign.refresh().replicates(finalist))
    if missing <= 0:
        return False
    ask_replicates(campaign, finalist, missing)
    watch.pid = campaign.start_runner()
    campaign.wait(
        lambda now: sum(t.finished is not None for t in now.replicates(finalist)) >= seeds,
        on_change=watch,
    )
    return True


def collect(campaign: Campaign, clock: Clock) -> dict[str, Any]:
    """Opens the test split of a campaign that has ended and returns what was found."""
    task = campaign.task
    chosen = finalist(campaign)
    tested = open_test(campaign, chosen, on_progress=lambda line: print(line, flush=True))
    clock.lap("test")
    write_report(campaign, campaign.folder / "report.html")
    clock.lap("report")
    answers = answers_of(task)
    constant = {split: score_constant(task, split, answers) for split in SPLITS}
    runs = tested.runs
    arms = {"base model": BASE, f"best trial {runs[0]}": runs[0]}
    arms |= {f"fresh seed {name}": name for name in runs[1:]}
    return {
        "task": task.key,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "headlines": headlines(task),
        "items": {split: len(constant[split].items) for split in SPLITS},
        "budget": campaign.state.budget.to_dict(),
        "data": read_json(task.folder / "prepared.json"),
        "sets": sizes(task),
        "arms": {"majority": {s: of_constant(task, constant[s]) for s in SPLITS}}
        | {
            name: {s: of_trial(campaign, trial, s) for s in SPLITS} for name, trial in arms.items()
        },
        "against_base": tested.verdict.to_dict(),
        "against_majority": against(campaign, runs, constant["test"]).to_dict(),
        "trials": trials_of(campaign),
        "seconds": clock.seconds,
    }


def finalist(campaign: Campaign) -> str | None:
    """The campaign's own finalist; where nothing beat the base, the best of its trials."""
    state = campaign.refresh()
    scored = [t for t in state.trials.values() if t.role == "trial" and t.score is not None]
    if state.finalist or not scored:
        return state.finalist
    sign = 1.0 if campaign.task.card.metric.higher_is_better else -1.0
    return max(scored, key=lambda trial: sign * float(trial.score or 0.0)).id


class Clock:
    """Seconds of one step after another."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.monotonic()

    def lap(self, name: str) -> None:
        """Ends a step."""
        now = time.monotonic()
        self.seconds[name], self._last = round(now - self._last, 1), now


def sizes(task: Task) -> dict[str, int]:
    """The rows of each raw set."""
    repository = DataRepository(task.repository_folder)
    return {name: len(repository.rows(name)) for name in repository.names()}


def against(campaign: Campaign, runs: Sequence[str], constant: Constant) -> Verdict:
    """A trial against the majority class on test, by the rule of `open_test` against the base."""
    metric, views = campaign.task.card.metric, queries.views(campaign, "test")
    fresh = [queries.scores(campaign, name, "test") for name in runs[1:]]
    if len(fresh) >= 2:
        return judge_final(fresh, constant.items, metric, "majority", views=views)
    found = queries.scores(campaign, runs[0], "test")
    return judge(found, constant.items, metric, "majority", (), 1, views)


def headlines(task: Task) -> list[str]:
    """The campaign's metric and the paper's, each once."""
    return list(dict.fromkeys([task.card.metric.name, *(m.name for m in task.card.metrics)]))


def of_trial(campaign: Campaign, trial: str, split: Split) -> Metrics:
    """A trial's headline metrics and views, as the evaluator wrote them."""
    found = read_json(campaign.folder / "scores" / f"{trial}.{split}.json")["feedback"]
    known = {campaign.task.card.metric.name: found, **found["metrics"]}
    names = list(dict.fromkeys([*headlines(campaign.task), *found["metrics"]]))
    return {name: _ends(known[name]) for name in names}


def of_constant(task: Task, constant: Constant) -> Metrics:
    """The same of constant answers."""
    scores = constant.scores
    names = list(dict.fromkeys([*headlines(task), *scores.metrics]))
    ends = {n: (scores.metrics[n], *scores.intervals[n]) for n in names}
    return {
        name: dict(zip(("score", "low", "high"), values, strict=True))
        for name, values in ends.items()
    }


def _ends(estimate: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(estimate[name]) for name in ("score", "low", "high")}


def trials_of(campaign: Campaign) -> list[dict[str, Any]]:
    """What each trial was, scored and took."""
    return [
        {
            "id": trial.id,
            "parent": trial.parent,
            "hypothesis": trial.hypothesis or f"{trial.replicate_of} on seed {trial.seed}",
            "status": trial.status,
            "score": trial.score,
            "verdict": trial.verdict.kind or "",
            "failure": trial.failure.message.partition("\n")[0],
            "rows": trial.outcome.rows,
            "seconds": {s: round(d["seconds"], 1) for s, d in trial.stages.items()},
            "peak_memory_mb": trial.outcome.peak_memory_mb,
            "isolation": trial.isolation,
        }
        for trial in campaign.refresh().trials.values()
    ]


def page(figures: Mapping[str, Any]) -> str:
    """The figures as Markdown."""
    items, seconds = figures["items"], figures["seconds"]
    searched = seconds["search"] + seconds.get("more seeds", 0.0)
    lines = [f"### {figures['task']}", "", "| | metric | validation | test |", "|---|---|---|---|"]
    for name, found in figures["arms"].items():
        for metric in figures["headlines"]:  # views and the rest are in the JSON
            shown = (_estimate(found[split][metric]) for split in SPLITS)
            lines.append(f"| {name} | {metric} | {' | '.join(shown)} |")
    lines += ["", _comparison("base model", figures["against_base"])]
    lines.append(_comparison("majority class", figures["against_majority"]))
    lines.append(
        f"{items['validation']} + {items['test']} items; laid out in {seconds['prepare']:.0f} s, "
        f"searched {searched:.0f} s, tested in {seconds['test']:.0f} s; "
        f"at most {figures['peak_memory_mb']:,} MB in all processes."
    )
    lines += ["", "<details><summary>The trials</summary>", ""]
    lines += [_trial(trial) for trial in figures["trials"]] + ["", "</details>", ""]
    return "\n".join(lines)


def _estimate(found: Mapping[str, float]) -> str:
    return f"{found['score']:.3f} ({found['low']:.3f} to {found['high']:.3f})"


def _comparison(other: str, verdict: Mapping[str, Any]) -> str:
    return (
        f"On test, against the {other}: **{verdict['kind']}**, {verdict['difference']:+.3f} "
        f"[{verdict['low']:+.3f}, {verdict['high']:+.3f}], p = {verdict['p']:.2g} "
        f"({verdict['method']})."
    )


def _trial(trial: Mapping[str, Any]) -> str:
    told = "-" if trial["score"] is None else f"{trial['score']:.3f}"
    took = sum(trial["seconds"].values())
    what = " ".join(filter(None, (trial["verdict"] or trial["status"], trial["failure"])))
    return f"- {trial['id']}: {trial['hypothesis']} ({told}, {what}; {took:.0f} s)"


def main() -> None:
    """Runs the campaign and tells its figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("task", choices=sorted(BUDGETS))
    parser.add_argument("--trials", type=int)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--seeds", type=int, default=2, choices=range(2, 6), help="fresh seeds")
    parser.add_argument("--folder", type=Path, help="the campaign's; else a new one in /tmp")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    asked = {name: getattr(options, name) for name in ("trials", "rows", "seconds")}
    given = {name: value for name, value in asked.items() if value is not None}
    budget = Budget.of({**BUDGETS[options.task].to_dict(), **given})
    folder = options.folder or Path(tempfile.mkdtemp(prefix=f"ftassist-{options.task}-")) / "new"
    figures = measure(options.task, folder, budget, options.seeds)
    if options.json:
        write_json(options.json, figures)
    print(page(figures))
    print(f"campaign: {folder}")


if __name__ == "__main__":
    main()
