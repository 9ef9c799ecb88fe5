"""What lies in a trial's folder, read with distrust: a trial's own code writes there.

No link is followed, sizes are capped, and what is half-written or broken is left out. Offsets
are in bytes, so that a reader can go on where it stopped.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

from ftassist.files import open_inside
from ftassist.journal.state import STAGES
from ftassist.recipes.metrics import (
    PAGE_BYTES,
    SUPERVISED,
    MetricsPage,
    curve_of,
    last_of,
    page_of,
)

LARGEST_NOTEBOOK = 32 * 1024 * 1024
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

T = TypeVar("T")


@dataclass(frozen=True)
class Log:
    """A part of what a trial's cells printed: its text, where to read on, and the whole size."""

    text: str
    next: int
    size: int


def metrics(folder: Path, trial: str, after: int = 0, most: int = PAGE_BYTES) -> MetricsPage:
    """Rows of `metrics.jsonl` after a byte, at most `most` bytes of them.

    A file that has become shorter (a new training began) is read from its start.
    """
    nothing = MetricsPage((), 0)
    return _read(folder, trial, lambda file: page_of(file, after, most), nothing)


def last_metrics(folder: Path, trial: str) -> tuple[dict[str, Any], ...]:
    """The last few rows of a training curve, without reading the rest."""
    return _read(folder, trial, last_of, ())


def curve(folder: Path, trial: str) -> tuple[dict[str, Any], ...]:
    """A whole training curve, thinned where it has very many rows.

    Supervised epochs that came before a method stand first; their loss is `supervised_loss`, for
    it is no loss of the method.
    """
    nothing: tuple[dict[str, Any], ...] = ()
    before = _read(folder, trial, curve_of, nothing, SUPERVISED)
    first = ({"step": row.get("step"), "supervised_loss": row.get("loss")} for row in before)
    return (*first, *_read(folder, trial, curve_of, nothing))


def log(folder: Path, trial: str, after: int, most: int) -> Log:
    """What the cells of a trial printed, from its notebook, after a byte."""
    raw = _printed(folder, trial).encode()
    start = after if after <= len(raw) else 0
    part = raw[start : start + most]
    if start + len(part) < len(raw):
        # Not in the middle of a character: the rest comes with the next call.
        part = part.decode(errors="ignore").encode()
    return Log(part.decode(errors="replace"), start + len(part), len(raw))


def sizes(folder: Path, trial: str) -> dict[str, int]:
    """Bytes of what a trial left behind, by name of the file or folder in its own folder."""
    found: dict[str, int] = {}
    try:
        with os.scandir(folder / "trials" / trial) as entries:
            for entry in entries:
                if entry.is_symlink() or entry.name.startswith("."):
                    continue
                found[entry.name] = _bytes(Path(entry.path))
    except OSError:
        return {}
    return dict(sorted(found.items()))


def _read(
    folder: Path,
    trial: str,
    read: Callable[[IO[bytes]], T],
    nothing: T,
    name: str = "metrics.jsonl",
) -> T:
    """What `read` makes of a trial's curve; `nothing` where there is none."""
    try:
        with open_inside(folder, "trials", trial, name) as file:
            return read(file)
    except OSError:
        return nothing


def _printed(folder: Path, trial: str) -> str:
    try:
        with open_inside(folder, "trials", trial, "trial.ipynb") as file:
            notebook = json.loads(file.read(LARGEST_NOTEBOOK))
        cells = [cell for cell in notebook["cells"] if cell.get("cell_type") == "code"]
        return "".join(_cell_text(cell) for cell in cells)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""


def _cell_text(cell: Mapping[str, Any]) -> str:
    stage = str(cell.get("metadata", {}).get("ftassist", {}).get("stage", ""))
    # A value that a cell between the stages leaves behind is no message to anybody.
    told = [
        o for o in cell.get("outputs", ()) if stage or o.get("output_type") != "execute_result"
    ]
    text = "".join(_output_text(output) for output in told)
    if stage not in STAGES or not text:
        return text
    return f"── {stage} ──\n{text}" + ("" if text.endswith("\n") else "\n")


def _output_text(output: Mapping[str, Any]) -> str:
    kind = output.get("output_type")
    if kind == "stream":
        raw = output.get("text", "")
    elif kind == "error":
        raw = [f"{line}\n" for line in output.get("traceback", ())]
    else:
        raw = output.get("data", {}).get("text/plain", "")
    text = raw if isinstance(raw, str) else "".join(map(str, raw))
    # A progress bar writes over its line: what it showed last is kept.
    lines = [line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n")]
    return _COLOURS.sub("", "\n".join(lines))


def _bytes(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    total = 0
    for root, _, files in os.walk(path):
        total += sum(os.lstat(os.path.join(root, name)).st_size for name in files)  # noqa: PTH118
    return total
