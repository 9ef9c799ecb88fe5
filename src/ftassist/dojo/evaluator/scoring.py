"""Scoring: from a model and a task to a `Feedback` and the file with every item's score.

Joins the harness's samples with what was generated, checks that the evaluator's own code and data
stayed the same, and writes the scores outside the trial. Knows nothing of channels and tokens.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

from ftassist.dojo.evaluator.closure import import_closure, module_file
from ftassist.dojo.evaluator.in_parts import Within
from ftassist.dojo.evaluator.protocol import RefusedError
from ftassist.dojo.feedback import Feedback, ItemScore, summarise
from ftassist.dojo.scorers.lookup import scorer_for
from ftassist.dojo.scorers.references import ACCEPTED
from ftassist.dojo.scorers.thinking import marked
from ftassist.dojo.shown import partial_items, shown_items
from ftassist.dojo.task import Split, Task
from ftassist.errors import DataError
from ftassist.files import hash_file, hash_text, write_atomic

CARD = "card.yaml"
_CODE = Path(__file__).resolve().parents[2]
"""The package."""


def score(
    model: Any,
    task: Task,
    split: Split,
    *,
    model_digest: str,
    scores_file: Path | None = None,
    expected: str | None = None,
    shown_seed: int | None = None,
    rung: float = 1.0,
    within: Within | None = None,
) -> Feedback:
    """Scores a harness model on one split.

    Args:
        model: A `harness.GreedyModel`, or any harness `LM`.
        model_digest: Hash of the model's files, for the record.
        scores_file: Where item scores, parsed flags and outputs are written.
        expected: What `evaluator_digest` was when the task was first registered.
        shown_seed: Of the draw of validation items that may be shown (see `shown_items`); None
            where what is shown also selects.
        rung: How far the training has come; below 1 a part of the validation items is asked.
        within: Asks the items in parts and may leave some out; None for all at once.

    Raises:
        RefusedError: The evaluator's code or data changed meanwhile.
        DataError: The task's scoring did not give a score.
    """
    from ftassist.dojo.evaluator.harness import run

    digest = check_unchanged(task, expected)
    started = time.perf_counter()
    part = part_of(task, split, shown_seed, rung)
    partly = part is not None

    def ask(names: Collection[str] | None) -> list[ItemScore]:
        return item_scores(task, run(model, task, split, names), getattr(model, "answers", {}))

    items = within(named_items(task.items(split)), ask) if within else ask(part)
    seconds = time.perf_counter() - started + getattr(model, "seconds", 0.0)
    check_unchanged(task, digest)
    feedback = summarise(
        task.card,
        split,
        items,
        seconds=seconds,
        model_digest=model_digest,
        evaluator_digest=digest,
        shown=(shown := frozenset() if partly else shown_of(split, items, shown_seed)),
    )
    if partly:
        feedback = feedback.in_part(rung)
    if scores_file is None:
        return feedback
    write_atomic(scores_file, scores_document(feedback, items, shown))
    return replace(feedback, scores_digest=hash_file(scores_file))


def part_of(
    task: Task, split: Split, shown_seed: int | None, rung: float
) -> frozenset[str] | None:
    """Ids of the items that are asked of a training in part; None for all."""
    if rung >= 1.0 or split != "validation":
        return None
    return frozenset(partial_items(named_items(task.items(split)), shown_seed))


def check_unchanged(task: Task, expected: str | None) -> str:
    """The evaluator's digest, which must be the expected one if there is one.

    Raises:
        RefusedError: INVALID: the evaluator's code or data changed.
    """
    digest = evaluator_digest(task)
    if expected is not None and digest != expected:
        raise RefusedError(
            "the evaluator's own code or data changed since it started",
            kind="INVALID",
            where=str(task.folder),
            fix="find out who changed it, then start the evaluator again",
        )
    return digest


def item_scores(
    task: Task, samples: Sequence[dict[str, Any]], answers: dict[int, Any]
) -> list[ItemScore]:
    """Joins logged samples with generated answers.

    Raises:
        DataError: A sample has no score.
    """
    return [_item_score(task, sample, answers.get(sample["doc_id"])) for sample in samples]


def _item_score(task: Task, sample: dict[str, Any], answer: Any) -> ItemScore:
    """One sample as an item score; the metric is called "score", or as on the card."""
    value = sample.get("score", sample.get(task.card.metric.name))
    doc = sample["doc"]
    if not isinstance(value, int | float):
        raise DataError(
            f"the task {task.key!r} gave no score to the item {doc.get('id')!r}",
            where=str(task.folder / "scoring.py"),
            fix='process_results must return {"score": number, "parsed": 0 or 1}',
        )
    return ItemScore(
        id=str(doc.get("id", sample["doc_id"])),
        view=str(doc.get("view", "all")),
        score=float(value),
        parsed=bool(sample.get("parsed", True)),
        truncated=answer is not None and not answer.finished,
        tokens=len(answer.tokens) if answer is not None else 0,
        prompt=str(doc.get("prompt", sample["arguments"][0][0])),
        gold=" | ".join(doc.get(ACCEPTED) or [str(sample["target"])]),
        output=marked(sample["resps"][0][0]),
        judged=getattr(value, "judged", None),
    )


def shown_of(split: Split, items: Sequence[ItemScore], seed: int | None) -> frozenset[str]:
    """The items of a split that may be shown and do not select; none of the test split."""
    if split != "validation":
        return frozenset()
    return shown_items(((item.id, item.view) for item in items), seed)


def named_items(items: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Id and view of a task's items, as their scores name them."""
    return [
        (str(item.get("id", place)), str(item.get("view", "all")))
        for place, item in enumerate(items)
    ]


