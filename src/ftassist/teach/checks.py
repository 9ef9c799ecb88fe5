"""Checks of exercises: right or a hint, never the solution.

An exercise's judge gets the reader's answer and returns "" where it is right, else one hint. What
was not written (`...`, None, nothing in a list) is no answer and passes nowhere. A judge works
its truth out from the same data that the reader has; no file holds solutions.
"""

from __future__ import annotations

from ftassist.errors import UnknownNameError
from ftassist.teach.answers import WrongKindError
from ftassist.teach.exercises import EXERCISES
from ftassist.teach.note import Note, is_empty


def check(key: str, answer: object = ...) -> Note:
    """Checks the answer to an exercise.

    Args:
        key: The exercise, such as "02.3": notebook and number.
        answer: What the exercise asks for: a number, a list, a text or a function.

    Returns:
        A note that is true where the answer is right, and holds a hint where it is not.

    Raises:
        UnknownNameError: There is no such exercise; names the nearest.

    Example:
        >>> check("02.1", ...)
        02.1: no answer yet. Put yours in place of the three dots.
    """
    if key not in EXERCISES:
        raise UnknownNameError.of("exercise", key, EXERCISES)
    if is_empty(answer):
        return Note(f"{key}: no answer yet. Put yours in place of the three dots.")
    exercise = EXERCISES[key]
    try:
        hint = exercise.judge(answer)
    except WrongKindError as error:
        hint = str(error)
    if hint:
        return Note(f"{key}: not yet. {hint}")
    return Note(f"{key}: right. {exercise.why}", passed=True)
