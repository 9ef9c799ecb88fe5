"""Answers that stand between [ANSWER_START] and [ANSWER_END], as BioProBench asks for them.

Found by plain search, so that no text takes long, however many tags it opens.
"""

from __future__ import annotations

START, END = "[ANSWER_START]", "[ANSWER_END]"


def after_last(text: str, *marks: str) -> str:
    """What follows the last of each mark, one mark after the other; without a mark, the text."""
    for mark in marks:
        text = text.rpartition(mark)[2]
    return text


def first(text: str) -> str | None:
    """The inside of the first pair of tags; None where there is no pair."""
    begins = text.find(START)
    ends = text.find(END, begins + len(START)) if begins >= 0 else -1
    return text[begins + len(START) : ends] if ends >= 0 else None


def last(text: str) -> str | None:
    """The inside of the last pair of tags, pairs taken from left to right."""
    found, at = None, 0
    while (begins := text.find(START, at)) >= 0:
        ends = text.find(END, begins + len(START))
        if ends < 0:
            break
        found, at = text[begins + len(START) : ends], ends + len(END)
    return found


def only(text: str) -> str | None:
    """The inside of the one pair of tags there is; None where there are none or more."""
    return first(text) if text.count(START) == text.count(END) == 1 else None


def tagged(answer: str) -> str:
    """An answer between its tags."""
    return f"{START}{answer}{END}"
