"""Reads what a reader answered: numbers, lists, and functions that are tried out.

A reader's function is run in the reader's own kernel, as a cell would be; what it raises becomes
a hint.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any


class WrongKindError(Exception):
    """An answer of another kind than the exercise asks for; its text is the hint."""


def number(answer: object) -> float:
    """The answer as a number.

    Raises:
        WrongKindError: It is none, or not finite.
    """
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        raise WrongKindError(f"A number is asked for, not {type(answer).__name__}.")
    if not math.isfinite(answer):
        raise WrongKindError("A finite number is asked for.")
    return float(answer)


def texts(answer: object) -> list[str]:
    """The answer as a list of texts.

    Raises:
        WrongKindError: It is no collection of texts.
    """
    if isinstance(answer, str) or not isinstance(answer, list | tuple | set | frozenset):
        raise WrongKindError('A list of texts is asked for, such as ["one", "two"].')
    if not all(isinstance(each, str) for each in answer):
        raise WrongKindError("Every entry of the list is to be a text.")
    return list(answer)


def function(answer: object) -> Callable[..., Any]:
    """The answer as a function.

    Raises:
        WrongKindError: It cannot be called.
    """
    if not callable(answer):
        raise WrongKindError("A function is asked for: pass its name, without calling it.")
    return answer


def tried(made: Callable[..., Any], *arguments: Any) -> Any:
    """What a reader's function returns.

    Raises:
        WrongKindError: It raised, or returned nothing.
    """
    shown = ", ".join(f"{argument!r:.60}" for argument in arguments)
    try:
        found = made(*arguments)
    except Exception as error:
        what = f"{type(error).__name__}: {str(error)[:200]}"
        raise WrongKindError(f"Called with {shown}, your function raised {what}.") from error
    if found is None or found is ...:
        raise WrongKindError(f"Called with {shown}, your function returns nothing.")
    return found
