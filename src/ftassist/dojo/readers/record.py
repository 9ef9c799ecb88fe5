"""What readers give: evaluation records and raw training sets. Reads the usual file formats."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ftassist.errors import DataError
from ftassist.files import read_json, read_jsonl

Files = Mapping[str, Sequence[Path]]
"""The files of a source by part; a part may have several (shards)."""


Part = Literal["", "test", "validation", "training"]


@dataclass(frozen=True)
class Record:
    """One evaluation record.

    Attributes:
        id: Unique in the task.
        view: The view it belongs to.
        doc: The record in the benchmark's own schema, as its scorer wants it.
        extra: More names for the prompt template, such as a table written out.
        part: Where the benchmark itself has divided its records: "test", "validation" (the
            validation split is drawn from these) or "training". "" where it has not.
    """

    id: str
    view: str
    doc: Mapping[str, Any]
    extra: Mapping[str, Any] = field(default_factory=dict)
    part: Part = ""


@dataclass(frozen=True)
class RawSet:
    """A raw training set, ready for the data repository.

    Attributes:
        name: Its folder.
        title: One line.
        description: What is in it, and what was done to it.
        rows: Its rows; `prompt` and `response` are fields of them.
        provenance: Where it is from.
        notes: Remarks on quality.
        prompt: The field with the prompt.
        response: The field with the response.
    """

    name: str
    title: str
    description: str
    rows: Sequence[Mapping[str, Any]]
    provenance: str
    notes: str
    prompt: str = "prompt"
    response: str = "response"


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON, JSON-lines, CSV, TSV or Parquet file.

    Raises:
        DataError: Another format, or not a list of objects; names the file.
    """
    match path.suffix.lower():
        case ".jsonl":
            return list(read_jsonl(path))
        case ".json":
            return _json_rows(path)
        case ".csv" | ".tsv":
            return list(_table_rows(path))
        case ".parquet":
            from datasets import Dataset

            return [dict(row) for row in Dataset.from_parquet(str(path))]
    raise DataError(
        f"rows cannot be read from a {path.suffix or 'nameless'} file",
        where=str(path),
        fix="give .jsonl, .json, .csv, .tsv or .parquet",
    )


def all_rows(files: Files, part: str) -> list[dict[str, Any]]:
    """The rows of all files of a part, in the order of their names."""
    return [row for path in files.get(part, ()) for row in read_rows(path)]


def _json_rows(path: Path) -> list[dict[str, Any]]:
    """A JSON list; JSON lines under a `.json` name are read as well."""
    try:
        found = read_json(path)
    except DataError:
        return list(read_jsonl(path))
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise DataError("the file is no list of objects", where=str(path), fix="mend the file")
    return found


def _table_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a table with a header; tabs separate without quoting, as GLUE writes them."""
    csv.field_size_limit(2**31 - 1)
    with path.open(encoding="utf-8-sig", newline="") as file:
        if path.suffix.lower() == ".tsv":
            yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        else:
            yield from csv.DictReader(file)


def as_text(value: Any) -> str:
    """A value as text: texts as they are, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
