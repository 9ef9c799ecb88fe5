"""Looks at trials: wrong answers that are shown, comparisons, curves, logs, cells, data, cost."""

from __future__ import annotations

import difflib
import json
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import regex

from ftassist.agent.cell_check import check_runs
from ftassist.agent.cell_rules import check_cells_of
from ftassist.agent.cost import estimate
from ftassist.agent.evidence import METRICS, collect, json_lines, read_card
from ftassist.agent.eyes.look import Look
from ftassist.agent.eyes.record import LookRecord
from ftassist.agent.plan import Plan
from ftassist.agent.situation import Situation
from ftassist.agent.trial_view import Quoted, confused_pairs_of, confusion_of, quote
from ftassist.agent.wrong_groups import shape_of
from ftassist.dojo.diagnosis import COLUMNS
from ftassist.errors import CellError, DataError
from ftassist.journal.state import Trial
from ftassist.records.feedback import WrongItem

POINTS = 24
"""Points of a curve that are shown."""
_LOG = 5_000
_CARD = 5_000
_DIFF = 4_000
_WRONG = 10
SHOWN_TEXT = 500
"""Characters of each text of a wrong answer that are shown."""
_NUMBERS = ("step", "loss", "eval_loss", "learning_rate", "grad_norm")


def wrong_answers(record: LookRecord, trial: str, view: str = "", kind: str = "") -> Look:
    """Wrong answers, by view and kind."""
    known = record.trial(trial)
    found = _wrong(known)
    chosen = [
        (number, *one)
        for number, one in enumerate(found, 1)
        if view in ("", one[0]) and kind in ("", one[1])
    ]
    value = {
        "trial": trial,
        "shown_of_it": len(found),
        "by_view_and_kind": _counts(found),
        "reading": {"columns": COLUMNS, "rows": known.feedback.diagnosis.reading},
        "confusion": confusion_of(known.feedback.diagnosis),
        "confused_pairs": confused_pairs_of(known.feedback.diagnosis),
        "answers": [
            {
                "answer": number,
                "view": name,
                "kind": shape,
                "prompt": quote(item.prompt, SHOWN_TEXT),
                "gold": quote(item.gold, SHOWN_TEXT),
                "output": quote(item.output, SHOWN_TEXT),
            }
            for number, name, shape, item in chosen[:_WRONG]
        ],
    }
    about = "".join(f", {words}" for words in (view, kind) if words)
    return Look(value, f"looked at {len(chosen[:_WRONG])} wrong answers of {trial}{about}")


def compare_trials(record: LookRecord, one: str, other: str) -> Look:
    """Two trials beside each other; views are over the items that may be shown."""
    first, second = record.trial(one), record.trial(other)
    views = {one: first.feedback.told.view_scores, other: second.feedback.told.view_scores}
    names = sorted({*views[one], *views[other]})
    value = {
        "score": {one: first.score, other: second.score},
        "views": {
            name: {trial: scores.get(name) for trial, scores in views.items()} for name in names
        },
        "wrong_by_view_and_kind": {
            name: _counts(_wrong(trial)) for name, trial in ((one, first), (other, second))
        },
        "rows": {name: _data(record, trial) for name, trial in ((one, first), (other, second))},
        "training": {
            name: Plan.of(trial.cells).training for name, trial in ((one, first), (other, second))
        },
        "seconds": {one: first.seconds or None, other: second.seconds or None},
        "cells": {
            stage: _diff(first.cells.get(stage, ""), second.cells.get(stage, ""))
            for stage in ("curate", "train")
        },
    }
    return Look(value, f"compared {one} with {other}")


def show_curve(record: LookRecord, trial: str) -> Look:
    """A training curve, thinned."""
    known = record.trial(trial)
    rows = [
        {name: row[name] for name in _NUMBERS if isinstance(row.get(name), int | float)}
        for row in json_lines(record.folder(known.id), METRICS)
    ]
    held_out = [row for row in rows if "eval_loss" in row]
    training = [row for row in rows if "loss" in row and "eval_loss" not in row]
    value = {
        "trial": trial,
        "steps": len(training),
        "training": _thinned(training),
        "held_out": _thinned(held_out),
    }
    return Look(value, f"looked at the curve of {trial}")


