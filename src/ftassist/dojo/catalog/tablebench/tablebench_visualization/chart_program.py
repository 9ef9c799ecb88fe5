"""Running model-written plotting code apart, and reading off what it plotted.

The code runs as the official TableBench evaluator runs it: inside one `try`, with the table as
table.csv beside it and `plt.bar`, `plt.plot` and `plt.scatter` watched, of which the second of
each pair of positional arguments is a series. What cannot be written as JSON counts as a failed
execution, NumPy integers among them.

The code is a model's and nobody has read it: it runs behind the walls of `ftassist.isolation`,
with limits on time and memory. Where those do not work it runs as a process with limits only.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from ftassist.isolation import CODE_LIMITS, run_isolated

SECONDS = 10.0
"""What the official evaluator allows a program."""

_OUTPUT_LIMIT = 16 * 1024 * 1024

_BEFORE = """\
import json, os, sys
from pathlib import Path
os.environ.update(MPLBACKEND="Agg", MPLCONFIGDIR=os.path.join(os.getcwd(), ".matplotlib"))
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
plt.ioff()
_plotted = []
def _watched(name, places):
    drawn = getattr(plt, name)
    def draw(*args, **kwargs):
        for place in places(len(args)):
            series = args[place]
            _plotted.append(list(series) if hasattr(series, "__iter__") else [series])
        return drawn(*args, **kwargs)
    setattr(plt, name, draw)
_watched("bar", lambda given: [1] if given > 1 else [])
_watched("plot", lambda given: range(1, given, 2))
_watched("scatter", lambda given: [1] if given > 1 else [])
def _tell(what):
    with open("plotted.json", "w") as file:
        json.dump(what, file)
try:
"""
_AFTER = """
    _tell({"series": _plotted})
except Exception as _error:
    _tell({"error": str(_error)})
"""


@dataclass(frozen=True)
class Plotted:
    """What came of a program.

    Attributes:
        series: The plotted series in the order of drawing; None where it failed.
        error: Why it failed; "" where it did not.
    """

    series: list[list[Any]] | None
    error: str = ""


def plotted(code: str, table: Mapping[str, Any], seconds: float) -> Plotted:
    """Runs plotting code and gives what it plotted; never raises on account of the code.

    Args:
        code: The program.
        table: `columns` and `data`, written to table.csv; an empty mapping writes no file.
        seconds: Wall time it may take, imports included.
    """
    with tempfile.TemporaryDirectory(prefix="chart-") as name:
        folder = Path(name)
        indented = "\n".join(f"    {line}" for line in code.split("\n"))
        try:
            _write_table(table, folder / "table.csv")
            (folder / "chart.py").write_text(_BEFORE + indented + _AFTER, encoding="utf-8")
        except (ValueError, TypeError, AssertionError) as error:
            return Plotted(None, f"cannot be set up: {error}")
        shutil.copytree(_font_cache(), folder / ".matplotlib", dirs_exist_ok=True)
        problem = _run(folder, seconds)
        return Plotted(None, problem) if problem else _read(folder / "plotted.json")


def _write_table(table: Mapping[str, Any], path: Path) -> None:
    """The table as CSV, without row numbers."""
    if "columns" not in table or "data" not in table:
        return
    import pandas as pd

    pd.DataFrame(table["data"], columns=table["columns"]).to_csv(path, index=False)


@cache
def _font_cache() -> Path:
    """The list of fonts of matplotlib, made once: it would cost each run seconds."""
    import matplotlib
    import matplotlib.font_manager

    kept = Path(tempfile.mkdtemp(prefix="ftassist-fonts-"))
    for path in Path(matplotlib.get_cachedir()).glob("fontlist*.json"):
        shutil.copy(path, kept)
    return kept


def _run(folder: Path, seconds: float) -> str:
    """Runs chart.py; gives the reason if it did not come to its end."""
    limits = replace(CODE_LIMITS, seconds=seconds)
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    ended = run_isolated([sys.executable, "-I", "chart.py"], folder, limits, environment=threads)
    return ended.message


def _read(path: Path) -> Plotted:
    """What the program told, which is not trusted to be well formed."""
    try:
        if path.is_symlink() or path.stat().st_size > _OUTPUT_LIMIT:
            return Plotted(None, "its output is no plain file of a sane size")
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Plotted(None, "it did not come to its end")
    series = told.get("series") if isinstance(told, dict) else None
    if not isinstance(series, list):
        return Plotted(None, str(told.get("error", "")) if isinstance(told, dict) else "no series")
    return Plotted([list(s) if isinstance(s, list) else [s] for s in series])
