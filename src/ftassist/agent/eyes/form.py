"""The form of an answer: what kind each of its pieces is, in order, and nothing of what it says.

Two answers with other words and other numbers have the same form, so what is found by it depends
on no content. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby, pairwise

import regex

_PIECES = regex.compile(
    r"(?P<line>\n+)"
    r"|(?P<boxed>\\boxed\b)"
    r"|(?P<number>\d+(?:[.,]\d+)*)(?![\p{L}_])"
    r"|(?P<name>\w*_\w+|\p{L}+\d[\w]*|\d+\p{L}\w*)"
    r"|(?P<word>[\p{L}\p{M}]+(?:['’-][\p{L}\p{M}]+)*)"
    r"|(?P<mark>[!-/:-@\[-`{-~])"
    r"|(?P<sign>\S)"
)
_FEW, _SEVERAL = 4, 12
"""Pieces of one kind in a row that are called few, and several; more are many."""
_ENDS = "^", "$"


def form_of(text: str) -> tuple[str, ...]:
    r"""The form of an answer.

    Words, numbers, names (as `a_b` or `x2`), line ends and other signs by their kind, runs of one
    kind as "few", "several" or "many"; ASCII punctuation and `\boxed` as they are, since they are
    the form.

    >>> form_of("It is 20.")
    ('few words', 'number', '.')
    >>> form_of("card_arrival") == form_of("lost_or_stolen")
    True
    """
    return tuple(_run(kind, sum(1 for _ in run)) for kind, run in groupby(_kinds(text.strip())))


def alike(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """How alike two forms are, from 0 to 1: Dice's coefficient of their neighbouring pieces."""
    first, second = _pairs(one), _pairs(other)
    return 2 * (first & second).total() / (first.total() + second.total())


def _kinds(text: str) -> Iterator[str]:
    for found in _PIECES.finditer(text):
        kind = str(found.lastgroup)
        yield found.group() if kind == "mark" else r"\boxed" if kind == "boxed" else kind


def _run(kind: str, length: int) -> str:
    if length == 1 or kind == "line":
        return kind
    size = "few" if length <= _FEW else "several" if length <= _SEVERAL else "many"
    return f"{size} {kind}s" if kind.isalpha() else f"{size} {kind}"


def _pairs(form: tuple[str, ...]) -> Counter[tuple[str, str]]:
    return Counter(pairwise((_ENDS[0], *form, _ENDS[1])))
