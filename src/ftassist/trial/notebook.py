"""The notebook of a trial: built from the template, and its cells read back.

Knows nothing of running it. The notebook stands alone: with ftassist installed, plain Jupyter
or papermill runs it again, also on another machine, because its parameters are names that are
looked up there (`repository` and `task` through `ftassist.dojo.task`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import nbformat
from nbformat import NotebookNode

from ftassist.errors import CellError, DataError
from ftassist.files import templates_folder
from ftassist.journal.state import STAGES
from ftassist.trial.job import NOTEBOOK as NOTEBOOK
from ftassist.trial.job import TrialSpec


@dataclass(frozen=True)
class NotebookCells:
    """What a trial's notebook holds.

    Attributes:
        trial: Its id; "" when the notebook does not say.
        cells: The source of each stage.
        outputs: The plain text each stage's cell printed, errors included.
        status: The status of each stage's cell ("pending" for one that was never run).
    """

    trial: str
    cells: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    status: Mapping[str, str] = field(default_factory=dict)


def build(spec: TrialSpec) -> NotebookNode:
    """The notebook of a trial, checked against the notebook format.

    Raises:
        CellError: A stage has no cell.
    """
    missing = [stage for stage in STAGES if not spec.cells.get(stage, "").strip()]
    if missing:
        raise CellError(
            f"the trial has no {missing[0]} cell",
            where=spec.trial,
            fix=f"a trial has three cells: {', '.join(STAGES)}",
        )
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_folder()),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
    )
    text = environment.get_template("trial.ipynb.j2").render(
        spec=spec,
        stages=STAGES,
        lines=[f"{name} = {_literal(value)}" for name, value in spec.parameters().items()],
    )
    notebook: NotebookNode = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    return notebook


def read_cells(path: Path) -> NotebookCells:
    """The cells of a trial's notebook, run or not.

    Raises:
        DataError: It is not a trial's notebook; says what is missing.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
    except (OSError, ValueError, nbformat.reader.NotJSONError) as error:
        raise DataError(
            f"cannot read the notebook: {error}", where=str(path), fix="run the trial again"
        ) from error
    cells = {stage: cell for cell in notebook.cells if (stage := stage_of(cell))}
    missing = [stage for stage in STAGES if stage not in cells]
    if missing:
        raise DataError(
            f"the notebook has no cell tagged {missing[0]!r}",
            where=str(path),
            fix=f"tag one cell each with {', '.join(STAGES)}",
        )
    return NotebookCells(
        trial=str(notebook.metadata.get("ftassist", {}).get("trial", "")),
        cells={stage: cells[stage].source for stage in STAGES},
        outputs={stage: output_text(cells[stage]) for stage in STAGES},
        status={
            stage: str(cells[stage].metadata.get("papermill", {}).get("status", "pending"))
            for stage in STAGES
        },
    )


def stage_of(cell: NotebookNode) -> str:
    """The stage a cell is, by its metadata or tag; "" for the other cells."""
    stage = cell.metadata.get("ftassist", {}).get("stage", "")
    if not stage:
        stage = next((tag for tag in cell.metadata.get("tags", []) if tag in STAGES), "")
    return str(stage) if cell.cell_type == "code" else ""


def output_text(cell: NotebookNode) -> str:
    """What a cell printed, as plain text."""
    parts: list[str] = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            parts.append(output.text)
        elif output.output_type == "error":
            parts.append("\n".join(output.traceback))
        else:
            parts.append(str(output.get("data", {}).get("text/plain", "")))
    return "\n".join(parts)


def _literal(value: Any) -> str:
    """A Python literal in the style of the cells."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
