"""Rows from CSV and TSV, through pandas: every cell is text, nothing is guessed to be a number."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import Any

from ftassist.dojo.tables.table import NoRowsError, Rejects, Table, place_of
from ftassist.errors import DataError

_LONG_ROW = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")
_OPEN_QUOTE = re.compile(r"starting at row (\d+)")


def delimited_rows(text: str, origin: str, suffix: str, rejects: Rejects) -> Table:
    """The rows of a table with a header.

    The cells of a `.csv` are parted by commas, or where its header has none by semicolons or tabs;
    those of a `.tsv` by tabs. Quotes of a `.tsv` are text, as GLUE writes them, unless the file as
    a whole is what a writer of quoted cells makes.

    Raises:
        DataError: There are no rows, a row is longer than the header, a quote stays open, or two
            columns share a name.
    """
    delimiter, quoting = _dialect(text, suffix)
    cells = _cells(text, delimiter, quoting, origin, rejects)
    if not cells:
        raise NoRowsError("the file is empty: it has no rows", where=origin, fix="add rows")
    names = _names(cells[0], origin)
    if len(cells) == 1:
        raise NoRowsError(
            f"the file has a header ({', '.join(names)[:200]}) and no rows",
            where=origin,
            fix="add rows",
        )
    rows = [dict(zip(names, row, strict=True)) for row in cells[1:]]
    return Table(origin, rows, range(1, len(rows) + 1))


def _dialect(text: str, suffix: str) -> tuple[str, int]:
    header = next((line for line in text.split("\n") if line.strip()), "")
    if suffix in (".tsv", ".tab"):
        return "\t", csv.QUOTE_MINIMAL if _is_quoted(text, "\t") else csv.QUOTE_NONE
    if "," in header:
        return ",", csv.QUOTE_MINIMAL
    counts = Counter({mark: header.count(mark) for mark in (";", "\t")})
    mark, found = counts.most_common(1)[0]
    return (mark if found else ","), csv.QUOTE_MINIMAL


def _is_quoted(text: str, delimiter: str) -> bool:
    """Whether writing the cells anew, quoted where they need it, gives the same text."""
    if '"' not in text:
        return False
    plain = "\n".join(text.split("\r\n")).rstrip("\n")
    try:
        csv.field_size_limit(2**31 - 1)
        cells = list(csv.reader(io.StringIO(plain, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, lineterminator="\n").writerows(cells)
    return written.getvalue().rstrip("\n") == plain


def _cells(
    text: str, delimiter: str, quoting: int, origin: str, rejects: Rejects
) -> list[list[str]]:
    import pandas as pd

    settings: dict[str, Any] = {
        "header": None,
        "dtype": str,
        "keep_default_na": False,
        "sep": delimiter,
        "quoting": quoting,
    }
    try:
        frame = pd.read_csv(io.StringIO(text), **settings)
    except pd.errors.EmptyDataError:
        return []
    except (pd.errors.ParserError, ValueError) as error:
        refusal = _refused(str(error), origin)
        rejects.add(refusal)
        if not _LONG_ROW.search(str(error)):
            raise refusal from error
        long: list[list[str]] = []
        frame = pd.read_csv(
            io.StringIO(text), **settings, engine="python", on_bad_lines=long.append
        )
        for _ in long[1:]:
            rejects.add(DataError("it has more cells than the header", where=origin))
    return [["" if cell != cell else str(cell) for cell in row] for row in frame.to_numpy()]


def _refused(message: str, origin: str) -> DataError:
    """What pandas found, in words."""
    if long := _LONG_ROW.search(message):
        return DataError(
            f"line {long[2]} has {long[3]} cells, the header has {long[1]}",
            where=f"{origin} line {long[2]}",
            fix='put cells that hold the separator into "quotes", or check the separator',
        )
    if quote := _OPEN_QUOTE.search(message):
        return DataError(
            "a quote is opened and never closed",
            where=place_of(origin, int(quote[1])),
            fix='close it, or double a quote that is part of the text ("")',
        )
    return DataError(f"the table cannot be read: {message.strip()}", where=origin, fix="mend it")


def _names(header: list[str], origin: str) -> list[str]:
    """The columns' names; one without a name is called by its number."""
    names = [name.strip() or f"column_{place}" for place, name in enumerate(header, start=1)]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise DataError(
            f"two columns are called {twice[0]!r}",
            where=origin,
            fix="give each column a name of its own",
        )
    return names
