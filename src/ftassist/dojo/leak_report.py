"""Which rows of a file hold evaluation items, with the span of each row that gives it away.

Beside them stand rows that are only written alike (MinHash, see `alike`): they are shown for a
person to judge and are no leak by themselves. For a person who may see a task's data: shows the
person's own rows and never an item, so that the answers stay where they are. Pure but for reading
the task's items; prints nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ftassist.dojo.alike import alike_rows
from ftassist.dojo.known_sources import named_in
from ftassist.dojo.leakage import LeakIndex, row_text
from ftassist.dojo.tables.sources import NamedRows, read_source
from ftassist.dojo.tables.table import NoRowsError
from ftassist.dojo.task import Task
from ftassist.errors import DataError

MINHASH = "minhash"
"""The kind of rows that are only written alike."""

LONGEST = 300
"""Characters of a span that are shown."""
_ORIGINS = ("source", "dataset", "origin", "provenance", "url")
"""Fields of a row that commonly name where it is from."""


@dataclass(frozen=True)
class LeakingRow:
    """A row that holds an evaluation item.

    Attributes:
        row: Its number in the file, from 1.
        kind: "exact", "ngram" (a piece of 13 tokens or more), "near" (key and wording agree in
            another order), "numbers" (its numbers alone, in a group of rows that repeats items) or
            "minhash" (its wording alone).
        share: How much of the item the row holds, 0 to 1; of "minhash" the Jaccard similarity.
        start: Where the span begins in the row's text, in characters.
        end: Where it ends.
        span: That part of the row, cut to `LONGEST` characters.
    """

    row: int
    kind: str
    share: float
    start: int
    end: int
    span: str


@dataclass(frozen=True)
class LeakReport:
    """What was found in a file.

    Attributes:
        task: The task's key.
        rows: Rows looked at.
        items: Evaluation items they were compared with, of both splits.
        leaking: The rows that hold one.
        alike: Further rows that are written like one; of kind "minhash".
        kinds: How many of each kind, both lists together.
        known_sources: Known bad sources that the rows name, in words.
    """

    task: str
    rows: int
    items: int
    leaking: tuple[LeakingRow, ...]
    alike: tuple[LeakingRow, ...]
    kinds: dict[str, int]
    known_sources: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            "schema": "ftassist/leakage/1",
            **asdict(self),
            "leaking": [asdict(row) for row in self.leaking],
            "alike": [asdict(row) for row in self.alike],
            "known_sources": list(self.known_sources),
        }


def leak_report(task: Task, source: Any) -> LeakReport:
    """Compares rows with a task's validation and test items.

    Args:
        source: A file, a folder, a Hub id or an object; all texts of a row are compared.

    Raises:
        DataError: It cannot be read or has no rows, or the task has no items.
    """
    try:
        found_rows = read_source(source, "train")
    except NoRowsError as error:
        raise DataError(
            f"there is nothing to compare: {error.what}", where=error.where, fix=error.fix
        ) from error
    rows = [row for each in found_rows for table in each.tables for row in table.rows]
    items = task.items("validation") + task.items("test")
    if not items:
        raise DataError("there is nothing to compare", where=str(task.evaluation_folder))
    texts = [row_text(row) for row in rows]
    found = tuple(_leaking(texts, items))
    alike = tuple(_alike(rows, texts, items, {row.row for row in found}))
    origins = {origin for row in rows for origin in _origins(row)}
    named = "\n".join(origins | _names(source, found_rows))
    return LeakReport(
        task=task.key,
        rows=len(rows),
        items=len(items),
        leaking=found,
        alike=alike,
        kinds=dict(Counter(row.kind for row in (*found, *alike))),
        known_sources=tuple(known.told(task.key) for known in named_in(named, task.card)),
    )


def _leaking(texts: Sequence[str], items: Sequence[Mapping[str, Any]]) -> Iterator[LeakingRow]:
    """The rows that hold an item, with their spans."""
    for leak in LeakIndex.build(items).find(texts):
        yield _shown(texts, leak.row, leak.kind, leak.share, leak.span)


def _alike(
    rows: Sequence[Mapping[str, Any]],
    texts: Sequence[str],
    items: Sequence[Mapping[str, Any]],
    known: Collection[int],
) -> Iterator[LeakingRow]:
    """The rows that are written like an item and are not known to hold one."""
    for found in alike_rows(map(_parts, rows, texts), items):
        if found.row + 1 not in known:
            yield _shown(texts, found.row, MINHASH, found.share, found.span)


def _parts(row: Mapping[str, Any], text: str) -> list[tuple[int, str]]:
    """A row's text fields and all of it together, each with where it starts."""
    fields = [value for value in row.values() if isinstance(value, str) and value != text]
    return [(0, text), *((text.index(value), value) for value in fields if value in text)]


def _shown(
    texts: Sequence[str], row: int, kind: str, share: float, span: tuple[int, int]
) -> LeakingRow:
    """A finding with the part of the row it rests on."""
    start, end = span
    part = texts[row][start:end]
    shown = part if len(part) <= LONGEST else part[: LONGEST - 1] + "…"
    return LeakingRow(row + 1, kind, share, start, end, shown)


def _names(source: Any, found: Sequence[NamedRows]) -> set[str]:
    """What the rows themselves are called."""
    return {str(source) if isinstance(source, str | Path) else "", *(each.name for each in found)}


def _origins(row: Mapping[str, Any]) -> Iterator[str]:
    """What a row says of where it is from."""
    for name in _ORIGINS:
        if isinstance(value := row.get(name), str):
            yield value
