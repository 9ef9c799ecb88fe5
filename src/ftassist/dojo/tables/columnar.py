"""Rows from Parquet and Arrow files, saved `datasets` folders, and objects in memory."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ftassist.dojo.tables.table import NoRowsError, Raw, Table, numbered
from ftassist.errors import DataError


def parquet_rows(raw: bytes, origin: str) -> Table:
    """The rows of a Parquet file; labels that the file names are given by name.

    Raises:
        DataError: It is damaged.
    """
    import pyarrow.parquet as pq

    return _of_arrow(lambda: pq.read_table(io.BytesIO(raw)), origin, "Parquet")


def arrow_rows(raw: bytes, origin: str) -> Table:
    """The rows of an Arrow file or stream.

    Raises:
        DataError: It is damaged.
    """
    import pyarrow as pa

    opened = pa.ipc.open_file if raw.startswith(b"ARROW1") else pa.ipc.open_stream
    return _of_arrow(lambda: opened(io.BytesIO(raw)).read_all(), origin, "Arrow")


def saved_parts(folder: Path) -> dict[str, Any] | None:
    """The parts of a folder that `datasets` saved, by name; None where it is no such folder.

    Raises:
        DataError: It is one, and is damaged.
    """
    if not any((folder / name).is_file() for name in ("dataset_dict.json", "state.json")):
        return None
    from datasets import DatasetDict, load_from_disk

    try:
        found = load_from_disk(str(folder))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"the saved data set cannot be read: {error}", where=str(folder), fix="save it again"
        ) from error
    return dict(found) if isinstance(found, DatasetDict) else {"": found}


def object_parts(thing: Any) -> dict[str, Any]:
    """The parts of an object in memory: of a `DatasetDict` its splits, else the object itself."""
    kind = type(thing).__name__
    if kind in ("DatasetDict", "IterableDatasetDict"):
        return {str(name): part for name, part in thing.items()}
    return {"": thing}


def object_rows(thing: Any, origin: str) -> Table:
    """The rows of an object: a `datasets.Dataset`, a pandas frame, an Arrow table, or mappings.

    Raises:
        DataError: It holds no rows by column.
    """
    features = getattr(thing, "features", None)
    if features:
        return numbered(_named(map(dict, thing), _labels(features)), origin)
    if hasattr(thing, "to_pylist"):
        return numbered(thing.to_pylist(), origin)
    if hasattr(thing, "to_dict") and hasattr(thing, "columns"):
        return numbered([_texts(row) for row in thing.to_dict(orient="records")], origin)
    if isinstance(thing, Iterable) and not isinstance(thing, str | bytes | Mapping):
        rows = list(thing)
        if all(isinstance(row, Mapping) for row in rows):
            return numbered([dict(row) for row in rows], origin)
    raise DataError(
        f"rows cannot be read from {type(thing).__name__}",
        where=origin,
        fix="give a file, a folder, a datasets.Dataset, a pandas frame or a list of dicts",
    )


def _of_arrow(read: Any, origin: str, kind: str) -> Table:
    import pyarrow as pa

    try:
        table = read()
        rows: list[Raw] = table.to_pylist()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(
            f"the {kind} file is damaged: {str(error).splitlines()[0]}",
            where=origin,
            fix="get or write it again",
        ) from error
    if not rows:
        raise NoRowsError("the file has columns and no rows", where=origin, fix="add rows")
    labels: dict[str, Any] = {}
    if b"huggingface" in (table.schema.metadata or {}):
        from datasets import Features

        labels = _labels(Features.from_arrow_schema(table.schema))
    return numbered(_named(rows, labels), origin)


def _labels(features: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that hold numbers of labels whose names are known."""
    return {name: kind for name, kind in features.items() if hasattr(kind, "int2str")}


def _named(rows: Iterable[Raw], labels: Mapping[str, Any]) -> list[Raw]:
    """The rows with labels by name; -1 stands for one that is not told."""
    kept = list(rows)
    for name, kind in labels.items():
        for row in kept:
            value = row.get(name)
            if isinstance(value, int):
                row[name] = kind.int2str(value) if value >= 0 else None
    return kept


def _texts(row: Mapping[Any, Any]) -> Raw:
    """A row of a pandas frame: columns are called by text."""
    return {str(name): value for name, value in row.items()}
