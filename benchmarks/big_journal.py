"""A campaign with very many trials, written in a second, to see how faces bear it.

    python -m benchmarks.big_journal FOLDER [--trials 10000]

The campaign is generated: no model was trained, scores are drawn at random around a slow rise.
Every tenth trial or so failed, was vetoed, was invalid or took its data from the cache; the last
one runs and one proposal waits. The journal's rows are what the journal itself writes.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sqlite3
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ftassist.journal import Journal, Kind
from ftassist.journal.events import encode, row_digest

STARTED = 1_790_000_000.0
PERSON, AGENT = "person:ada", "agent:playbook"
ITEMS = 320
SETS = ("answer_key", "crowd_solutions", "lessons_shop", "lessons_travel", "exam_archive")
SMALL = 100
"""Trials of each campaign beside the large one."""
Entry = tuple[str, str | None, str, dict[str, Any]]
"""Kind, trial, actor and payload of an event."""


def write(folder: Path, trials: int, seed: int = 0) -> int:
    """Writes the campaign into a new folder; returns the number of events."""
    path = folder / "journal.db"
    Journal(path, create=True).close()
    rows = []
    previous = "ftassist-journal-1"
    for seq, (kind, trial, actor, payload) in enumerate(entries(folder.name, trials, seed), 1):
        text, moment = encode(payload), STARTED + seq
        previous = row_digest(previous, seq, moment, actor, str(kind), trial, text)
        rows.append((seq, moment, actor, str(kind), trial, text, previous))
    with sqlite3.connect(path) as connection:
        connection.executemany("INSERT INTO events VALUES (?,?,?,?,?,?,?)", rows)
    _write_curve(folder, f"t{trials - 1:04d}")
    return len(rows)


def write_many(folder: Path, trials: int, campaigns: int) -> int:
    """Writes the campaign, and beside it others of 100 trials; returns the number of events."""
    folder.mkdir(parents=True)
    events = write(folder, trials)
    for number in range(2, campaigns + 1):
        other = folder.with_name(f"generated-{number}")
        other.mkdir()
        events += write(other, SMALL, seed=number)
    return events


def entries(name: str, trials: int, seed: int) -> Iterator[Entry]:
    """The events of the campaign, in order."""
    draw = random.Random(seed)
    yield (Kind.CAMPAIGN_CREATED, None, PERSON, _settings(name, trials, seed))
    yield (Kind.TRIAL_STARTED, "t0000", "runner", {"isolation": "none"})
    yield (Kind.TRIAL_SCORED, "t0000", "evaluator", {"feedback": _feedback(0.04)})
    yield (Kind.TRIAL_COMPLETED, "t0000", "runner", {"seconds": {"evaluate": 1.0}})
    scored = {"t0000": 0.04}
    latest = deque(scored, maxlen=12)
    for number in range(1, trials):
        trial = f"t{number:04d}"
        parent = draw.choice(latest)
        yield (Kind.PROPOSAL_MADE, trial, AGENT, _proposal(parent, number, draw))
        if number == trials - 1:
            return
        if number == trials - 2:
            yield from _begun(trial, draw)
            continue
        fate = draw.random()
        if fate < 0.05:
            yield (Kind.DECISION_VETOED, trial, PERSON, {"reason": "no synthetic rows", "seen": 1})
        elif fate < 0.12:
            yield from _begun(trial, draw)
            kind = "INVALID" if fate < 0.06 else draw.choice(("CONFIG", "OOM", "TIMEOUT"))
            failure = {
                "class": kind,
                "stage": "train",
                "message": "loss exploded",
                "traceback": "",
            }
            yield (Kind.TRIAL_FAILED, trial, "worker", failure)
        else:
            score = min(0.95, max(0.0, 0.8 * number / trials + draw.gauss(0.1, 0.04)))
            yield from _begun(trial, draw)
            yield from _ended(trial, parent, score, score - scored[parent])
            scored[trial] = score
            latest.append(trial)


def _settings(name: str, trials: int, seed: int) -> dict[str, Any]:
    return {
        "name": name,
        "task": "mini_math",
        "model": "tiny",
        "backend": "playbook",
        "policy": "greedy",
        "review": "always",
        "budget": {"trials": trials, "rows": 2000, "seconds": 60.0 * trials},
        "seed": seed,
        "versions": {"ftassist": "generated"},
    }


def _proposal(parent: str, number: int, draw: random.Random) -> dict[str, Any]:
    data = draw.random() < 0.6
    source = draw.choice(SETS)
    rate = draw.choice((1e-4, 3e-4, 1e-3))
    what = f"add {source}" if data else f"learning rate {rate:g}"
    curate = (
        "from ftassist.recipes import curate\n\n"
        f'rows = curate.load(repository, ["{source}"], seed=seed)\n'
        'rows = curate.deduplicate(rows)\ncurate.export(rows, "data")\n'
    )
    train = (
        "from ftassist.recipes import train\n\n"
        f'train.sft(model, "data", "model", epochs=2, learning_rate={rate:g}, seed=seed)\n'
    )
    return {
        "parent": parent,
        "hypothesis": {
            "statement": f"Generated trial {number}: {what} raises the score of the weak views.",
            "changes": ["data"] if data else ["training"],
            "cause": "generated",
            "evidence": [{"trial": parent, "claim": "wrong answers 118/320", "value": 0.37}],
            "metric": "accuracy",
            "low": 0.0,
            "high": 0.1,
            "refuted_if": "the change of accuracy is below 0.0",
        },
        "cells": {"curate": curate, "train": train, "evaluate": "evaluate(model)\n"},
        "change": {"key": f"generated:{number}", "description": what},
        "estimate": {"seconds": 25.0, "memory_mb": 1100.0, "cost_usd": 0.0},
        "backend": "playbook",
        "rule": "generated",
    }


def _begun(trial: str, draw: random.Random) -> Iterator[Entry]:
    yield (Kind.DECISION_ACCEPTED, trial, PERSON, {"reason": "", "seen": 1})
    yield (Kind.TRIAL_STARTED, trial, "worker", {"isolation": "bubblewrap", "attempt": 1})
    stage: dict[str, Any] = {"stage": "curate", "seconds": 1.2}
    if draw.random() < 0.2:
        stage["cached_from"] = "t0001"
    yield (Kind.STAGE_STARTED, trial, "worker", {"stage": "curate"})
    yield (Kind.STAGE_FINISHED, trial, "worker", stage)
    yield (Kind.STAGE_STARTED, trial, "worker", {"stage": "train"})


def _ended(trial: str, parent: str, score: float, difference: float) -> Iterator[Entry]:
    yield (Kind.STAGE_FINISHED, trial, "worker", {"stage": "train", "seconds": 19.0})
    yield (Kind.TRIAL_SCORED, trial, "evaluator", {"feedback": _feedback(score)})
    seconds = {"seconds": {"curate": 1.2, "train": 19.0, "evaluate": 6.5}, "rows": 1500}
    yield (Kind.TRIAL_COMPLETED, trial, "worker", seconds)
    kind = "better" if difference > 0.06 else "worse" if difference < -0.06 else "tied"
    verdict = {
        "kind": kind,
        "against": parent,
        "difference": difference,
        "low": difference - 0.06,
        "high": difference + 0.06,
        "p": 0.5,
        "p_adjusted": 1.0,
        "n": ITEMS,
        "family": 9,
        "method": "generated",
    }
    prediction = {"low": 0.0, "high": 0.1, "observed": difference, "held": 0 <= difference <= 0.1}
    judged = {"parent": verdict, "best": verdict, "prediction": prediction}
    yield (Kind.TRIAL_JUDGED, trial, "runner", judged)


def _feedback(score: float) -> dict[str, Any]:
    half = 1.96 * math.sqrt(max(score, 0.01) * (1 - min(score, 0.99)) / ITEMS)
    interval = {"score": score, "low": max(0.0, score - half), "high": min(1.0, score + half)}
    views = {name: {**interval, "n": ITEMS // 4} for name in ("shop", "travel", "home", "garden")}
    return {**interval, "n": ITEMS, "views": views, "parse_rate": 1.0, "wrong": []}


def _write_curve(folder: Path, trial: str) -> None:
    path = folder / "trials" / trial / "metrics.jsonl"
    path.parent.mkdir(parents=True)
    rows = (
        {"step": s, "steps": 200, "loss": 2.4 * math.exp(-s / 60), "eta": 0.3 * (200 - s)}
        for s in range(1, 121)
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def main() -> None:
    """Writes the campaign named on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    wanted = parser.parse_args()
    count = write(wanted.folder, wanted.trials, wanted.seed)
    print(f"{wanted.folder}: {wanted.trials} generated trials, {count} events")


if __name__ == "__main__":
    main()
