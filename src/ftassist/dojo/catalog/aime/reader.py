"""AIME 2024 and 2025: both exams in their order; raw training from DeepScaleR."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ftassist.dojo.location import Located
from ftassist.dojo.preparation import render
from ftassist.dojo.record import Files, RawSet, Record, all_rows
from ftassist.dojo.splits import Divided
from ftassist.dojo.task import TaskCard

_QUESTION = ("question", "problem", "origin_prompt")
_ANSWER = ("answer", "gold_answer")
"""What copies of the exams call them."""


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """The thirty problems."""
    del card
    for part in files:
        for number, row in enumerate(all_rows(files, part)):
            doc = {"question": _field(row, _QUESTION), "answer": _field(row, _ANSWER)}
            yield Record(f"{part}-{number + 1}", "all", doc)


def training(located: Located, card: TaskCard, divided: Divided) -> Iterator[RawSet]:
    """Competition problems with their answer in a box, and a solution where there is one."""
    del divided
    rows = []
    for number, row in enumerate(all_rows(located.files, "train")):
        solution, boxed = str(row.get("solution") or ""), rf"\boxed{{{row['answer']}}}"
        record = Record(f"deepscaler-{number}", "all", {"question": str(row["problem"])})
        response = solution if boxed in solution else f"{solution}\n\n{boxed}".strip()
        rows.append({"id": record.id, "prompt": render(card, record), "response": response})
    yield RawSet(
        name="deepscaler",
        title="Competition problems with answers",
        description="DeepScaleR's problems under the task's prompt; the answer stands in a box.",
        rows=rows,
        provenance=f"{located.source.id}, revision {located.source.revision[:12]}",
        notes="Four of five rows have no solution, only the answer.",
    )


def _field(row: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """The first of some fields that a row has.

    Raises:
        KeyError: It has none of them.
    """
    return str(row[next((name for name in names if name in row), names[0])])
