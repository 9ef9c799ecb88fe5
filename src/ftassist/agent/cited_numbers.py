"""Whether the numbers of a text stand in the record it speaks of.

A text is compared with the trials it names and those it is about. A number counts as known when
some recorded value, as it is or as a percentage, rounds to it at the precision it is written with.
What it says about the numbers is not judged here.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass, replace
from typing import Any

from ftassist.agent.context import Context
from ftassist.agent.trial_view import Quoted, TrialView

_NUMBER = re.compile(
    r"(?<![\w.])([-+−]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?)(?!\w)\s?(%|points?\b)?"
)
_TRIAL = re.compile(r"\bt\d{4,}\b|\bi-?\d+\b")
_EDGE = 1e-9


def numbers_in(text: str) -> list[str]:
    """The numbers of a text as they are written, trial ids left out.

    >>> numbers_in("t0003 reached 0.41 (+5.2 points) on 320 items")
    ['0.41', '+5.2 points', '320']
    """
    plain = _TRIAL.sub(" ", text)
    return [" ".join(filter(None, found)) for found in _NUMBER.findall(plain)]


def unknown_numbers(context: Context, texts: Iterable[str], about: Iterable[str]) -> list[str]:
    """Numbers of texts that stand nowhere in the record of the trials they are about.

    Args:
        context: The record.
        about: Trials they are about; those they name are added.
    """
    joined = "\n".join(texts)
    named = {*about, *re.findall(r"\bt\d{4,}\b", joined)}
    known = recorded(context, named)
    wrong = [number for number in dict.fromkeys(numbers_in(joined)) if not _known(number, known)]
    return [number.replace(" %", "%") for number in wrong]


def recorded(context: Context, trials: Iterable[str], *, profiles: bool = False) -> list[float]:
    """All numbers recorded of trials and of the campaign as a whole, sorted, without signs.

    Args:
        context: The record.
        profiles: Whether the numbers of the raw sets count as well.
    """
    parts: list[Any] = [context.budget, context.base, context.calibration, context.task]
    if profiles:
        parts.append(context.profiles)
    for name in sorted(set(trials)):
        parts += [_measured(context.trials.get(name)), context.outcome(name)]
        parts += [brief for brief in context.others if brief.id == name]
    return sorted({abs(value) for part in parts for value in _values(part)})


def _measured(view: TrialView | None) -> TrialView | None:
    """A trial without what was made of it: an analysis does not make its numbers known."""
    return view and replace(view, analysis=Quoted(""))


def _values(value: Any) -> list[float]:
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int | float):
        return [float(value)]
    if isinstance(value, Quoted):
        return _values(value.quoted)
    if isinstance(value, str):
        return [_read(found[0]) for found in _NUMBER.findall(_TRIAL.sub(" ", value))]
    if is_dataclass(value) and not isinstance(value, type):
        return [n for key in value.__dataclass_fields__ for n in _values(getattr(value, key))]
    if isinstance(value, Mapping):
        return [n for inner in value.values() for n in _values(inner)] + [float(len(value))]
    if isinstance(value, list | tuple):
        return [n for inner in value for n in _values(inner)] + [float(len(value))]
    return []


def _known(written: str, known: list[float]) -> bool:
    figure = written.split(" ")[0]
    value = abs(_read(figure))
    digits = len(figure.partition(".")[2].partition("e")[0]) if "e" not in figure else None
    room = 1e-6 * max(1.0, value) if digits is None else 0.5 * 10.0**-digits
    if written.endswith(("%", "point", "points")) and _near(known, value / 100, room / 100):
        return True
    # Without a unit a whole number is a count, and counts are not rounded.
    return _near(known, value, _EDGE if digits == 0 else room)


def _near(known: list[float], value: float, room: float) -> bool:
    at = bisect_left(known, value - room - _EDGE)
    return at < len(known) and known[at] <= value + room + _EDGE


def _read(figure: str) -> float:
    plain = figure.replace("−", "-")
    plain = re.sub(r",(?=\d{3})", "", plain)
    return float(plain)
