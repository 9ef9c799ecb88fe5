"""A contest's results as a page of Markdown: rows tasks, columns agents.

Reads `results` and item scores; computes nothing but what `standings` gives. Names of agents and
tasks come from whoever made the folder, so what Markdown would read as markup is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from ftassist.contest.plan import FACTORS
from ftassist.contest.record import results
from ftassist.contest.standings import Pair, Standing
from ftassist.contest.tasks import TaskResults, by_task
from ftassist.records.metric import Metric

QUOTED = Path(__file__).parent / "quoted.yaml"
NO_ENTRY = "no valid entry"
_FACTOR_WORDS = {
    "rows": "training rows of a trial",
    "policy": "policy",
    "model": "base model",
    "agent_model": "the agent's language model",
}


def page(folder: Path) -> str:
    """The page of a contest's folder, finished or not.

    Raises:
        FtassistError: There is no contest, or its item scores do not fit together.
    """
    document = results(folder)
    contest = document["contest"]
    tasks = by_task(document, folder)
    main = _labels(document, "")
    lines = ["# A contest of agents", "", *_asked(contest), "", *_state(document), ""]
    invalid = _invalid(document)
    lines += ["## Sealed test", "", *_scores(tasks, main, contest["tasks"], invalid), ""]
    lines += _no_entries(document)
    lines += ["## Against each other", "", *_pairs(tasks, main), ""]
    lines += ["## What it took", "", *_costs(document), ""]
    for factor in FACTORS:
        if labels := _labels(document, factor):
            lines += [f"## Ablation: {_FACTOR_WORDS[factor]}", ""]
            lines += [*_ablation(tasks, document, labels), ""]
    return "\n".join([*lines, *_quoted(), ""])


def _asked(contest: Mapping[str, Any]) -> list[str]:
    budget = contest["budget"]
    items = ", ".join(f"{n} {split}" for split, n in contest["items"].items())
    return [
        f"Base model {_text(contest['model'])}. Each agent has the same for each task and seed: "
        f"{budget['trials']} trials, {budget['rows']} training rows a trial, "
        f"{budget['seconds']:g} s of trials, ${budget['usd']:g} for calls of language models"
        + (f"; scored on {items} items." if items else "."),
        "",
        "A score is what the sealed test split says of the one model that an agent hands in, "
        "which is chosen before that split is opened; the mean over seeds with its 95 % interval, "
        "over items and seeds.",
    ]


def _state(document: Mapping[str, Any]) -> list[str]:
    """How far the contest is."""
    played = [bout["status"] for bout in document["bouts"]]
    over, invalid = played.count("finished"), played.count("invalid")
    if over + invalid == len(played):
        but = f", {invalid} are no valid entries" if invalid else ""
        return [f"All {over} campaigns are finished{but} (ftassist {document['ftassist']})."]
    return [
        f"**Not finished**: {over} of {len(played)} campaigns are; what is missing is missing "
        "below, and nothing stands in for it."
    ]


def _scores(
    tasks: Sequence[TaskResults],
    labels: Sequence[str],
    asked: Sequence[str],
    invalid: Mapping[tuple[str, str], int],
) -> list[str]:
    lines = _head(["task", "metric", *labels])
    for task in tasks:
        found = {standing.label: standing for standing in task.standings}
        cells = [
            _cell(found.get(label), task.metric, invalid.get((task.name, label), 0))
            for label in labels
        ]
        arrow = "" if task.metric.higher_is_better else ", lower is better"
        lines.append(_row([_text(task.name), f"{_text(task.metric.name)}{arrow}", *cells]))
    for name in (name for name in asked if name not in {task.name for task in tasks}):
        cells = [NO_ENTRY if invalid.get((name, lab)) else "not finished" for lab in labels]
        lines.append(_row([_text(name), "-", *cells]))
    wins = {label: [0, 0] for label in labels}
    for task in tasks:
        for pair in task.pairs:
            if pair.kind != "tied" and pair.first in wins and pair.second in wins:
                better = pair.kind == "better"
                wins[pair.first if better else pair.second][0] += 1
                wins[pair.second if better else pair.first][1] += 1
    cells = [f"{won} won, {lost} lost" for won, lost in wins.values()]
    return [*lines, _row(["**paired wins**", "over all tasks", *cells])]


def _cell(standing: Standing | None, metric: Metric, invalid: int = 0) -> str:
    if standing is None:
        return NO_ENTRY if invalid else "not finished"
    runs = f" ({len(standing.scores)} seeds)" if len(standing.scores) > 1 else ""
    runs += f" ({invalid} no valid entry)" if invalid else ""
    ends = f"{value(standing.low, metric)}, {value(standing.high, metric)}"
    return f"{value(standing.mean, metric)} [{ends}]{runs}"


def _invalid(document: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    """Entries that do not count, by task and column."""
    found: dict[tuple[str, str], int] = {}
    for bout in document["bouts"]:
        if bout["status"] == "invalid":
            where = (bout["task"], bout["label"])
            found[where] = found.get(where, 0) + 1
    return found


def _no_entries(document: Mapping[str, Any]) -> list[str]:
    """Why entries do not count; nothing where all do."""
    rows = [
        _row([_text(b["task"]), _text(b["label"]), str(b["seed"]), _text(b["reason"])])
        for b in document["bouts"]
        if b["status"] == "invalid"
    ]
    if not rows:
        return []
    head = _head(["task", "agent", "seed", "why"])
    return [
        "### No valid entries",
        "",
        "Not scored, and not played again while their campaigns lie here.",
        "",
        *head,
        *rows,
        "",
    ]


def _pairs(tasks: Sequence[TaskResults], labels: Sequence[str]) -> list[str]:
    lines = [
        "Item by item on the same test items, plus is better; adjusted p after Holm over all "
        "pairs of a task. A verdict needs adjusted p below 0.05 and an interval without zero.",
        "",
        *_head(["task", "agent", "against", "difference", "adjusted p", "verdict"]),
    ]
    for task in tasks:
        shown = [p for p in task.pairs if p.first in labels and p.second in labels]
        lines += [_pair(task, pair) for pair in shown]
    return lines


def _pair(task: TaskResults, pair: Pair) -> str:
    low, high = (value(end, task.metric, signed=True) for end in (pair.low, pair.high))
    difference = f"{value(pair.difference, task.metric, signed=True)} [{low}, {high}]"
    names = (_text(name) for name in (task.name, pair.first, pair.second))
    return _row([*names, difference, f"{pair.p_adjusted:.2g}", pair.kind])


def _costs(document: Mapping[str, Any]) -> list[str]:
    lines = [
        "Means over seeds; cheats caught and trials are sums. Time is that of trials.",
        "",
        *_head(
            ["task", "agent", "seconds", "dollars", "trials", "failed", "invalid", "cheats caught",
             "base handed in"],
        ),
    ]  # fmt: skip
    for (task, label), rows in _grouped(document["bouts"]).items():
        begun = [row for row in rows if row["status"] != "not begun"]
        if not begun:
            continue
        seconds, dollars = (
            sum(float(row[key]) for row in begun) / len(begun) for key in ("seconds", "usd")
        )
        sums = [str(sum(row[k] for row in begun)) for k in ("trials", "failed", "invalid")]
        fell = sum(row.get("fell_back", False) for row in begun)
        lines.append(
            _row(
                [_text(task), _text(label), f"{seconds:.0f}", f"{dollars:.2f}", *sums,
                 str(sum(row["cheats"] for row in begun)), f"{fell} of {len(begun)}"],
            )
        )  # fmt: skip
    return lines


def _ablation(
    tasks: Sequence[TaskResults], document: Mapping[str, Any], labels: Sequence[str]
) -> list[str]:
    """Each varied column beside its main one, with the paired difference."""
    main = {b["label"]: b["agent"] for b in document["bouts"]}
    lines = _head(["task", "agent", "main", "varied", "varied minus main", "adjusted p"])
    for task in tasks:
        found = {standing.label: standing for standing in task.standings}
        for label in labels:
            first = main[label]
            pair = next((p for p in task.pairs if (p.first, p.second) == (first, label)), None)
            cells = [_cell(found.get(name), task.metric) for name in (first, label)]
            against = ["-", "-"]
            if pair:
                ends = [value(-end, task.metric, signed=True) for end in (pair.high, pair.low)]
                middle = value(-pair.difference, task.metric, signed=True)
                against = [f"{middle} [{ends[0]}, {ends[1]}]", f"{pair.p_adjusted:.2g}"]
            lines.append(_row([_text(task.name), _text(label), *cells, *against]))
    return lines


def _quoted() -> list[str]:
    """Figures of papers, apart from what was measured here."""
    found = yaml.safe_load(QUOTED.read_text(encoding="utf-8"))
    base, agent = found["columns"]
    lines = [
        "## Quoted from a paper, not measured here",
        "",
        f"Source: {found['source'].strip()}",
        "",
        f"Setting: {found['setting'].strip()}",
        "",
        *_head(["task", "metric", f"{base} (quoted)", f"{agent} (quoted)"]),
    ]
    rows = ([r["task"], r["metric"], f"{r['base']:g}", f"{r['agent']:g}"] for r in found["rows"])
    return [*lines, *(_row(row) for row in rows)]


def value(number: float, metric: Metric, *, signed: bool = False) -> str:
    """A score as people read it: percent for fractions, else the number with its unit."""
    sign = "+" if signed else ""
    if not metric.unit and (metric.binary or metric.fraction):
        return f"{100 * number:{sign}.1f}"
    return f"{number:{sign}.3f}"


def _labels(document: Mapping[str, Any], factor: str) -> list[str]:
    return list(dict.fromkeys(b["label"] for b in document["bouts"] if b["factor"] == factor))


def _grouped(
    bouts: Iterable[Mapping[str, Any]],
) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for bout in bouts:
        found.setdefault((bout["task"], bout["label"]), []).append(bout)
    return dict(sorted(found.items(), key=lambda pair: pair[0][0]))


def _head(columns: Sequence[str]) -> list[str]:
    return [_row([_text(c) for c in columns]), _row(["---"] * len(columns))]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(raw: str) -> str:
    """A name that Markdown reads as text and nothing else."""
    return re.sub(r"([\\`*\[\]<>|~#!])", r"\\\1", " ".join(str(raw).split()))
