"""The look at training rows whose responses have the form of a wrong answer that was shown.

All it takes of an evaluation item is the form of what the model answered, of the part of that
which is shown anyway (`form.py`): two items whose answers have one form are answered alike.
"""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass
from typing import Any

from ftassist.agent.eyes.form import alike, form_of
from ftassist.agent.eyes.look import Look
from ftassist.agent.eyes.record import LookRecord, SetRow
from ftassist.agent.eyes.rows import set_rows
from ftassist.agent.eyes.trials import SHOWN_TEXT
from ftassist.agent.trial_view import quote
from ftassist.errors import DataError

MOST = 10
"""Rows of one look at most."""
SECONDS = 5.0
"""How long rows may be compared for."""
_TEXT = 400
_FORM = 60
"""Pieces of a form that are told."""


@dataclass(frozen=True)
class _Likeness:
    """How the rows of one set compare; the nearest of them, the nearest first."""

    read: int
    same: int
    nearest: list[tuple[float, str, SetRow]]


def similar_rows(
    record: LookRecord, trial: str, answer: int, set: str = "", count: int = 5
) -> Look:
    """Training rows that are answered in the form of a wrong answer."""
    wanted = form_of(_output(record, trial, answer))
    deadline = time.monotonic() + SECONDS
    sets: dict[str, Any] = {}
    nearest: list[tuple[float, str, SetRow]] = []
    for name in [set] if set else record.data.names():
        try:
            table = set_rows(record, name)
        except DataError:
            if set:
                raise
            sets[name] = "cannot be read"
            continue
        found = _compare(name, table, wanted, count, deadline)
        sets[name] = {"rows": len(table), "compared": found.read, "same_form": found.same}
        nearest = heapq.nsmallest(count, [*nearest, *found.nearest], key=_order)
    value = {
        "trial": trial,
        "answer": answer,
        "form": quote(" ".join(wanted[:_FORM]) or "nothing", 1_000),
        "sets": sets,
        "nearest": [
            {
                "set": name,
                "row": row.number,
                "alike": round(share, 3),
                "prompt": quote(row.prompt, _TEXT),
                "response": quote(row.response, _TEXT),
            }
            for share, name, row in nearest
        ],
    }
    where = f" of {set}" if set else ""
    trail = f"looked for rows{where} in the form of wrong answer {answer} of {trial}"
    return Look(value, trail)


def _output(record: LookRecord, trial: str, answer: int) -> str:
    """What the model answered, as far as it is shown."""
    shown = record.trial(trial).feedback.wrong
    if not 1 <= answer <= len(shown):
        raise DataError(
            f"{trial} has no wrong answer {answer} that is shown",
            fix=f"wrong_answers numbers those there are: {len(shown)}",
        )
    return quote(shown[answer - 1].output, SHOWN_TEXT).quoted


def _compare(
    name: str, table: list[SetRow], wanted: tuple[str, ...], count: int, deadline: float
) -> _Likeness:
    """Compares rows until the time is up; equal ones come in the order of the set."""
    read, same = 0, 0
    nearest: list[tuple[float, str, SetRow]] = []
    for row in table:
        if time.monotonic() > deadline:
            break
        read += 1
        form = form_of(quote(row.response, SHOWN_TEXT).quoted)
        same += form == wanted
        nearest.append((alike(form, wanted), name, row))
        if len(nearest) > 100 * count:
            nearest = heapq.nsmallest(count, nearest, key=_order)
    return _Likeness(read, same, heapq.nsmallest(count, nearest, key=_order))


def _order(found: tuple[float, str, SetRow]) -> tuple[float, str, int]:
    share, name, row = found
    return -share, name, row.number
