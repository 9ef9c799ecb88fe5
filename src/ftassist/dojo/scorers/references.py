"""Right answers of items of one's own: several may be accepted, and each must be one to judge by.

`texts_of` reads a value of a row, `check_reference` refuses what a metric cannot compare with,
`accepted` gives the right answers of an item, `said` the answer to hold against them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ftassist.dojo.scorers import numbers
from ftassist.dojo.scorers.texts import label, same_form, words
from ftassist.dojo.scorers.thinking import answer_of, marked
from ftassist.errors import DataError

ACCEPTED = "answers"
"""The field of an item with all its right answers, where there may be several."""


def texts_of(value: Any, where: str, field: str = "answer") -> tuple[str, ...]:
    """The accepted answers that a row's value is: a text, a number, or a list of them.

    Raises:
        DataError: It is empty, an object, a list in a list, or not a finite number.
    """
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        found = [text for one in value for text in _single(one, where, field)]
        if not found:
            raise _refused(field, "is an empty list", where)
        return tuple(dict.fromkeys(found))
    return _single(value, where, field)


def accepted(item: Mapping[str, Any]) -> tuple[str, ...]:
    """The right answers of an item, as texts without thinking.

    Raises:
        DataError: It has none, or one that is no text and no number.
    """
    where = f"item {item.get('id', '?')}"
    several = item.get(ACCEPTED)
    value = item["answer"] if several is None else list(several)
    texts = (value,) if isinstance(value, str) else texts_of(value, where)
    return tuple(answer_of(text) or text for text in texts)


def said(text: str, golds: Sequence[str]) -> str:
    """The answer in what a model wrote; all of it where that is a right answer of only tags."""
    whole = same_form(marked(text))
    return answer_of(text) or (whole if whole in set(map(same_form, golds)) else "")


def check_reference(metric: str, text: str, where: str) -> None:
    """Refuses an answer that a metric cannot compare with.

    Args:
        metric: A metric of a task of one's own.
        text: One right answer.
        where: The file and row.

    Raises:
        DataError: What it lacks.
    """
    answer = answer_of(text)
    if not answer:
        raise _refused("answer", f"{text[:60]!r} is thinking without an answer", where)
    if metric == "numeric":
        try:
            numbers.only_number(answer)
        except ValueError as error:
            raise DataError(
                f"the answer {answer[:60]!r} is not exactly one number: {error}",
                where=where,
                fix="write it as one number in digits, such as 1234.5, or choose another metric",
            ) from error
    elif metric == "rougeL" and not words(answer):
        raise _refused("answer", f"{answer[:60]!r} has no words to compare", where)
    elif metric in ("accuracy", "macro_f1") and not label(answer):
        raise _refused("answer", f"{answer[:60]!r} is no label", where)


def _single(value: Any, where: str, field: str) -> tuple[str]:
    """One accepted answer."""
    if isinstance(value, float) and not math.isfinite(value):
        raise _refused(field, f"is {value}, not a number", where)
    if value is None or (isinstance(value, str) and not value.strip()):
        raise _refused(field, "is empty", where)
    if not isinstance(value, str | int | float):
        kind = "an object" if isinstance(value, Mapping) else type(value).__name__
        raise _refused(field, f"is {kind}: {str(value)[:60]}", where)
    return (str(value),)


def _refused(field: str, what: str, where: str) -> DataError:
    return DataError(
        f"the field {field!r} {what}" if what.startswith("is ") else f"the {field} {what}",
        where=where,
        fix="give the right answer as text or as a number, or several in a list",
    )
