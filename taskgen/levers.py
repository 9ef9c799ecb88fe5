"""Shows that the choice of raw sets matters: fine-tunes the base on mixtures and scores them.

    python -m taskgen.levers [--task KEY] [--mixture NAME] [--seeds 3] [--out levers.jsonl]

Every run has the same training arguments and at most 2,000 rows; only the data differ. Trains with
`ftassist.recipes.train`, scores with the evaluator on validation and test. Writes one JSON line a
run and prints a table; knows nothing of campaigns.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ftassist.dojo.evaluator.process import EvaluatorProcess
from ftassist.dojo.feedback import Feedback
from ftassist.dojo.profile import fold
from ftassist.dojo.repository import DataRepository
from ftassist.dojo.task import Task
from ftassist.dojo.task_loader import load_task
from ftassist.recipes import train
from taskgen.build import TASKS
from taskgen.rawset import write_rows

ROWS = 2000
ARGUMENTS: dict[str, Any] = {"method": "full", "learning_rate": 1e-3, "epochs": 2}
MIXTURES: dict[str, dict[str, tuple[str, ...]]] = {
    "mini_math": {
        "worked, all settings": (
            "lessons_shop",
            "lessons_travel",
            "lessons_home",
            "lessons_garden",
        ),
        "worked, two settings": ("lessons_shop", "lessons_travel"),
        "everything, unsorted": (),
        "bare answers": ("answer_key",),
        "crowd, not reviewed": ("crowd_solutions",),
        "repeated log": ("forum_dump",),
    },
    "mini_chemistry": {
        "worked, all views": ("ring_notes", "group_notes", "pair_notes"),
        "worked, one view": ("ring_notes",),
        "everything, unsorted": (),
        "bare answers, unbalanced": ("screening_counts", "registry_matches"),
        "students, not graded": ("student_reports",),
        "repeated log": ("hydroxyl_log",),
    },
    "mini_tables": {
        "worked, all views": ("lookup_steps", "sum_steps", "check_steps"),
        "worked, one view": ("lookup_steps",),
        "everything, unsorted": (),
        "bare answers": ("export_answers",),
        "volunteers, not reviewed": ("volunteer_answers",),
        "repeated log": ("helpdesk_log",),
    },
}


def training_rows(task: Task, sets: Iterable[str], seed: int) -> list[dict[str, Any]]:
    """At most 2,000 chat rows drawn evenly from the sets; no set named means all of them.

    Leaked evaluation items are left out, since a trial that trains on them is invalid.
    """
    repository = DataRepository(task.repository_folder)
    held = {fold(item["prompt"]) for split in ("validation", "test") for item in task.items(split)}
    rows = [
        {
            "id": f"{name}/{number}",
            "source": name,
            "messages": [
                {"role": "user", "content": prompt},
                {"role": "assistant", "content": response},
            ],
        }
        for name in sets or repository.names()
        for number, (prompt, response) in enumerate(repository.turns(name), start=1)
        if fold(prompt) not in held
    ]
    random.Random(seed).shuffle(rows)
    return rows[:ROWS]


def run(task: Task, mixture: str, seed: int, evaluator: EvaluatorProcess) -> dict[str, Any]:
    """Trains on one mixture with one seed; the scores of both splits."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "trial")
        rows = training_rows(task, MIXTURES[task.key][mixture], seed)
        write_rows(folder / "train.jsonl", rows)
        result = train.sft(
            "tiny", folder / "train.jsonl", folder / "model", seed=seed, **ARGUMENTS
        )
        trial = f"{task.key} {mixture} {seed}"
        evaluator.register(trial, folder, scores=Path(name, "scores"), task=task.key, limit=2)
        scores = {s: evaluator.evaluate(trial, s, model="model") for s in ("validation", "test")}
    return {
        "task": task.key,
        "mixture": mixture,
        "seed": seed,
        "rows": len(rows),
        "loss": result.loss,
        "seconds": sum(result.seconds.values()),
        **{split: summary(feedback) for split, feedback in scores.items()},
    }


def summary(feedback: Feedback) -> dict[str, Any]:
    """Headline, parse rate and views of a feedback."""
    views = {view: round(estimate.score, 4) for view, estimate in feedback.views.items()}
    return {"score": round(feedback.score, 4), "parsed": feedback.parse_rate, "views": views}


def table(runs: Sequence[dict[str, Any]]) -> str:
    """A Markdown table: mean over seeds with the least and greatest, by task and mixture."""
    lines = [
        "| task | mixture | rows | validation | test (least to greatest) | test by view |",
        "|---|---|---|---|---|---|",
    ]
    for key, mixture in dict.fromkeys((r["task"], r["mixture"]) for r in runs):
        same = [r for r in runs if (r["task"], r["mixture"]) == (key, mixture)]
        test = [r["test"]["score"] for r in same]
        views = ", ".join(
            f"{view} {statistics.mean(r['test']['views'][view] for r in same):.2f}"
            for view in same[0]["test"]["views"]
        )
        validation = statistics.mean(r["validation"]["score"] for r in same)
        lines.append(
            f"| {key} | {mixture} | {same[0]['rows']:,} | {validation:.3f} | "
            f"{statistics.mean(test):.3f} ({min(test):.3f} to {max(test):.3f}) | {views} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Runs the chosen mixtures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--task", choices=sorted(TASKS), action="append")
    parser.add_argument("--mixture", action="append")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("levers.jsonl"))
    options = parser.parse_args()
    runs = []
    with EvaluatorProcess() as evaluator, options.out.open("a", encoding="utf-8") as log:
        for seed in range(options.seeds):
            for key in options.task or sorted(TASKS):
                for mixture in MIXTURES[key]:
                    if options.mixture and mixture not in options.mixture:
                        continue
                    runs.append(run(load_task(key), mixture, seed, evaluator))
                    log.write(json.dumps(runs[-1]) + "\n")
                    log.flush()
    print(table(runs))


if __name__ == "__main__":
    main()
