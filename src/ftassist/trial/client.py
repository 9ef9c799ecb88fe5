"""The client that feeds cells to the kernel and takes their output, within limits.

Output beyond a cell's limit goes to `logs/<cell>.log` in the trial's folder, up to a limit of
its own, and the cell says so once. Decides nothing about statuses.

What a cell printed is put together as a terminal would show it, in time linear in its length
(`coalesce`): nbclient's own way searches a line once from each of its characters, so that one line
of a million characters stops the worker, its limits and its stop switch for minutes.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from ftassist.trial.kernel import TrialKernel, connected
from ftassist.trial.notebook import RunRecord

NOTEBOOK_LIMIT = 1_000_000
"""Most characters of output a cell keeps in the notebook."""
LOG_LIMIT = 100_000_000
"""Most bytes of further output kept in the cell's log file."""
NOTEBOOK_BYTES = 3_000_000
"""Most bytes of output the whole notebook keeps, errors left out, as they are stored."""
_OVERHEAD = 64
_ERROR_LINES = 60
_ERROR_LINE = 500


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
            store_widget_state=True,
        )
        self._record = record
        self._folder = folder
        self._limit = limit
        self._kept: dict[int, int] = defaultdict(int)
        self._spilled: dict[int, int] = {}
        self._updated = 0
        self.sounds = 0

    async def async_start_new_kernel_client(self) -> Any:
        """Connects to the kernel; its output is heard from the first cell on."""
        self.kc = self.km.client()
        self.kc.start_channels()
        await connected(self.kc, self.startup_timeout)
        self.kc.allow_stdin = False
        return self.kc

    async def async_execute_cell(
        self, cell: NotebookNode, cell_index: int, *arguments: Any, **more: Any
    ) -> NotebookNode:
        """Runs a cell; its streams are put together when it has ended, however it ends."""
        try:
            return await super().async_execute_cell(cell, cell_index, *arguments, **more)
        finally:
            if "outputs" in cell:
                cell.outputs = coalesce(cell.outputs)

    def set_widgets_metadata(self) -> None:
        """Keeps the state of widgets in the notebook, unless it is too large."""
        state = str(self.widget_state)
        if len(state) <= self._limit:
            super().set_widgets_metadata()

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str, cell_index: int
    ) -> NotebookNode | None:
        """Takes one output of a cell: into the notebook, or into the cell's log."""
        self.sounds += 1
        self._record.dirty = True
        is_error = msg["msg_type"] == "error"
        content = _short_error(msg["content"]) if is_error else _readable(msg["content"])
        msg = {**msg, "content": content}
        size = _size_of(content)
        full = self._kept[cell_index] + size > self._limit
        if not is_error and (full or sum(self._kept.values()) + size > NOTEBOOK_BYTES):
            self._spill(outs, _text_of(msg), cell_index)
            return None
        self._kept[cell_index] += size
        return super().output(outs, msg, display_id, cell_index)

    def _update_display_id(self, display_id: str, msg: dict[str, Any]) -> None:
        """Replaces a shown output, unless the new one is too large to keep."""
        size = _size_of(msg["content"])
        if self._updated + size <= self._limit:
            self._updated += size
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
    """Bytes it takes in the saved notebook: control characters are six there."""
    kept = content.get("text") or content.get("data") or content.get("traceback") or ""
    return len(json.dumps(kept, ensure_ascii=False, default=str).encode(errors="replace")) + (
        _OVERHEAD
    )


def _readable(content: dict[str, Any]) -> dict[str, Any]:
    """A stream's content without the lone surrogates that no file can hold."""
    if "text" not in content:
        return content
    return {**content, "text": content["text"].encode(errors="replace").decode()}


def _short_error(content: dict[str, Any]) -> dict[str, Any]:
    """An error with a traceback that a person would read."""
    lines = [line for part in content.get("traceback", []) for line in part.splitlines()]
    if len(lines) > 2 * _ERROR_LINES:
        lines = [*lines[:_ERROR_LINES], "...", *lines[-_ERROR_LINES:]]
    short = [_cut(line) for line in lines]
    return {**content, "evalue": _cut(content.get("evalue", "")), "traceback": short}


def _cut(line: str) -> str:
    line = line.encode(errors="replace").decode()
    return line if len(line) <= _ERROR_LINE else f"{line[:_ERROR_LINE]} ..."


def coalesce(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    """The outputs with one stream for each name, what was written over left out.

    Standard output stands before standard error where they are neighbours: they come
    asynchronously, so their order tells nothing.
    """
    parts: dict[str, list[str]] = {}
    kept: list[NotebookNode] = []
    for output in outputs:
        if output["output_type"] != "stream":
            kept.append(output)
            continue
        if output["name"] not in parts:
            parts[output["name"]] = []
            kept.append(output)
        parts[output["name"]].append(output["text"])
    for output in kept:
        if output["output_type"] == "stream":
            output["text"] = shown("".join(parts[output["name"]]))
    for place in range(len(kept) - 1):
        if [output.get("name") for output in kept[place : place + 2]] == ["stderr", "stdout"]:
            kept[place], kept[place + 1] = kept[place + 1], kept[place]
    return kept


def shown(text: str) -> str:
    """The text after backspaces and carriage returns."""
    if "\b" in text:
        left: list[str] = []
        for character in text:
            if character == "\b" and left and left[-1] != "\n":
                left.pop()
            else:
                left.append(character)
        text = "".join(left)
    if "\r" not in text:
        return text
    # A carriage return at the end of a line has nothing after it that would be written over.
    return "\n".join(line[line.rfind("\r", 0, -1) + 1 :] for line in text.split("\n"))
