"""Writes the data of the mini tasks: `python -m taskgen.build [--task KEY] [--out CATALOG]`.

Writes evaluation/ and repository/ only; cards, harness definitions and scoring are written by
hand. The same seed and library versions give byte-identical files.
"""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

from taskgen.task_data import TaskData

CATALOG = Path(__file__).parents[1] / "src" / "ftassist" / "dojo" / "catalog"
TASKS = {
    "mini_math": "taskgen.math_task",
    "mini_chemistry": "taskgen.chemistry_task",
    "mini_tables": "taskgen.tables_task",
}


def build(key: str) -> TaskData:
    """Generates the data of a task."""
    data: TaskData = importlib.import_module(TASKS[key]).build()
    return data


def main() -> None:
    """Builds one task or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--task", choices=sorted(TASKS), action="append")
    parser.add_argument("--out", type=Path, default=CATALOG)
    options = parser.parse_args()
    for key in options.task or sorted(TASKS):
        data = build(key)
        data.write(options.out)
        rows = sum(len(raw.pairs) for raw in data.sets)
        print(
            f"{key}: {len(data.sets)} raw sets, {rows} rows; "
            f"{len(data.validation)} validation, {len(data.test)} test items"
        )


if __name__ == "__main__":
    main()
