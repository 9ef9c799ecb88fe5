"""Exercises of notebook 04: intervals, McNemar's test, many comparisons, power."""

from __future__ import annotations

import math
from typing import Any

from ftassist.statistics.intervals import wilson_interval
from ftassist.statistics.multiple import holm
from ftassist.statistics.paired import mcnemar_exact
from ftassist.statistics.power import minimum_detectable_effect
from ftassist.teach.answers import WrongKindError, function, number, tried
from ftassist.teach.exercises.exercise import Exercise

FAMILY = (0.011, 0.20, 0.004, 0.049, 0.60, 0.03, 0.04, 0.008)
"""The p-values that 04.3 shows."""
GAIN, BASE = 0.05, 0.6
"""What 04.4 wants to find: so much more than a model at so much."""

MOST = 3000
"""More items than 04.4 can need; the exact power of still more takes long to work out."""

_CLOSE = 2e-3


def _interval(answer: Any) -> str:
    made = function(answer)
    for k, n in ((60, 100), (0, 10), (300, 300), (3, 7)):
        low, high = _pair(tried(made, k, n))
        wanted = wilson_interval(k, n)
        if _near(low, wanted[0]) and _near(high, wanted[1]):
            continue
        share = k / n
        half = 1.96 * math.sqrt(share * (1 - share) / n)
        if _near(low, share - half) and _near(high, share + half):
            return (
                "That is the textbook interval. At 0 right answers of 10 it has no width at all: "
                "would you bet that the model never gets one right?"
            )
        if _near(low, 100 * wanted[0]):
            return "Shares are asked for, between 0 and 1, not percent."
        if low > high:
            return f"interval({k}, {n}) ends below where it begins."
        return f"interval({k}, {n}) gave ({low:.4f}, {high:.4f}); its middle or its width is off."
    return ""


def _p_value(answer: Any) -> str:
    made = function(answer)
    for b, c in ((9, 3), (3, 9), (0, 0), (5, 5), (20, 6)):
        found, wanted = number(tried(made, b, c)), mcnemar_exact(b, c)
        if math.isclose(found, wanted, rel_tol=1e-6, abs_tol=1e-12):
            continue
        if math.isclose(found, wanted / 2, rel_tol=1e-6):
            return "That is one-sided. A difference the other way would have surprised you, too."
        if found > 1:
            return f"p_value({b}, {c}) gave {found:g}: a chance is at most 1."
        if (b, c) == (3, 9):
            return "p_value(9, 3) is right, p_value(3, 9) is not: the rarer side may be either."
        return f"p_value({b}, {c}) gave {found:.6g}. Count all results at least as uneven."
    return ""


def _claims(answer: Any) -> str:
    if isinstance(answer, str) or not isinstance(answer, list | tuple | set):
        raise WrongKindError("A list of p-values is asked for, such as [0.2, 0.6].")
    found = {number(each) for each in answer}
    if strange := found - set(FAMILY):
        return f"{min(strange):g} is none of the eight."
    adjusted = dict(zip(FAMILY, holm(FAMILY), strict=True))
    wanted = {p for p, value in adjusted.items() if value < 0.05}
    if found == wanted:
        return ""
    if found == {p for p in FAMILY if p < 0.05}:
        return "Those are below 0.05 each by itself. What does the family of eight cost?"
    if found > wanted:
        return (
            "Too many. Sort them; multiply the smallest by 8, the next by 7 ... and stop at the "
            "first that is not below 0.05."
        )
    return "Multiply the smallest by 8: is it below 0.05? Then the next by 7."


def _items_needed(answer: Any) -> str:
    found = number(answer)
    if found != int(found) or found < 1:
        return "A whole number of items is asked for."
    if found > MOST:
        return f"That is enough; {MOST} would do as well."
    shown = minimum_detectable_effect(int(found), BASE)
    if shown is None or shown > GAIN:
        seen = "no gain at all" if shown is None else f"a gain of {shown:.1%}"
        return f"{int(found)} items show {seen}; that is not enough."
    fewer = minimum_detectable_effect(int(found * 0.9), BASE)
    if fewer is not None and fewer <= GAIN:
        return f"That is enough; {int(found * 0.9)} would do as well."
    return ""


def _pair(found: Any) -> tuple[float, float]:
    if isinstance(found, str) or not isinstance(found, list | tuple) or len(found) != 2:
        raise WrongKindError("Your function is to return two numbers: (low, high).")
    return number(found[0]), number(found[1])


def _near(found: float, wanted: float) -> bool:
    return abs(found - wanted) < _CLOSE


EXERCISES = {
    "04.1": Exercise(_interval, "It stays inside 0 and 1, and has a width even at 0 of 10."),
    "04.2": Exercise(
        _p_value, "Only items on which the two differ enter; the rest tells nothing."
    ),
    "04.3": Exercise(_claims, "Six looked good by themselves. Such is the price of eight looks."),
    "04.4": Exercise(
        _items_needed,
        "Hundreds of items for five points: say it before the first trial, not after the last.",
    ),
}
