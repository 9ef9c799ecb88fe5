"""Exercises of notebook 07: preferences and rewards."""

from __future__ import annotations

import math
import re
from typing import Any

from ftassist.teach.answers import WrongKindError, function, number, tried
from ftassist.teach.exercises.exercise import Exercise

_GROUPS = ([1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0], [0.0, 0.0], [0.2, 0.9, 0.4, 0.5])
_LOGS = (
    (-2.0, -5.0, -3.0, -4.0, 0.1),
    (-3.0, -4.0, -3.0, -4.0, 0.1),
    (-9.0, -2.0, -3.0, -4.0, 0.5),
)
_QUESTION = "A box has 7 rows of 6 eggs. 5 break. How many are whole?"
_RIGHT = "37"
_NEARER = (
    ("\\boxed{37}", "\\boxed{38}"),
    ("\\boxed{37}", "\\boxed{36}"),
    ("42 - 5 = 38. \\boxed{38}", "42 + 5 = 47. \\boxed{47}"),
    ("42 - 5 = 36. \\boxed{36}", "7 - 6 = 1. 1 - 5 = 0. \\boxed{0}"),
    ("\\boxed{3}", "7 x 6 = 42. 42 - 5 = 37."),
    ("\\boxed{137}", "37"),
)
"""Of each pair the first is nearer to the right number."""


def _advantages(answer: Any) -> str:
    made = function(answer)
    for group in _GROUPS:
        found = tried(made, list(group))
        if not isinstance(found, list | tuple) or len(found) != len(group):
            raise WrongKindError("A list of as many numbers as there are rewards is asked for.")
        mean = sum(group) / len(group)
        wanted = [reward - mean for reward in group]
        said = [number(each) for each in found]
        if all(abs(a - b) < 1e-6 for a, b in zip(said, wanted, strict=True)):
            continue
        if all(abs(a - b) < 1e-6 for a, b in zip(said, group, strict=True)):
            return "Those are the rewards. What is better than the others of its group?"
        return f"For {group} you say {[round(each, 3) for each in said]}."
    return ""


def _dpo(answer: Any) -> str:
    made = function(answer)
    for chosen, rejected, chosen_before, rejected_before, beta in _LOGS:
        margin = beta * ((chosen - chosen_before) - (rejected - rejected_before))
        found = number(tried(made, chosen, rejected, chosen_before, rejected_before, beta))
        if abs(found - math.log1p(math.exp(-margin))) < 1e-6:
            continue
        if abs(found - math.log1p(math.exp(margin))) < 1e-6:
            return "That falls when the *rejected* answer becomes likelier."
        if abs(found - margin) < 1e-6:
            return "That is the margin; the loss is minus the logarithm of its sigmoid."
        return (
            f"Log-probabilities {chosen} and {rejected}, of the reference {chosen_before} and "
            f"{rejected_before}, beta {beta}: you say {found:.4f}."
        )
    return ""


def _fooled(answer: Any) -> str:
    if not isinstance(answer, str):
        raise WrongKindError("A text is asked for: the answer that a model might write.")
    if not naive(answer, _RIGHT):
        return "The naive judge gives it nothing."
    if honest(answer, _RIGHT):
        return "That is a right answer; the strict judge likes it, too."
    return ""


def _mended(answer: Any) -> str:
    made = function(answer)
    for nearer, farther in _NEARER:
        more, less = (number(tried(made, text, int(_RIGHT))) for text in (nearer, farther))
        if more > less:
            continue
        said = f"Where {_RIGHT} is right, {farther!r} gets {less:g} and {nearer!r} {more:g}."
        return f"{said} Of two like these a training writes the first."
    return ""


def naive(text: str, answer: str) -> bool:
    r"""A judge that looks whether the number stands anywhere.

    >>> naive("7 x 6 = 42, less 5: \\boxed{37}", "37")
    True
    """
    return answer in text


def honest(text: str, answer: str) -> bool:
    r"""A judge that reads the last box, and it alone.

    >>> honest("\\boxed{37}", "37"), honest("36, 37, 38", "37"), honest("37", "37")
    (True, False, False)
    """
    boxes: list[str] = re.findall(r"\\boxed\{([^}]*)\}", text)
    return bool(boxes) and boxes[-1].strip() == answer


EXERCISES = {
    "07.1": Exercise(
        _advantages,
        "A group in which all get the same reward teaches nothing, be all of it right or wrong.",
    ),
    "07.2": Exercise(
        _dpo,
        "Only the *change* against the reference counts; where nothing changed, it is log 2.",
    ),
    "07.3": Exercise(
        _fooled, "What a judge rewards is what a training makes, to the letter of it."
    ),
    "07.4": Exercise(
        _mended,
        "A judge is tried on what a model would write to please it: too small as well as too "
        "large.",
    ),
}
