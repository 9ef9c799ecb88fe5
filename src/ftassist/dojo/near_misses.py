"""Answers that are nearly the right text: written otherwise, or some letters off."""

from __future__ import annotations

import re

from ftassist.dojo.classical import label_of
from ftassist.dojo.scorers.texts import label

OTHERWISE, LETTERS = "the right text, written otherwise", "some letters off the right text"
FEWEST_LETTERS = 4
"""Of a right text, below which any other is another one."""
A_LETTER_EACH = 8
MOST_LETTERS = 5
"""Letters that may differ: one, another for every eight of the right text, so many at most."""
_BETWEEN = re.compile(r"[\W_]+")


def near_miss(output: str, gold: str) -> str:
    """How an answer that is not the right text is nearly it; "" where it is not.

    Example:
        >>> near_miss("Answer: card not working", "card_not_working")
        'the right text, written otherwise'
        >>> near_miss("card not wroking", "card_not_working")
        'some letters off the right text'
    """
    said = label_of(output) or output
    if gold.count(":") < said.count(":"):
        said = said.rpartition(":")[2]
    given, right = _form(said), _form(gold)
    if not right or given == right:
        return OTHERWISE if right else ""
    if len(right) < FEWEST_LETTERS:
        return ""
    from rapidfuzz.distance import Levenshtein

    most = min(MOST_LETTERS, 1 + len(right) // A_LETTER_EACH)
    return LETTERS if Levenshtein.distance(given, right, score_cutoff=most) <= most else ""


def _form(text: str) -> str:
    """A text as words alone, without case and what stands between them."""
    return _BETWEEN.sub(" ", label(text)).strip()
