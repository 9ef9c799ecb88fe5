"""Files of a person's, looked at before they become a task: for a face that shows while one types.

    python -m ftassist.dojo.own_files

is a process for a server that must stay light: it reads one line of JSON from its standard input
(`{"own": {...}, "items": 100, "make": false}`) and writes one: `looked_at`'s document, or
`{"made": FOLDER}`, or `{"error": {...}}`. Runs nothing of the person's own.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ftassist.dojo.own_check import PYTHON, process_of
from ftassist.dojo.own_rows import ColumnNames, OwnSet, Reading, preview, read_own
from ftassist.dojo.own_task import (
    OwnRows,
    OwnTask,
    answer_fields,
    make_task,
    read_rows,
    splits_of,
)
from ftassist.dojo.tables.shapes import columns
from ftassist.dojo.tables.sources import Role, read_source
from ftassist.dojo.tables.table import check_on_bad
from ftassist.errors import DataError, FtassistError
from ftassist.statistics.power import minimum_detectable_effect

HALF = 0.5
"""The score at which a gain is hardest to see."""
_JUDGED = 6


def main() -> None:
    """Reads what is asked, and says what came of it."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print goes to the log
    asked = json.loads(sys.stdin.buffer.readline())
    try:
        own = own_task(asked["own"])
        if asked["make"]:
            document: dict[str, Any] = {"made": str(make_task(own))}
        else:
            document = looked_at(own, asked.get("items"))
    except FtassistError as error:
        document = {"error": error.to_dict()}
    out.write(json.dumps(document))
    out.flush()


def own_task(raw: Mapping[str, Any]) -> OwnTask:
    """A task as a face asks for it.

    Raises:
        DataError: The metric is a scoring file, which only the command line takes.
    """
    if str(raw["metric"]).startswith(PYTHON + ":"):
        raise DataError(
            "a scoring file of one's own is named on the command line",
            where="metric",
            fix="run `ftassist task new --metric python:FILE.py`",
        )
    names = {name: str(raw.get(name, "")) for name in ("prompt", "answer", "system", "id", "view")}
    return OwnTask(
        folder=Path(raw["folder"]),
        train=[str(source) for source in raw["train"]],
        evaluation=raw.get("evaluation") or None,
        test=raw.get("test") or None,
        metric=str(raw["metric"]),
        title=str(raw.get("title", "")),
        licence=str(raw.get("licence") or "not stated"),
        max_new_tokens=int(raw.get("max_new_tokens") or 64),
        names=ColumnNames(**names),
        on_bad=check_on_bad(str(raw.get("on_bad", "refuse"))),
    )


def looked_at(own: OwnTask, items: int | None = None) -> dict[str, Any]:
    """What files would become, as far as they can be read.

    Args:
        own: What a person has said so far; evaluation rows may be missing.
        items: How many validation items are to be scored on; None for all.

    Returns:
        `columns` of the rows; `sources`, what they were taken for with three rows each; the sizes
        of the splits; `judged`, answers with the score that the metric gives them; the smallest
        gain that the validation items can show; `problem`, why there is not more.
    """
    found: dict[str, Any] = {
        "columns": _columns(own),
        "sources": [],
        "items": None,
        "judged": [],
        "reference": "",
        "smallest_effect": None,
        "problem": None,
    }
    try:
        how = Reading(own.names, own.on_bad, own.metric)
        training = [one for source in own.train for one in read_own(source, "train", how)]
        found["sources"] = [preview(one) for one in training]
        if own.evaluation is None:
            return found
        rows = read_rows(own)
        found["sources"] = [preview(one) for one in rows.sets]
        found |= _judged(own, rows.evaluation[0])
        found |= _sizes(own, rows, items)
    except FtassistError as error:
        found["problem"] = error.to_dict()
    return found


def _columns(own: OwnTask) -> list[str]:
    """The columns of all rows, in the order they are met; none of what cannot be read."""
    known: dict[str, None] = {}
    sources: list[tuple[Any, Role]] = [(one, "train") for one in own.train]
    sources += [(own.evaluation, "evaluation"), (own.test, "test")]
    for source, role in sources:
        try:
            tables = [t for rows in read_source(source, role, "drop") for t in rows.tables]
        except (FtassistError, TypeError):  # told as the problem
            continue
        known |= dict.fromkeys(name for table in tables for name in columns(table.rows))
    return list(known)


def _sizes(own: OwnTask, rows: OwnRows, items: int | None) -> dict[str, Any]:
    sizes = {split: len(some) for split, some in splits_of(own, rows).items()}
    scored = min(items or sizes["validation"], sizes["validation"])
    binary = own.metric not in ("rougeL", "macro_f1")
    effect = minimum_detectable_effect(scored, HALF) if binary else None
    return {"items": sizes, "smallest_effect": effect}


def _judged(own: OwnTask, evaluation: OwnSet) -> dict[str, Any]:
    """Made-up answers to the first evaluation row, as the metric judges them."""
    golds = [evaluation.references(row) for row in evaluation.rows]
    item = answer_fields(golds, 0, "accuracy")
    reference = golds[0][0]
    other = next((gold[0] for gold in golds if gold[0] not in golds[0]), "")
    judge = process_of(own.metric)
    made_up = dict.fromkeys(_answers(reference, other))
    judged = []
    for text in list(made_up)[:_JUDGED]:
        scored = judge(item, [text])
        judged.append({"text": text, "score": scored["score"], "parsed": scored["parsed"]})
    return {"judged": judged, "reference": reference}


def _answers(reference: str, other: str) -> Sequence[str]:
    """What a model might write: the right answer, nearly it, around it, another one, nothing."""
    around = f"The answer is {reference}."
    near = [reference, reference.upper(), f'"{reference}".', around]
    return [*near, *([other] if other else []), ""]


if __name__ == "__main__":
    main()
