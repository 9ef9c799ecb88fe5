"""A look by a program of the agent's own, over rows of raw sets: the one look that runs something.

What runs is the agent's text of this moment, behind walls, never what a trial wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ftassist.agent.eyes.look import Look
from ftassist.agent.eyes.record import Record, SetRow
from ftassist.agent.eyes.rows import set_rows
from ftassist.agent.trial_view import quote
from ftassist.trial import program as programs

MOST_SETS = 12
MOST_ROWS = 50_000
"""Rows of a set that a program is given."""


def run_program(record: Record, program: str, sets: Sequence[str]) -> Look:
    """What a program prints that goes over all rows of the named sets."""
    names = list(dict.fromkeys(sets))
    tables = {name: set_rows(record, name)[:MOST_ROWS] for name in names}
    ran = programs.run_program(
        program, {name: _told(rows) for name, rows in tables.items()}, tick=record.tick
    )
    value = {
        "rows": {name: len(rows) for name, rows in tables.items()},
        "seconds": ran.seconds,
        "printed": quote(ran.printed, programs.PRINTED),
        "characters_left_out": ran.left_out,
        "errors": quote(ran.errors, programs.ERRORS),
        "ended": ran.ended,
    }
    lines = len(program.strip().splitlines())
    over = f" over {' and '.join(names)}" if names else ""
    trail = f"ran a program of {lines} lines{over}"
    if not ran.passed:
        return Look(value, f"{trail}, which did not come to its end", failed=True)
    return Look(value, trail)


def _told(rows: Sequence[SetRow]) -> Iterator[dict[str, Any]]:
    """Rows as a program finds them."""
    for row in rows:
        yield {
            "row": row.number,
            "prompt": row.prompt,
            "response": row.response,
            "messages": list(row.messages),
            "fields": row.fields,
        }
