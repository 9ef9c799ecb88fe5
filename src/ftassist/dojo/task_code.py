"""The code in a published task's folder of the catalog, found by being there.

    catalog/hoc/{card.yaml, reader.py, scorer.py}            a benchmark that is one task
    catalog/tablebench/{reader.py, scorer.py, answers.py}    what the tasks of a benchmark share
    catalog/tablebench/tablebench_visualization/{card.yaml, scorer.py}    one of them

A task's reader and scorer are those in its own folder, else those of the benchmark around it. Only
what ships is found so: a task of somebody's own brings `scoring.py`, which is tried on answers of
known worth before it is believed. A trial's kernel sees no catalog, and so none of this code.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from ftassist.dojo.task import CATALOG, catalog_folders
from ftassist.errors import DataError, UnknownNameError

Part = Literal["reader", "scorer"]

_CATALOG_PACKAGE = "ftassist.dojo.catalog"
_OWN_SCORING = "scoring.py"


def module_of(key: str, part: Part) -> str:
    """The module that is a part of a task, such as `ftassist.dojo.catalog.hoc.scorer`.

    Raises:
        UnknownNameError: The catalog has no such task with parts; names the nearest.
        DataError: The task lacks the part.
    """
    folder = catalog_folders().get(key)
    if folder is None or (folder / _OWN_SCORING).is_file():
        raise UnknownNameError.of(f"task with a {part}", key, tasks_with(part))
    file = _file_of(folder, part)
    if file is None:
        raise DataError(
            f"the task {key!r} has no {part}",
            where=str(folder),
            fix=f"write {part}.py beside its card.yaml, or in the folder of its benchmark",
        )
    return ".".join((_CATALOG_PACKAGE, *file.relative_to(CATALOG).with_suffix("").parts))


def tasks_with(part: Part) -> list[str]:
    """The tasks of the catalog that have a part."""
    return [key for key, folder in catalog_folders().items() if _file_of(folder, part)]


def code_files(catalog: Path = CATALOG) -> list[Path]:
    """All code of the catalog, with the tables that lie beside modules under their names."""
    tasks = catalog_folders(catalog).values()
    folders = {*tasks, *(task.parent for task in tasks)} - {catalog}
    code = sorted(path for folder in folders for path in folder.glob("*.py"))
    return [file for path in code for file in (path, path.with_suffix(".yaml")) if file.is_file()]


def _file_of(folder: Path, part: Part) -> Path | None:
    """The nearest file of that part: the task's, else its benchmark's."""
    places = (place for place in (folder, folder.parent) if place != CATALOG)
    return next((file for p in places if (file := p / f"{part}.py").is_file()), None)
