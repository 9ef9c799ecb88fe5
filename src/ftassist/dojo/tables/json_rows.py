"""Rows from JSON lines and JSON documents.

The standard library parses line by line, because a library that wants one type a column refuses
rows whose further fields nobody asked for. A document is a list of rows, columns of one length, or
an object of several lists - its parts, such as `train` and `test`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ftassist.dojo.tables.table import FIX, Raw, Rejects, Table, place_of
from ftassist.errors import DataError

LINES = (".jsonl", ".ndjson", ".jsonlines")
_DIGITS = 4000
"""Python refuses to read integers of more digits; they are kept as text."""


class LongNumber(str):
    """The digits of an integer that is too long to be one."""


class Parts(dict[str, Any]):
    """The lists of a document by name, where it has several."""


def parse(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: It is not valid, or nested too deeply; `lineno` where the parser tells it.
    """
    try:
        return _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def json_rows(text: str, origin: str, suffix: str, rejects: Rejects) -> Table | Parts:
    """The rows of a JSON text, or its parts.

    Args:
        origin: Its name.
        suffix: What the file's name says: `.jsonl` prefers lines, anything else a document.
        rejects: Takes rows that are no JSON or no objects.

    Raises:
        DataError: It is neither JSON lines nor a document of rows.
    """
    start = text.lstrip()[:1]
    if start not in ("{", "["):
        raise DataError(
            f"it is no JSON: it begins with {text.lstrip()[:20]!r}",
            where=place_of(origin, 1),
            fix="write one JSON object a line, a JSON list of objects, or a CSV named .csv",
        )
    if suffix in LINES and not _spread(text):
        return _lines(text, origin, rejects)
    try:
        document = parse(text)
    except ValueError as error:
        if _first_line_is_whole(text):
            return _lines(text, origin, rejects)
        raise DataError(
            f"not valid JSON: {getattr(error, 'msg', error)}",
            where=f"{origin} line {getattr(error, 'lineno', 1)}",
            fix="mend the file",
        ) from error
    return document_rows(document, origin, rejects)


def document_rows(document: Any, origin: str, rejects: Rejects) -> Table | Parts:
    """The rows of a JSON value, or its parts.

    Raises:
        DataError: It holds no rows.
    """
    if isinstance(document, list):
        return _listed(document, origin, rejects)
    if not isinstance(document, Mapping):
        raise DataError("the file is no list of objects", where=origin, fix="mend the file")
    parts = {name: value for name, value in document.items() if _are_rows(value)}
    if len(parts) == 1:
        return _listed(next(iter(parts.values())), origin, rejects)
    if parts:
        return Parts(parts)
    return _listed(_columns(document) or [document], origin, rejects)


def _are_rows(value: Any) -> bool:
    rows = isinstance(value, list) and bool(value)
    return rows and all(isinstance(row, Mapping | list) for row in value)


def _columns(document: Mapping[str, Any]) -> list[Raw]:
    """Columns of one length as rows, as pandas writes them by default; [] for anything else."""
    values = list(document.values())
    if values and all(isinstance(value, list) for value in values):
        if len({len(value) for value in values}) == 1:
            cells = zip(*values, strict=True)
            return [dict(zip(document, row, strict=True)) for row in cells]
        return []
    if values and all(isinstance(value, Mapping) for value in values):
        keys = list(values[0])
        if all(list(value) == keys for value in values):
            return [{name: column[key] for name, column in document.items()} for key in keys]
    return []


def _listed(values: Sequence[Any], origin: str, rejects: Rejects) -> Table:
    rows, numbers = [], []
    lists = bool(values) and isinstance(values[0], list)
    for number, value in enumerate(values, start=1):
        try:
            rows.append(_row(value, place_of(origin, number), lists))
        except DataError as error:
            rejects.add(error)
        else:
            numbers.append(number)
    return Table(origin, rows, numbers)


def _lines(text: str, origin: str, rejects: Rejects) -> Table:
    rows: list[Raw] = []
    numbers: list[int] = []
    lists = text.lstrip().startswith("[")
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        where = place_of(origin, number)
        try:
            row = _row(_parsed(line, where), where, lists)
        except DataError as error:
            rejects.add(error)
        else:
            rows.append(row)
            numbers.append(number)
    return Table(origin, rows, numbers)


def _parsed(line: str, where: str) -> Any:
    try:
        return parse(line)
    except ValueError as error:
        what = getattr(error, "msg", error)
        raise DataError(f"not valid JSON: {what}", where=where, fix=FIX) from error


def _row(value: Any, where: str, lists: bool) -> Raw:
    """A row by column; a list, where the first row is one, has its columns by number."""
    if isinstance(value, Mapping):
        for name in value:
            if not name.isascii() and name != name.encode(errors="ignore").decode():
                raise DataError(f"the name of the field {name!r} is damaged", where=where, fix=FIX)
        return dict(value)
    if lists and isinstance(value, list) and value:
        return {f"column_{place}": cell for place, cell in enumerate(value, start=1)}
    raise DataError(
        f"the row is no JSON object, it is {type(value).__name__}",
        where=where,
        fix='write each row as {"field": value, ...}',
    )


def _first_line_is_whole(text: str) -> bool:
    """Whether the first line that is not empty is JSON by itself."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    try:
        parse(first)
    except ValueError:
        return False
    return True


def _spread(text: str) -> bool:
    """Whether a file named after lines holds one document, a list or one over several lines."""
    if text.lstrip().startswith("{") and _first_line_is_whole(text):
        return False
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _integer(digits: str) -> int | LongNumber:
    return int(digits) if len(digits) <= _DIGITS else LongNumber(digits)


_DECODER = json.JSONDecoder(parse_int=_integer)
