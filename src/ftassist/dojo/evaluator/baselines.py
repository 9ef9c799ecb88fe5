"""Scores the classical baselines of a task: on the evaluator's side, for items are read.

What a baseline answers is judged like a model's answers, and its item scores are written in the
same form beside those of the trials, so that verdicts can compare item by item.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ftassist.dojo import classical
from ftassist.dojo.evaluator.definition import read_definition
from ftassist.dojo.evaluator.scoring import evaluator_digest, scores_document, shown_of
from ftassist.dojo.feedback import Feedback, ItemScore, summarise
from ftassist.dojo.repository import DataRepository
from ftassist.dojo.task import Split, Task
from ftassist.errors import DataError
from ftassist.files import hash_file, hash_text, write_atomic
from ftassist.records.baseline import ScoredBaseline

MAJORITY = "majority"
FOLDER_PREFIX = "baseline-"
"""How the files of a baseline's item scores begin, where those of a trial have its id."""


def score_baselines(
    task: Task,
    scores: Path,
    rows: int,
    seed: int,
    without_leaks: Callable[[Sequence[classical.Text]], list[classical.Text]],
    split: Split = "validation",
    shown_seed: int | None = None,
) -> list[ScoredBaseline]:
    """Fits and scores every kind of baseline; none for a task without a closed answer set.

    Args:
        scores: The folder of item scores.
        rows: A trial's row cap.
        seed: Of the draw of rows.
        without_leaks: Leaves out rows that hold an evaluation item.
        split: The split to score on.
        shown_seed: Of the draw of items that may be shown and do not count, as for a model.
    """
    process = read_definition(task.folder / "harness.yaml").get("process_results")
    metric = task.card.metric
    if not callable(process) or not metric.binary or not metric.higher_is_better:
        return []
    items = task.items(split)
    # Labels only: a few validation items alone would not show all of a closed set.
    own = _one_for_each_answer([*task.items("validation"), *task.items("test")])
    if not own:
        return []

    def is_own(label: str) -> bool:
        return any(_judged(process, item, label)["score"] == 1 for item in own)

    training = classical.training_of(_sets_of(task), is_own, rows, seed)
    if training is None:
        return []
    training = replace(training, texts=without_leaks(training.texts))
    prompts = [str(item["prompt"]) for item in items]
    found = []
    for name in (MAJORITY, *classical.KINDS):
        started = time.perf_counter()
        if name == MAJORITY:
            answers = [classical.majority(training)] * len(items)
        else:
            answers = classical.predict(name, training, prompts)
        key = FOLDER_PREFIX + name.rpartition(" ")[2]
        judged = [_item(process, item, said) for item, said in zip(items, answers, strict=True)]
        path = scores / f"{key}.{split}.json"
        feedback = _written(task, split, judged, path, name, shown_seed)
        found.append(_scored(key, name, training, feedback, time.perf_counter() - started))
    return found


def _scored(
    key: str, name: str, training: classical.ClassicalRows, feedback: Feedback, seconds: float
) -> ScoredBaseline:
    return ScoredBaseline(
        key=key,
        name=name,
        rows=len(training.texts),
        labels=training.labels,
        sets=training.sets,
        score=feedback.score,
        low=feedback.low,
        high=feedback.high,
        n=feedback.n,
        seconds=round(seconds, 2),
        scores_digest=feedback.scores_digest,
    )


def _one_for_each_answer(items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """An item for each gold answer; none where there are too many answers to be a closed set."""
    own = {str(item.get("answer", "")): item for item in items if "prompt" in item}
    return list(own.values()) if len(own) <= classical.MOST_LABELS else []


def _sets_of(task: Task) -> dict[str, Sequence[classical.Text]]:
    """Prompts and responses of the raw sets that can be read."""
    repository = DataRepository(task.repository_folder)
    found: dict[str, Sequence[classical.Text]] = {}
    for name in repository.names():
        with suppress(DataError):  # told where a trial loads it
            found[name] = repository.turns(name)
    return found


def _item(process: Callable[..., Any], item: dict[str, Any], said: str) -> ItemScore:
    found = _judged(process, item, said)
    return ItemScore(
        id=str(item["id"]),
        view=str(item.get("view", "all")),
        score=float(found["score"]),
        parsed=bool(found.get("parsed", True)),
        truncated=False,
        tokens=0,
        prompt=str(item["prompt"]),
        gold=str(item.get("answer", "")),
        output=said,
        judged=getattr(found["score"], "judged", None),
    )


def _judged(process: Callable[..., Any], item: dict[str, Any], said: str) -> dict[str, Any]:
    found: dict[str, Any] = process(dict(item), [said])
    return found if "score" in found else {**found, "score": next(iter(found.values()))}


def _written(
    task: Task,
    split: Split,
    items: list[ItemScore],
    path: Path,
    name: str,
    shown_seed: int | None,
) -> Feedback:
    """The items summed up, and written as a trial's are."""
    shown = shown_of(split, items, shown_seed)
    feedback = summarise(
        task.card,
        split,
        items,
        seconds=0.0,
        model_digest=hash_text(name),
        evaluator_digest=evaluator_digest(task),
        shown=shown,
    )
    write_atomic(path, scores_document(feedback, items, shown))
    return replace(feedback, scores_digest=hash_file(path))
