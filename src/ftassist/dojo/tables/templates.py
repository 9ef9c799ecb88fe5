r"""Where a text of a row is: in a field, at a path into one, or in a template over several.

`question` is a field, `answers.text` a path, `{question}\n{context?}` a template: what stands in
braces is a field, with a question mark one that may be empty or missing. `\n` is a new line.
`text:Be brief.` is a text that is the same in each row, and may have fields in it too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ftassist.dojo.tables.table import Row
from ftassist.dojo.tables.values import is_nothing, refused, text_of

FIXED = "text:"
"""What stands before a text that is the same in each row: no column's name."""

_SLOT = re.compile(r"\{([^{}]+?)(\??)\}")

Render = Callable[[Any, str], str | None]
"""Writes a value that is more than one text, such as options; None where it cannot."""


def is_template(source: str) -> bool:
    """Whether a source is a template or a text, not the name of a field."""
    return source.startswith(FIXED) or bool(_SLOT.search(source))


def fields_of(source: str) -> list[str]:
    """The fields a source reads; of a path its first part."""
    if is_template(source):
        return [match[1] for match in _SLOT.finditer(source)]
    return [source] if source else []


def needed_of(source: str) -> list[str]:
    """The fields a source cannot do without."""
    if is_template(source):
        return [match[1] for match in _SLOT.finditer(source) if not match[2]]
    return [source] if source else []


def columns_of(source: str, row: Row) -> set[str]:
    """The columns of a row that a source reads."""
    return {name if name in row else name.partition(".")[0] for name in fields_of(source)}


def value_of(row: Row, name: str, where: str) -> Any:
    """The value of a field, or at a path.

    Raises:
        DataError: The row has no such field; names those it has.
    """
    if name in row:
        return row[name]
    head, dot, tail = name.partition(".")
    if dot and isinstance(row.get(head), Mapping):
        return value_of(row[head], tail, where)
    known = ", ".join(sorted(map(str, row))) or "none"
    raise refused(f"field {name!r} is missing; the row has: {known[:300]}", where)


def text_at(row: Row, source: str, where: str, render: Render | None = None) -> str:
    """The text a source gives for a row; of a template without spaces at its ends.

    Raises:
        DataError: A field it needs is missing, empty in a template, or no text.
    """
    if not is_template(source):
        return text_of(value_of(row, source, where), source, where)

    def slot(match: re.Match[str]) -> str:
        name, optional = match[1], bool(match[2])
        if optional and (not _has(row, name) or is_nothing(value_of(row, name, where))):
            return ""
        value = value_of(row, name, where)
        if is_nothing(value):
            raise refused(f"field {name!r} is empty", where)
        made = render(value, name) if render else None
        return made if made is not None else text_of(value, name, where)

    written = source.removeprefix(FIXED)
    return _SLOT.sub(slot, written.replace("\\n", "\n").replace("\\t", "\t")).strip()


def _has(row: Row, name: str) -> bool:
    if name in row:
        return True
    head, dot, tail = name.partition(".")
    inner = row.get(head)
    return bool(dot) and isinstance(inner, Mapping) and _has(inner, tail)
