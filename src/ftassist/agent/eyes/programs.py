"""A look by a program of the agent's own, over rows of raw sets: the one look that runs something.

What runs is the agent's text of this moment, behind walls, never what a trial wrote. For half a
minute it sees the rows it was given as files, this interpreter's packages, and nothing else: no
network, no home, no campaign, no task, no key. It keeps nothing but what it prints, cut short.
Without isolation it is not run at all.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ftassist.agent.eyes.look import Look
from ftassist.agent.eyes.record import LookRecord, SetRow
from ftassist.agent.eyes.rows import set_rows
from ftassist.agent.trial_view import quote
from ftassist.errors import CellError, IsolationError
from ftassist.isolation import CODE_LIMITS, run_isolated
from ftassist.isolation.support import probe
from ftassist.trial.sandbox import task_views

MOST_SETS = 12
MOST_ROWS = 50_000
"""Rows of a set that a program is given."""
SECONDS = 30.0
PRINTED = 6_000
"""Characters of its output that are kept."""
ERRORS = 1_500
"""Characters of the end of what it says went wrong."""
LONGEST = 8_000
"""Characters of a program."""
_NAME = "program.py"
_LIMITS = replace(CODE_LIMITS, processes=64, disk_mb=2048.0, output_mb=0.25)
_THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def run_program(record: LookRecord, program: str, sets: Sequence[str]) -> Look:
    """What a program prints that goes over all rows of the named sets."""
    names = list(dict.fromkeys(sets))
    tables = {name: set_rows(record, name)[:MOST_ROWS] for name in names}
    ran = run_behind_walls(
        program, {name: _told(rows) for name, rows in tables.items()}, tick=record.tick
    )
    value = {
        "rows": {name: len(rows) for name, rows in tables.items()},
        "seconds": ran.seconds,
        "printed": quote(ran.printed, PRINTED),
        "characters_left_out": ran.left_out,
        "errors": quote(ran.errors, ERRORS),
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


@dataclass(frozen=True)
class Ran:
    """What came of a program.

    Attributes:
        passed: Whether it came to its end by itself, without an error.
        seconds: Wall time.
        printed: The beginning of what it printed; text of untrusted rows and code.
        left_out: Characters it printed beside these, as far as they were counted.
        errors: The end of what it wrote to standard error.
        ended: The limit that it passed, in words; "" for none.
    """

    passed: bool
    seconds: float
    printed: str
    left_out: int
    errors: str
    ended: str


def run_behind_walls(
    source: str,
    tables: Mapping[str, Iterable[Mapping[str, Any]]],
    *,
    seconds: float = SECONDS,
    tick: Callable[[], None] | None = None,
) -> Ran:
    """Runs a program that finds each table as `NAME.jsonl` in the folder where it starts.

    Args:
        source: Its source, plain Python.
        tables: Rows by name, as JSON values; names are plain.
        seconds: What it may take.
        tick: Called about once a second while it runs.

    Raises:
        CellError: It is no Python, or too long.
        IsolationError: Nothing isolates programs here.
    """
    _check(source)
    found = probe()
    if not found.works:
        raise IsolationError(
            f"nothing isolates programs here ({found.found}), so none of an agent is run",
            where="ftassist doctor",
            fix=f"look with the other tools; a person may mend it: {found.fix}",
        )
    with tempfile.TemporaryDirectory(prefix="fta-program-") as name:
        folder = Path(name)
        for table, rows in tables.items():
            with (folder / f"{table}.jsonl").open("w", encoding="utf-8") as file:
                file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / _NAME).write_text(source, encoding="utf-8")
        result = run_isolated(
            [sys.executable, "-I", _NAME],
            folder,
            replace(_LIMITS, seconds=seconds),
            environment=_THREADS,
            hidden=task_views()[0],
            tick=tick,
        )
    return Ran(
        passed=result.returncode == 0 and not result.ended,
        seconds=round(result.seconds, 1),
        printed=result.stdout[:PRINTED],
        left_out=max(0, len(result.stdout) - PRINTED),
        errors=result.stderr[-ERRORS:],
        ended=result.message,
    )


def _check(source: str) -> None:
    if len(source) > LONGEST:
        raise CellError(
            f"a program of {len(source):,} characters is too long",
            where="program",
            fix=f"write {LONGEST:,} characters at most",
        )
    try:
        compile(source, _NAME, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        place = f"program line {line}" if line else "program"
        raise CellError(f"it is no Python: {error}", where=place, fix="mend it") from error
