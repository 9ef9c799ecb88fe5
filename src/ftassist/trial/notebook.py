"""The notebook of a trial: built from the template, marked and saved as it runs, and read back.

A cell is pending, running, completed, failed (it raised), killed (its kernel is gone, it was
interrupted or ran out of time) or skipped (its files were taken from the stage cache). A cell
that never ran stays pending. Saves are whole or not at all.

Knows nothing of running cells. The notebook stands alone: with ftassist installed, plain Jupyter
or papermill runs it again, also on another machine, because its parameters are names that are
looked up there (`repository` and `task` through `ftassist.dojo.task`).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import jinja2
import nbformat
from nbformat import NotebookNode

from ftassist.errors import CellError, DataError, FtassistError
from ftassist.files import templates_folder, write_atomic
from ftassist.journal.state import STAGES
from ftassist.trial.job import NOTEBOOK as NOTEBOOK
from ftassist.trial.job import TrialSpec

Status = Literal["pending", "running", "completed", "failed", "killed", "skipped"]


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


class RunRecord:
    """The statuses of one run of a notebook, kept in its metadata as papermill names them.

    Args:
        notebook: The notebook; its outputs and statuses are cleared.
        output_path: Where it is saved; None for nowhere.
    """

    def __init__(self, notebook: NotebookNode, output_path: str | Path | None) -> None:
        self.notebook = notebook
        self.output_path = output_path
        self.dirty = False
        self._started = _now()
        notebook.metadata.setdefault("papermill", {})
        notebook.metadata.papermill.update(
            start_time=self._started.isoformat(), end_time=None, duration=None, exception=None
        )
        _forget(notebook.metadata, "failure", "stopped")
        for cell in notebook.cells:
            cell.metadata.pop("papermill", None)
            if cell.cell_type != "code":
                continue
            cell.metadata.papermill = {
                "exception": None,
                "start_time": None,
                "end_time": None,
                "duration": None,
                "status": "pending",
            }
            cell.execution_count = None
            cell.outputs = []
            cell.metadata.pop("execution", None)
            _forget(cell.metadata, "cached_from", "key")

    def begin(self, cell: NotebookNode) -> None:
        """Marks a cell as running."""
        cell.metadata.papermill.update(
            status="running", start_time=_now().isoformat(), exception=False
        )
        self.save()

    def end(self, cell: NotebookNode, status: Status) -> None:
        """Marks how a cell that was begun, or skipped, ended."""
        ended = _now()
        facts = cell.metadata.papermill
        facts.update(status=status, end_time=ended.isoformat(), exception=status == "failed")
        if facts.get("start_time"):
            started = datetime.fromisoformat(facts["start_time"])
            facts["duration"] = (ended - started).total_seconds()
        if status in ("failed", "killed"):
            self.notebook.metadata.papermill["exception"] = True
        self.save()

    def skip(self, cell: NotebookNode, message: str, facts: Mapping[str, Any]) -> None:
        """Marks a cell as not run, because its result was there already."""
        cell.metadata.setdefault("ftassist", {}).update(facts)
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=message + "\n")]
        self.end(cell, "skipped")

    def finish(self, facts: Mapping[str, Any]) -> None:
        """Writes the end of the run; changes no cell's status."""
        ended = _now()
        self.notebook.metadata.papermill.update(
            end_time=ended.isoformat(), duration=(ended - self._started).total_seconds()
        )
        self.notebook.metadata.setdefault("ftassist", {}).update(facts)
        self.save()

    def save(self) -> None:
        """Saves the notebook; a reader sees the old one or the new one.

        Raises:
            FtassistError: The disk is full or read-only.
        """
        self.dirty = False
        if self.output_path is None:
            return
        if "://" in str(self.output_path):
            from papermill.iorw import write_ipynb

            write_ipynb(self.notebook, str(self.output_path))
            return
        write_atomic(Path(self.output_path), nbformat.writes(self.notebook) + "\n")

    def save_if_dirty(self) -> None:
        """Saves output that came since the last save; a full disk is told by the next `save`."""
        if self.dirty:
            with contextlib.suppress(FtassistError):
                self.save()


def _forget(metadata: NotebookNode, *names: str) -> None:
    """Removes what an earlier run said of itself."""
    for name in names:
        metadata.get("ftassist", {}).pop(name, None)


def _now() -> datetime:
    return datetime.now(UTC)
