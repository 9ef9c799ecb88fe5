"""The options of a multiple-choice question, however they are kept, and the letter of the answer.

Options are a list, an object by letter, an object of `label` and `text`, or columns such as A to
D; the answer is a letter, a number or an option's text. It becomes the letter.
"""

from __future__ import annotations

import ast
import json
import string
from collections.abc import Mapping, Sequence
from typing import Any

from ftassist.dojo.tables.table import Row
from ftassist.dojo.tables.templates import value_of
from ftassist.dojo.tables.values import is_nothing, refused, scalar, text_of

Options = dict[str, str]
"""Texts of options by letter."""


def options_of(row: Row, source: str, where: str) -> Options:
    """The options of a row.

    Args:
        source: The field they are in, or the columns, parted by commas.
        where: The row's place.

    Raises:
        DataError: There are not two of them, or one is no text.
    """
    columns = source.split(",")
    if len(columns) > 1:
        cells = {name: value_of(row, name, where) for name in columns}
        value: Any = {_letter(name): cell for name, cell in cells.items()}
    else:
        value = _opened(value_of(row, source, where))
    found = {
        str(letter): text_of(text, f"{source} {letter}", where)
        for letter, text in _pairs(value)
        if not is_nothing(text)
    }
    if len(found) < 2:
        raise refused(f"field {source!r} holds no list of options: {value!r:.80}", where)
    return found


def lettered(options: Options) -> str:
    """The options as lines, each behind its letter."""
    return "\n".join(f"{letter}. {text}" for letter, text in options.items())


def letter_of(answer: Any, options: Options, first: int, where: str) -> str:
    """The letter of the right option.

    Args:
        answer: A letter, a number, or an option's text.
        first: The number of the first option, 0 or 1.
        where: The row's place.

    Raises:
        DataError: It is none of the options.
    """
    answer = scalar(answer)
    letters = list(options)
    if isinstance(answer, int) and not isinstance(answer, bool):
        if str(answer) in options:
            return str(answer)
        if 0 <= answer - first < len(letters):
            return letters[answer - first]
    text = text_of(answer, "answer", where).strip()
    bare = text.strip("().: ")
    for letter in letters:
        if bare.casefold() == letter.casefold():
            return letter
    same = [letter for letter, option in options.items() if option.strip() == text]
    if len(same) == 1:
        return same[0]
    if bare.isdecimal() and 0 <= int(bare) - first < len(letters):
        return letters[int(bare) - first]
    raise refused(f"the answer {text[:60]!r} is none of the options {', '.join(letters)}", where)


def first_number(answers: Sequence[tuple[Any, int]]) -> int:
    """The number of the first option, where answers are numbers: 1 where that alone fits, else 0.

    Args:
        answers: Each row's answer and how many options it has.
    """
    numbers = [(int(str(a)), n) for a, n in answers if str(a).strip().isdecimal()]
    none_is_zero = all(number > 0 for number, _ in numbers)
    return int(none_is_zero and any(number == count for number, count in numbers))


def _pairs(value: Any) -> list[tuple[Any, Any]]:
    """Letters and texts of the options a value holds."""
    if isinstance(value, Mapping):
        labels, texts = value.get("label"), value.get("text")
        if labels is not None and texts is not None:
            return list(zip(_listed(labels), _listed(texts), strict=False))
        return list(value.items())
    found = []
    for letter, option in zip(string.ascii_uppercase, _listed(value), strict=False):
        if isinstance(option, Mapping) and "text" in option:
            found.append((option.get("label") or option.get("id") or letter, option["text"]))
        else:
            found.append((letter, option))
    return found


def _listed(value: Any) -> list[Any]:
    if hasattr(value, "tolist"):
        value = value.tolist()
    return list(value) if isinstance(value, list | tuple) else []


def _opened(value: Any) -> Any:
    """A list or object that a table keeps as text."""
    if isinstance(value, str) and value.strip()[:1] in ("[", "{"):
        for read in (json.loads, ast.literal_eval):
            try:
                return read(value)
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                continue
    return value


def _letter(column: str) -> str:
    """The letter of an option's column: `option_a` and `A` are A."""
    last = column.replace("-", "_").rsplit("_", 1)[-1].strip()
    return last.upper() if len(last) == 1 else column
