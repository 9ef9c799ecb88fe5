"""Excerpts: a place in a row's text with a little around it, short enough to be shown.

Speaks of training rows only; what else holds the same words is not known here.
"""

from __future__ import annotations

from typing import TypedDict

AROUND = 60
"""Characters shown on each side of the place."""
LONGEST = 320
"""Most characters of the place itself."""


class Excerpt(TypedDict):
    """A piece of text; the place is `text[start:end]`."""

    text: str
    start: int
    end: int


def excerpt(text: str, span: tuple[int, int]) -> Excerpt:
    """The piece of `text` around the characters from `span[0]` to `span[1]`.

    What is cut off is shown by an ellipsis; of a very long place the beginning is shown.

    >>> excerpt("a" * 70 + "2 + 3?", (70, 76))["text"][-8:]
    'aa2 + 3?'
    """
    begin = min(max(0, span[0]), len(text))
    end = min(max(begin, span[1]), len(text), begin + LONGEST)
    first, last = max(0, begin - AROUND), min(len(text), end + AROUND)
    head, tail = "…" if first else "", "…" if last < len(text) else ""
    shift = len(head) - first
    return Excerpt(text=f"{head}{text[first:last]}{tail}", start=begin + shift, end=end + shift)
