"""ChemCoTBench: one JSON file a sub-task; raw training from ChemCoTDataset and from RDKit.

The official training set is gated. For molecule understanding there are, beside it, rows labelled
by RDKit on molecules outside the benchmark (see `taskgen/understanding_rows.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ftassist.dojo.location import Located
from ftassist.dojo.readers.order import released_order
from ftassist.dojo.record import Files, RawSet, Record, all_rows, as_text
from ftassist.dojo.scorers.lookup import scorer_for
from ftassist.dojo.splits import Divided
from ftassist.dojo.task import TaskCard

_TASKS = {"mol_und": "mol_und", "mol_edit": "mol_edit", "mol_opt": "mol_opt", "reaction": "rxn"}
_LABELS = ("Input Molecule:", "Molecule A:")
_QUESTIONS = {
    "fg_count": "Input Molecule: {molecule}, Fragment Name: {other}.",
    "ring_count": "Input Molecule: {molecule}, Ring Structure: {other}.",
    "Murcko_scaffold": "Input Molecule: {molecule}.",
    "ring_system_scaffold": "Input Molecule: {molecule}, Ring System Structure: {other}",
    "equivalence": "Molecule A: {molecule}, Molecule B: {other}.",
}
_FIELDS = ("id", "query", "gt", "task", "subtask", "meta")


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """The records of each sub-task, in the order of the released loader."""
    del card
    for view in files:
        rows = all_rows(files, view)
        found = [Record(str(row["id"]), view, {key: row[key] for key in _FIELDS}) for row in rows]
        yield from released_order(found)


def training(located: Located, card: TaskCard, divided: Divided) -> Iterator[RawSet]:
    """The official rows of the task, with their worked text as the response; or RDKit's."""
    if located.source.host == "package":
        yield from _labelled_sets(located, card, divided)
        return
    task = card.key.removeprefix("chemcotbench_")
    rows = [
        made
        for row in all_rows(located.files, "train")
        if row.get("task") in {task, _TASKS[task]} and (made := _training_row(row))
    ]
    yield RawSet(
        name="chemcot",
        title="ChemCoTDataset: worked answers",
        description="The official training rows of this task; the worked text is the response.",
        rows=rows,
        provenance=f"{located.source.id}, revision {located.source.revision[:12]}",
        notes="No rows for equivalence, retro, nepp and mechsel.",
    )


def _labelled_sets(located: Located, card: TaskCard, divided: Divided) -> Iterator[RawSet]:
    """The rows labelled by RDKit, a set a view, in the wording of the benchmark's questions."""
    records = (*divided.validation, *divided.test, *divided.unused)
    frames = {record.view: frame_of(str(record.doc["query"])) for record in records}
    scorer = scorer_for(card.scorer)
    rows: dict[str, list[dict[str, Any]]] = {view: [] for view in card.views}
    for row in all_rows(located.files, "train"):
        view = row["view"]
        asked = _QUESTIONS[view].format(**row)
        response = scorer.gold({"gt": row["answer"]}, view)
        made = {"id": row["id"], "view": view, "prompt": frames[view] + asked}
        rows[view].append({**made, "response": response})
    for view, found in rows.items():
        yield RawSet(
            name=f"rdkit_{view.lower()}",
            title=f"Labelled by RDKit: {card.views[view]}",
            description="Questions in the benchmark's form on molecules outside it.",
            rows=found,
            provenance="molecules of the NCI set shipped with RDKit; made by taskgen",
            notes="Stands in for the official set, which is gated. Molecules are simpler.",
        )


def frame_of(query: str) -> str:
    """What a question says before it names its molecules."""
    return query[: min(query.index(label) for label in _LABELS if label in query)]


def _training_row(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """A row with its worked text; `rcr` keeps both under other names."""
    worked = row.get("struct_cot") or row.get("cot_result") or row.get("raw_cot")
    if not row.get("query") or not worked:
        return None
    response = worked if isinstance(worked, str) else json.dumps(worked, ensure_ascii=False)
    meta = as_text(row.get("meta") or row.get("gt") or "")
    view = str(row.get("subtask", ""))
    made = {"id": str(row.get("id", "")), "view": view, "prompt": row["query"]}
    return {**made, "response": response, "meta": meta}
