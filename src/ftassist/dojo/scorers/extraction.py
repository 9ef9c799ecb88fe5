"""Reading an answer out of a model's text: fences, thinking blocks, JSON, the one stated value.

Shared by the tasks whose contract is a JSON object. The official evaluators fall back on ever
looser patterns; `stated` is the strict counterpart: the contract's own form, and one value only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

_THINKING = re.compile(r"<think>.*?</think>", re.DOTALL)
_JSON_FENCE = re.compile(r"```json\s*(.*?)\s*```", re.DOTALL)
_ANY_FENCE = re.compile(r"```\s*(.*?)\s*```", re.DOTALL)
_DECODER = json.JSONDecoder()
_OBJECTS_LOOKED_AT = 200  # of a runaway text full of braces


def without_thinking(text: str) -> str:
    """The text without closed `<think>` blocks."""
    return _THINKING.sub("", text)


def unfenced(text: str) -> str:
    """The inside of the first JSON fence, else of the first fence, else the text.

    A text that opens a JSON fence and does not close it is left as it is, even if it has another.
    """
    pattern = _JSON_FENCE if "```json" in text else _ANY_FENCE
    found = pattern.search(text)
    return found.group(1) if found else text


def loaded(text: str) -> Any:
    """The text as JSON, or None if it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def first_group(patterns: Sequence[re.Pattern[str]], text: str) -> str | None:
    """The first group of the first pattern that is found."""
    for pattern in patterns:
        if found := pattern.search(text):
            return found.group(1)
    return None


def json_objects(text: str) -> Iterator[dict[str, Any]]:
    """The outermost JSON objects anywhere in a text, from left to right."""
    start = text.find("{")
    for _ in range(_OBJECTS_LOOKED_AT):
        if start < 0:
            return
        try:
            value, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            yield value
        start = text.find("{", end)


def stated(text: str, key: str, read: Callable[[Any], T | None]) -> T | None:
    """The one value stated under `key` in JSON objects of the text, or None.

    Args:
        text: What the model wrote; closed thinking blocks do not count.
        key: The key of the output contract.
        read: Turns a JSON value into an answer, or None if it is not one.

    Returns:
        The answer, or None if there is none, one is not valid, or two differ.
    """
    found = [read(o[key]) for o in json_objects(without_thinking(text)) if key in o]
    if not found or any(answer != found[0] for answer in found):
        return None
    return found[0]


def text_of(value: Any) -> str | None:
    """A JSON value as an answer text: a string that is not blank."""
    return value.strip() or None if isinstance(value, str) else None


def whole_number(value: Any) -> int | None:
    """A JSON value as a whole number: an integer or its decimal digits as a string."""
    if isinstance(value, str) and re.fullmatch(r"\s*\d{1,9}\s*", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
