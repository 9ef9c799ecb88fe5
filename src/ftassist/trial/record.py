"""What the saved notebook says of each cell, and its saves, whole or not at all.

A cell is pending, running, completed, failed (it raised), killed (its kernel is gone, it was
interrupted or ran out of time) or skipped (its files were taken from the stage cache). A cell
that never ran stays pending. Runs nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import nbformat
from nbformat import NotebookNode

from ftassist.errors import FtassistError
from ftassist.files import write_atomic

Status = Literal["pending", "running", "completed", "failed", "killed", "skipped"]


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
