"""One reader for the rows of a file, whatever its format: what all that read people's rows call.

JSON lines, JSON, CSV, TSV, Parquet and Arrow, each also packed with gzip. The content decides
where the name does not. Knows nothing of prompts and answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ftassist.dojo.tables.columnar import arrow_rows, parquet_rows
from ftassist.dojo.tables.delimited import delimited_rows
from ftassist.dojo.tables.file_text import decode, read_bytes, suffix_of
from ftassist.dojo.tables.json_rows import LINES, Parts, document_rows, json_rows
from ftassist.dojo.tables.table import NoRowsError, OnBad, Raw, Rejects, Table
from ftassist.errors import DataError, UnknownNameError

TABLES = (".csv", ".tsv", ".tab")
JSON = (*LINES, ".json")
SUFFIXES = (*JSON, *TABLES, ".parquet", ".arrow")
"""Endings of files that hold rows; `.gz` may follow."""
FORMATS = "JSON lines, JSON, CSV, TSV or Parquet, also .gz"


def read_rows(path: Path) -> list[Raw]:
    """The rows of a file.

    Raises:
        DataError: It cannot be read, holds no rows or a bad one; names file and row.
    """
    return list(read_table(path).rows)


def read_table(
    path: Path, *, part: str = "", prefer: Sequence[str] = (), on_bad: OnBad = "refuse"
) -> Table:
    """The rows of a file with their places.

    Args:
        path: The file.
        part: Which list of a JSON document that holds several.
        prefer: Parts to take where none is named, the first that is there.
        on_bad: What is done with rows that are no rows.

    Raises:
        DataError: It cannot be read, or holds no rows; names file and row.
        UnknownNameError: It has no such part.
    """
    rejects = Rejects(on_bad)
    found = _read(path, rejects)
    if isinstance(found, Parts):
        found = _chosen(found, part, prefer, path, rejects)
    elif part:
        raise DataError(
            f"the file has no parts, so no {part!r}",
            where=str(path),
            fix=f"leave ':{part}' away",
        )
    table = Table(found.origin, found.rows, found.numbers, tuple(rejects.rows))
    if not table.rows:
        said = f": {table.bad[0].what}" if table.bad else ""
        raise NoRowsError(f"the file has no rows{said}", where=str(path), fix="add rows")
    return table


def holds_rows(path: Path) -> bool:
    """Whether a file's name says that it holds rows."""
    return suffix_of(path) in SUFFIXES


def _read(path: Path, rejects: Rejects) -> Table | Parts:
    raw, suffix, origin = read_bytes(path), suffix_of(path), str(path)
    if raw.startswith(b"PAR1") or suffix == ".parquet":
        return parquet_rows(raw, origin)
    if raw.startswith(b"ARROW1") or suffix == ".arrow":
        return arrow_rows(raw, origin)
    text = decode(raw, path)
    if suffix in TABLES:
        return delimited_rows(text, origin, suffix, rejects)
    if suffix in JSON or text.lstrip()[:1] in ("{", "["):
        return json_rows(text, origin, suffix, rejects)
    raise DataError(
        f"rows cannot be read from a {suffix or 'nameless'} file",
        where=origin,
        fix=f"give {FORMATS}",
    )


def _chosen(parts: Parts, part: str, prefer: Sequence[str], path: Path, rejects: Rejects) -> Table:
    """One of the lists of a document."""
    name = part or next((wanted for wanted in prefer if wanted in parts), "")
    if name not in parts:
        sizes = ", ".join(f"{known} ({len(rows):,})" for known, rows in parts.items())
        if part:
            raise UnknownNameError.of("part of the file", part, parts)
        raise DataError(
            f"the file holds several lists: {sizes[:300]}",
            where=str(path),
            fix=f"name one: {path}:{next(iter(parts))}",
        )
    found: Any = document_rows(parts[name], f"{path}:{name}", rejects)
    if isinstance(found, Parts):
        raise DataError(f"the part {name!r} holds lists of its own", where=str(path))
    table: Table = found
    return table
