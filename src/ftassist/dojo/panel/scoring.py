"""Scoring of the general panel: each item says by which rule its answer is checked.

Runs in the evaluator and imports the standard library only. Rules are strict where the item asks
for a form, and lenient in case and surrounding punctuation where it asks for a fact.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TypedDict

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
LETTER = re.compile(r"(?<![A-Za-z])([A-D])(?![A-Za-z])")
ADMITS = re.compile(
    r"\b(?:do(?:n't| not) (?:know|have|exist)|not (?:know|aware|familiar|exist|able|real|possible)"
    r"|no (?:such|information|record|evidence|reliable)|never (?:existed|happened|heard)"
    r"|unable|unknown|unsure|cannot|can't|could not|couldn't|does(?:n't| not) exist"
    r"|did(?:n't| not) (?:exist|happen)|fictional|invented|made[- ]up|imaginary)\b",
    re.IGNORECASE,
)


class Item(TypedDict):
    """What a rule reads of an item."""

    check: str
    """The rule, by its name."""
    answer: str
    accepted: list[str]


Check = Callable[[str, Item], bool]


def process_results(doc: Item, results: list[str]) -> dict[str, float]:
    """Scores one generated answer by the rule that the item names."""
    text = results[0].strip()
    right = bool(text) and CHECKS[doc["check"]](text, doc)
    return {"score": float(right), "parsed": float(bool(text))}


def plain(text: str) -> str:
    """Letters, digits and single spaces, without case and accents of punctuation.

    >>> plain(' "Paris." ')
    'paris'
    """
    return " ".join(re.findall(r"\w+", text.casefold()))


def _first_line(text: str) -> str:
    return text.splitlines()[0]


def _exact(text: str, doc: Item) -> bool:
    return plain(_first_line(text)) in {plain(one) for one in doc["accepted"]}


def _verbatim(text: str, doc: Item) -> bool:
    return text == str(doc["answer"])


def _holds(text: str, doc: Item) -> bool:
    said = f" {plain(text)} "
    return any(f" {plain(one)} " in said for one in doc["accepted"])


def _number(text: str, doc: Item) -> bool:
    found = NUMBER.findall(text.replace(",", ""))
    return bool(found) and float(found[-1]) == float(doc["answer"])


def _choice(text: str, doc: Item) -> bool:
    found = LETTER.search(text)
    return found is not None and found.group(1) == str(doc["answer"])


def _admits(text: str, doc: Item) -> bool:
    return ADMITS.search(text.replace("’", "'")) is not None


def _words(text: str, doc: Item) -> bool:
    return len(text.split()) == int(doc["answer"])


def _lines(text: str, doc: Item) -> bool:
    return len([line for line in text.splitlines() if line.strip()]) == int(doc["answer"])


def _upper(text: str, doc: Item) -> bool:
    return text.isupper()


def _lower(text: str, doc: Item) -> bool:
    return text.islower()


def _starts(text: str, doc: Item) -> bool:
    return text.startswith(doc["answer"])


def _ends(text: str, doc: Item) -> bool:
    return text.endswith(doc["answer"])


def _without(text: str, doc: Item) -> bool:
    return len(text.split()) >= 3 and doc["answer"] not in text.casefold()


def _json_keys(text: str, doc: Item) -> bool:
    try:
        found = json.loads(text.removeprefix("```json").removeprefix("```").removesuffix("```"))
    except ValueError:
        return False
    return isinstance(found, dict) and sorted(found) == sorted(doc["accepted"])


CHECKS: Mapping[str, Check] = {
    "exact": _exact,
    "verbatim": _verbatim,
    "holds": _holds,
    "number": _number,
    "choice": _choice,
    "admits": _admits,
    "words": _words,
    "lines": _lines,
    "upper": _upper,
    "lower": _lower,
    "starts": _starts,
    "ends": _ends,
    "without": _without,
    "json_keys": _json_keys,
}
"""The rules by the name that items use."""
