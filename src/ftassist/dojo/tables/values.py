"""What a cell may be where it stands for a text: one rule for prompts, answers, ids and the rest.

Texts, and numbers and truth values as they are written. Nothing, NaN, objects and texts that
cannot be written down are refused with their place. Columns nobody mapped may hold anything.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping
from typing import Any

from ftassist.dojo.tables.json_rows import LongNumber
from ftassist.dojo.tables.table import FIX, Row
from ftassist.errors import DataError

_DEEP = 50


def refused(what: str, where: str, fix: str = FIX) -> DataError:
    """The refusal of a row."""
    return DataError(what, where=where, fix=fix)


def is_nothing(value: Any) -> bool:
    """Whether a cell is empty: null, NaN of a table, or a text of spaces."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    return isinstance(value, float) and math.isnan(value)


def scalar(value: Any) -> Any:
    """A number of NumPy or pandas as Python's own; anything else as it is."""
    if not isinstance(value, str) and hasattr(value, "item") and not hasattr(value, "__len__"):
        return value.item()
    return value


def text_of(value: Any, name: str, where: str) -> str:
    """A cell as a text.

    Raises:
        DataError: It is nothing, NaN or infinite, an object, a list, or no text one can write.
    """
    value = scalar(value)
    if value is None:
        raise refused(f"field {name!r} is missing", where)
    if isinstance(value, LongNumber):
        raise refused(f"field {name!r} is a number of {len(value):,} digits", where)
    if isinstance(value, str):
        return written(value, name, where)
    if isinstance(value, float) and not math.isfinite(value):
        raise refused(f"field {name!r} is {value}, not a value", where)
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, Mapping):
        names = ", ".join(map(str, value))[:100]
        fix = f"name the part that counts, such as {name}.{next(iter(value), 'text')}"
        raise refused(f"field {name!r} is an object ({names}), not text", where, fix)
    if isinstance(value, Collection) and not isinstance(value, bytes):
        raise refused(f"field {name!r} is a list, not text", where)
    raise refused(f"field {name!r} is {type(value).__name__}, not text", where)


def written(text: str, name: str, where: str) -> str:
    """A text, checked that it can be written in UTF-8 and shown.

    Raises:
        DataError: It holds half of a sign (a lone surrogate) or a zero byte.
    """
    if "\0" in text:
        raise refused(f"field {name!r} holds a zero byte", where)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            sign = f"\\u{ord(text[error.start]):04x}"
            raise refused(
                f"field {name!r} holds half of a sign ({sign}), so it was cut or damaged", where
            ) from error
    return text


def accepted(value: Any, name: str, where: str) -> tuple[str, ...]:
    """The answers a cell accepts: one, or those of a list, of which any is right.

    Raises:
        DataError: There is none, or one of them is no text.
    """
    value = scalar(value)
    if hasattr(value, "tolist") and not isinstance(value, str):
        value = value.tolist()
    listed = value if isinstance(value, list | tuple) else [value]
    answers = tuple(dict.fromkeys(text_of(each, name, where) for each in listed))
    if not any(answer.strip() for answer in answers):
        raise refused(f"field {name!r} is empty: there is no answer", where)
    return tuple(answer for answer in answers if answer.strip())


def plain(value: Any) -> Any:
    """A cell nobody mapped, as JSON that anything can read: what has no such form is described.

    NaN becomes null, half signs a question mark in a box, bytes their number, dates their text.
    """
    try:
        return _plain(value, _DEEP)
    except (RecursionError, ValueError, TypeError, OverflowError):
        return f"({type(value).__name__})"


def rest_of(row: Row, used: Collection[str]) -> dict[str, Any]:
    """The columns of a row that play no part, as plain values."""
    return {str(plain(str(name))): plain(value) for name, value in row.items() if name not in used}


def _plain(value: Any, depth: int) -> Any:
    value = scalar(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value).encode("utf-8", "replace").decode()
    if isinstance(value, int):
        return value if abs(value) < 2**63 else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bytes):
        return f"({len(value):,} bytes)"
    if depth == 0:
        return "(nested deeper)"
    if isinstance(value, Mapping):
        return {str(_plain(k, 0)): _plain(v, depth - 1) for k, v in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Collection):
        return [_plain(each, depth - 1) for each in value]
    return str(value)


def as_json(value: Any) -> str:
    """A value as JSON text, for people and for templates."""
    return json.dumps(plain(value), ensure_ascii=False)
