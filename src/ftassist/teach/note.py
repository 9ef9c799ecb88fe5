"""What is shown to a reader: text, and whether an answer passed. Plain text only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    """A few lines for the reader; true where an exercise is solved.

    Attributes:
        text: What is shown.
        passed: Whether an answer was right.
    """

    text: str
    passed: bool = False

    def __bool__(self) -> bool:
        """Whether an answer was right."""
        return self.passed

    def __repr__(self) -> str:
        """The text, as a notebook shows it."""
        return self.text


def is_empty(value: object) -> bool:
    """Whether nothing was written: `...`, None, blank text, or a collection without anything.

    >>> is_empty(...), is_empty(" "), is_empty([None, ""]), is_empty(0)
    (True, True, True, False)
    """
    if value is None or value is ... or value is NotImplemented:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, dict):
        return all(map(is_empty, value.values()))
    if isinstance(value, list | tuple | set | frozenset):
        return all(map(is_empty, value))
    return False