def show_log(record: LookRecord, trial: str, pattern: str = "") -> Look:
    """What a trial printed, and how it failed."""
    known = record.trial(trial)
    printed = collect(record.folder(known.id), known).printed
    parts = [printed, known.failure.traceback, known.failure.message]
    text = "\n".join(part for part in parts if part)
    if pattern:
        text = "\n".join(_matching(text.splitlines(), pattern))
    value = {"trial": trial, "characters": len(text), "end": quote(text[-_LOG:], _LOG)}
    return Look(value, f"read the log of {trial}")


def show_cells(record: LookRecord, trial: str) -> Look:
    """The cells of a trial; people and other agents may have written them."""
    cells = {stage: quote(text, 12_000) for stage, text in record.trial(trial).cells.items()}
    return Look({"trial": trial, "cells": cells}, f"read the cells of {trial}")


def data_card(record: LookRecord, trial: str) -> Look:
    """The steps that made a trial's rows, as its folder tells."""
    known = record.trial(trial)
    card = read_card(record.folder(known.id), known.outcome)
    text = json.dumps(card, ensure_ascii=False, separators=(",", ":"))
    value = {"trial": trial, "card": quote(text, _CARD) if card else "none was written"}
    return Look(value, f"read the data card of {trial}")


def estimate_plan(record: LookRecord, parent: str, curate: str = "", train: str = "") -> Look:
    """What cells would take, and what is wrong with them."""
    given = {"curate": curate, "train": train}
    known = {**record.trial(parent).cells, **{k: v for k, v in given.items() if v.strip()}}
    wrong = check_cells_of(known)
    for stage in ("curate", "train"):
        try:
            wrong += check_runs(stage, known.get(stage, ""))
        except CellError:
            continue  # told already
    cost = estimate(Situation.of(record.context, parent), known)
    value = {
        "seconds": cost.seconds,
        "memory_mb": cost.memory_mb,
        "seconds_left": record.context.budget.seconds_left,
        "trials_left": record.context.budget.trials_left,
        "wrong": [quote(line, 300) for line in wrong[:12]],
    }
    return Look(value, f"estimated a plan from {parent}")


def _wrong(trial: Trial) -> list[tuple[str, str, WrongItem]]:
    """View, kind and item of each wrong answer that is shown."""
    return [
        (item.view, shape_of(item.output, item.gold, item.label), item)
        for item in trial.feedback.wrong
    ]


def _counts(found: Sequence[tuple[str, str, WrongItem]]) -> list[dict[str, Any]]:
    counted = Counter((view, kind) for view, kind, _ in found)
    return [{"view": v, "kind": k, "count": n} for (v, k), n in counted.most_common()]


def _data(record: LookRecord, trial: Trial) -> Any:
    data = collect(record.folder(trial.id), trial).data
    return {"rows": data.rows, "by_source": dict(data.by_source)} if data else None


def _diff(one: str, other: str) -> Quoted:
    """The lines in which a cell differs."""
    lines = difflib.unified_diff(one.splitlines(), other.splitlines(), lineterm="", n=0)
    kept = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    return quote("\n".join(kept), _DIFF)


def _thinned(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """At most `POINTS` of the rows, evenly, the last one among them."""
    if len(rows) <= POINTS:
        return rows
    places = sorted({round(n * (len(rows) - 1) / (POINTS - 1)) for n in range(POINTS)})
    return [rows[place] for place in places]


def _matching(lines: list[str], pattern: str) -> list[str]:
    deadline = time.monotonic() + 2.0
    try:
        wanted = regex.compile(pattern)
        return [
            line
            for line in lines
            if wanted.search(line, timeout=max(0.001, deadline - time.monotonic()))
        ]
    except regex.error as error:
        raise DataError(f"{pattern!r} is no regular expression: {error}") from error
    except TimeoutError as error:
        raise DataError("the search took too long", fix="give a simpler pattern") from error