def scores_document(
    feedback: Feedback, items: Sequence[ItemScore], shown: Collection[str] = ()
) -> str:
    """The scores file: the feedback (without the hash of this file) and every item.

    An item that may be shown, and does not select, says so.
    """
    document = {
        "feedback": feedback.to_dict(),
        "items": [
            {
                "id": item.id,
                "view": item.view,
                "score": item.score,
                "parsed": item.parsed,
                "truncated": item.truncated,
                "output": item.output,
                **({"shown": True} if item.id in shown else {}),
            }
            for item in items
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=0) + "\n"


def read_feedback(scores_file: Path) -> Feedback:
    """The feedback kept in a scores file, with the file's hash.

    Raises:
        DataError: The file is damaged.
    """
    try:
        document = json.loads(scores_file.read_text(encoding="utf-8"))
        feedback = Feedback.of(document["feedback"])
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"the scores file cannot be read: {error}",
            where=str(scores_file),
            fix="remove it and score the trial again",
        ) from error
    return replace(feedback, scores_digest=hash_file(scores_file))


def evaluator_digest(task: Task) -> str:
    """A hash of the code that scores this task, and of its definition, scoring and items.

    The code of another task's rule is no part of it (see `closure`).
    """
    scorer = type(scorer_for(task.card.scorer)) if task.card.scorer else None
    named = [f"{scorer.__module__}:{scorer.__qualname__}"] if scorer else []
    files = [*_code_files(task, scorer), *_task_files(task)]
    hashes = [part for p in files for part in (p.name, hash_file(p))]
    return hash_text(*hashes, *named, _card_text(task), _harness_version())


def _code_files(task: Task, scorer: type | None) -> list[Path]:
    """The evaluator's own code, what it uses of other rooms, and the task's rule with its own."""
    names = ("task", "feedback", "shown", "leakage", "normalise", "harness_task")
    used = [_CODE / "dojo" / f"{name}.py" for name in names]
    used += [_CODE / "models" / f"{n}.py" for n in ("chat_format", "shared_rows", "system_turn")]
    for folder in (_CODE / "dojo" / "evaluator", _CODE / "statistics"):
        used += sorted(folder.rglob("*.py"))
    starts = [*used, *task.folder.glob("*.py")]
    if scorer is not None:
        starts.append(module_file(scorer.__module__, _CODE))
    return [*used, *import_closure(starts, _CODE)]


def _task_files(task: Task) -> list[Path]:
    """The files of a task that decide a score; the training sets are not among them."""
    definitions = [*sorted(task.folder.glob("*.yaml")), *sorted(task.folder.glob("*.py"))]
    items = sorted(p for p in task.evaluation_folder.rglob("*") if p.is_file())
    return [*(p for p in definitions if p.name != CARD), *items]


def _card_text(task: Task) -> str:
    """What the card says, without the reference scores, which decide nothing."""
    document = asdict(task.card)
    del document["baselines"]
    return json.dumps(document, sort_keys=True, ensure_ascii=False)


@cache
def _harness_version() -> str:
    """The version of lm-evaluation-harness."""
    from importlib.metadata import version

    return version("lm-eval")
