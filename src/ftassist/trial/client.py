"""The client that feeds cells to the kernel and takes their output, within limits.

Output beyond a cell's limit goes to `logs/<cell>.log` in the trial's folder, up to a limit of
its own, and the cell says so once. Decides nothing about statuses.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from ftassist.trial.kernel import TrialKernel
from ftassist.trial.record import RunRecord

NOTEBOOK_LIMIT = 1_000_000
"""Most characters of output a cell keeps in the notebook."""
LOG_LIMIT = 100_000_000
"""Most bytes of further output kept in the cell's log file."""
_OVERHEAD = 64


class TrialClient(NotebookClient):  # type: ignore[misc]
    """A notebook client whose cells' outputs are capped.

    Args:
        record: The run whose notebook takes the outputs.
        kernel: The kernel, already started.
        folder: The trial's folder, for log files.
        limit: Most characters of output a cell keeps in the notebook.
    """

    def __init__(
        self, record: RunRecord, kernel: TrialKernel, folder: Path, limit: int = NOTEBOOK_LIMIT
    ) -> None:
        super().__init__(
            record.notebook,
            km=kernel.manager,
            raise_on_iopub_timeout=False,
            coalesce_streams=True,
            store_widget_state=True,
        )
        self._record = record
        self._folder = folder
        self._limit = limit
        self._kept: dict[int, int] = defaultdict(int)
        self._spilled: dict[int, int] = {}

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str, cell_index: int
    ) -> NotebookNode | None:
        """Takes one output of a cell: into the notebook, or into the cell's log."""
        self._record.dirty = True
        text = _text_of(msg)
        is_error = msg["msg_type"] == "error"
        size = _size_of(msg["content"])
        if not is_error and self._kept[cell_index] + size > self._limit:
            self._spill(outs, text, cell_index)
            return None
        self._kept[cell_index] += size
        return super().output(outs, msg, display_id, cell_index)

    def _update_display_id(self, display_id: str, msg: dict[str, Any]) -> None:
        """Replaces a shown output, unless the new one is too large to keep."""
        if _size_of(msg["content"]) <= self._limit:
            self._record.dirty = True
            super()._update_display_id(display_id, msg)

    def _spill(self, outs: list[NotebookNode], text: str, cell_index: int) -> None:
        cell = self._record.notebook.cells[cell_index]
        name = f"logs/{cell.get('id', cell_index)}.log"
        path = self._folder / name
        if cell_index not in self._spilled:
            self._spilled[cell_index] = 0
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            notice = f"\n[output beyond {self._limit:,} characters is in {name}]\n"
            outs.append(nbformat.v4.new_output("stream", name="stderr", text=notice))
        raw = text.encode(errors="replace")[: LOG_LIMIT - self._spilled[cell_index]]
        self._spilled[cell_index] += len(raw)
        with path.open("ab") as file:
            file.write(raw)


def _text_of(msg: dict[str, Any]) -> str:
    content = msg["content"]
    if msg["msg_type"] == "stream":
        return str(content["text"])
    if msg["msg_type"] == "error":
        return "\n".join(content["traceback"]) + "\n"
    return str(content.get("data", {}).get("text/plain", "")) + "\n"


def _size_of(content: dict[str, Any]) -> int:
    if "text" in content:
        return len(content["text"]) + _OVERHEAD
    return sum(len(str(value)) for value in content.get("data", {}).values()) + _OVERHEAD
