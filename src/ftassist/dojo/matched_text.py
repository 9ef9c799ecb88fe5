"""A text that a pattern matches with a given first group: how an answer would have to be written.

Walks what the standard library's parser makes of the pattern. Not every pattern has such a text;
whoever asks tries it.
"""

from __future__ import annotations

import re
from typing import Any

_CATEGORIES = {"CATEGORY_DIGIT": "1", "CATEGORY_WORD": "a", "CATEGORY_SPACE": " "}


def matched_text(pattern: re.Pattern[str], group: str) -> str:
    r"""A text whose first group would be `group`, or that is it where there is no group.

    >>> matched_text(re.compile(r"[Aa]nswer:\s*(\w+)"), "red")
    'Answer:red'
    """
    if not pattern.groups:
        return group
    parsed = re._parser.parse(pattern.pattern, pattern.flags)  # type: ignore[attr-defined]
    return "".join(_part(str(name), value, group) for name, value in parsed)


def _part(name: str, value: Any, group: str) -> str:
    match name:
        case "LITERAL":
            return chr(int(value))
        case "ANY":
            return "a"
        case "IN":
            return _one_of(value)
        case "BRANCH":
            return "".join(_part(str(n), v, group) for n, v in value[1][0])
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, _, inner = value
            return "".join(_part(str(n), v, group) for n, v in inner) * int(least)
        case "SUBPATTERN":
            number, _, _, inner = value
            if number == 1:
                return group
            return "".join(_part(str(n), v, group) for n, v in inner)
    return ""  # a place, such as ^, or what looks ahead


def _one_of(choices: Any) -> str:
    name, value = choices[0]
    match str(name):
        case "LITERAL":
            return chr(int(value))
        case "RANGE":
            return chr(int(value[0]))
        case "CATEGORY":
            return _CATEGORIES.get(str(value), "a")
    return "\u00b6"  # all but some characters
