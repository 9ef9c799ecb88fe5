"""Rows with the place each was read from. Knows no format and no meaning of a column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ftassist.errors import DataError

Raw = dict[str, Any]
"""A row as it was read: column names to values of any type."""

Row = Mapping[str, Any]
"""The same, only to be read."""

OnBad = Literal["refuse", "drop"]
"""What is done with a row that cannot be used: it is named and nothing is read, or it is left
out and counted."""


FIX = "mend the row, or leave bad rows out with on_bad='drop' (`--on-bad drop`)"
"""What to do about a row that cannot be used."""


class NoRowsError(DataError):
    """There is a file or an object, and no row in it."""


@dataclass(frozen=True)
class BadRow:
    """A row that was left out, and why."""

    where: str
    what: str


@dataclass(frozen=True)
class Table:
    """The rows of one file, or of one object.

    Attributes:
        origin: What it is called, such as its path.
        numbers: The number of each row in its file, from 1; of JSON lines the line.
        bad: Rows that could not be read and were left out.
    """

    origin: str
    rows: Sequence[Raw]
    numbers: Sequence[int]
    bad: tuple[BadRow, ...] = ()

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.rows)

    def placed(self) -> Iterator[tuple[str, Raw]]:
        """Each row with its place in words."""
        for number, row in zip(self.numbers, self.rows, strict=True):
            yield place_of(self.origin, number), row


def place_of(origin: str, number: int) -> str:
    """A row's place in words, such as `rows.jsonl row 3`."""
    return f"{origin} row {number}"


class Rejects:
    """Bad rows as they are met: the first one is an error, or all are kept in mind.

    Args:
        on_bad: "refuse" or "drop".
    """

    def __init__(self, on_bad: OnBad) -> None:
        self._on_bad = on_bad
        self.rows: list[BadRow] = []

    def add(self, error: DataError) -> None:
        """Takes note of a bad row.

        Raises:
            DataError: Bad rows are to be named.
        """
        if self._on_bad == "refuse":
            raise error
        self.rows.append(BadRow(error.where, error.what))


def check_on_bad(on_bad: str) -> OnBad:
    """`on_bad` as a person wrote it.

    Raises:
        DataError: It is neither "refuse" nor "drop".
    """
    if on_bad == "refuse" or on_bad == "drop":
        return on_bad  # type: ignore[return-value, unused-ignore]
    raise DataError(
        f"on_bad={on_bad!r} is not possible",
        fix="write 'refuse' to have a bad row named, or 'drop' to leave bad rows out",
    )


def told(bad: Sequence[BadRow], rows: int) -> str:
    """How many rows were left out, and why the first one was; "" where none was."""
    if not bad:
        return ""
    return f"{len(bad):,} of {rows + len(bad):,} rows left out; {bad[0].where}: {bad[0].what}"


def numbered(rows: Iterable[Raw], origin: str) -> Table:
    """Rows that are counted from 1."""
    kept = list(rows)
    return Table(origin, kept, range(1, len(kept) + 1))
