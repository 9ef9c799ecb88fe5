"""TOMG-Bench: one table a view; OpenMolIns is its training set.

Columns: generation.py and evaluate.py of phenixace/TOMG-Bench at 692f6b1c (`Instruction`, and what
the view is checked by; `SubTask`, `Instruction` and `molecule` in OpenMolIns).
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from ftassist.dojo.location import Located
from ftassist.dojo.preparation import render
from ftassist.dojo.record import Files, RawSet, Record, all_rows
from ftassist.dojo.splits import Divided
from ftassist.dojo.task import TaskCard


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """The instructions of all views."""
    for view in card.views:
        for number, row in enumerate(all_rows(files, view)):
            yield Record(f"{view}-{number}", view, row)


def training(located: Located, card: TaskCard, divided: Divided) -> Iterator[RawSet]:
    """The light version of OpenMolIns: an instruction and a molecule that follows it."""
    del divided
    rows = [
        {
            "id": f"openmolins-{number}",
            "prompt": render(card, Record("", "", row)),
            "response": json.dumps({"molecule": row["molecule"].strip()}),
        }
        for number, row in enumerate(all_rows(located.files, "train"))
    ]
    yield RawSet(
        name="openmolins_light",
        title="Instructions with a molecule that follows them",
        description="OpenMolIns, light: the task's prompt, answered with the molecule as JSON.",
        rows=rows,
        provenance=located.source.id,
        notes="One molecule of many that would do.",
    )
