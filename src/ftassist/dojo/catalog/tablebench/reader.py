"""TableBench: one file for the four tasks, told apart by `qtype`; training from TableInstruct."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ftassist.dojo.catalog.tablebench.answers import table_text
from ftassist.dojo.location import Located
from ftassist.dojo.readers.order import released_order
from ftassist.dojo.record import Files, RawSet, Record, all_rows
from ftassist.dojo.scorers.lookup import scorer_for
from ftassist.dojo.splits import Divided
from ftassist.dojo.task import TaskCard

QTYPES = {
    "tablebench_fact_checking": "FactChecking",
    "tablebench_numerical_reasoning": "NumericalReasoning",
    "tablebench_data_analysis": "DataAnalysis",
    "tablebench_visualization": "Visualization",
}
OTHER = "other"


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """The task's records, each once, view by view."""
    by_view: dict[str, list[Record]] = {view: [] for view in card.views}
    for record in _records(files, card):
        by_view[record.view].append(record)
    for found in by_view.values():
        yield from released_order(found)


def released(files: Files, card: TaskCard) -> Iterator[Record]:
    """As the release evaluates them: records with a rule of their own stand in `other` as well."""
    found = list(evaluation(files, card))
    yield from (record for record in found if record.view != OTHER)
    everything = list(_records(files, card))
    if OTHER in card.views:
        everything = [Record(r.id, OTHER, r.doc, r.extra) for r in everything]
        yield from released_order(everything)


def training(located: Located, card: TaskCard, divided: Divided) -> Iterator[RawSet]:
    """TableInstruct's rows of the same question type, as they are."""
    del divided
    rows = [
        {
            "id": str(row.get("id", number)),
            "view": str(row.get("qsubtype", "")),
            "prompt": str(row["instruction"]),
            "response": str(row["response"]),
        }
        for number, row in enumerate(all_rows(located.files, "train"))
        if row.get("qtype") == QTYPES[card.key] and row.get("response")
    ]
    yield RawSet(
        name="table_instruct",
        title="TableInstruct rows of this question type",
        description="Instructions with table and question, and responses of several styles.",
        rows=rows,
        provenance=f"{located.source.id}, revision {located.source.revision[:12]}",
        notes="Direct answers, textual, program and symbolic reasoning are mixed.",
    )


def _records(files: Files, card: TaskCard) -> Iterator[Record]:
    """The records of the task's question type, in the order of the file."""
    scorer = scorer_for(card.scorer)
    for row in all_rows(files, "test"):
        if row.get("qtype") != QTYPES[card.key]:
            continue
        doc = {**row, "table": _table(row["table"]), "answer": str(row["answer"])}
        view = scorer.view_of(doc)
        assert view is not None
        yield Record(str(row["id"]), view, doc, {"table_text": table_text(doc["table"])})


def _table(table: Any) -> Mapping[str, Any]:
    """The table as an object; some copies keep it as JSON text."""
    found = json.loads(table) if isinstance(table, str) else table
    return {"columns": list(found["columns"]), "data": [list(row) for row in found["data"]]}
