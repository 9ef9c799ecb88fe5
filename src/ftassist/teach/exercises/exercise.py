"""What an exercise is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Exercise:
    """An exercise with its check.

    Attributes:
        judge: Gets an answer that is not empty; returns "" where it is right, else a hint. May
            raise `WrongKindError`.
        why: What is said of a right answer: what it shows.
    """

    judge: Callable[[Any], str]
    why: str
