"""How fast the journal opens, appends and folds.

    python -m benchmarks.journal [--events 100000]

Writes a journal of a campaign with one trial for each ten events, then measures: appending one
event (durable), opening the whole and folding it, and folding one more event.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ftassist.journal import Journal, Kind, State, fold
from ftassist.journal.events import encode, row_digest

CELLS = {"curate": "a" * 400, "train": "b" * 150, "evaluate": "c" * 60}
TRIAL = (
    (
        Kind.PROPOSAL_MADE,
        {"parent": "t0000", "cells": CELLS, "hypothesis": {"statement": "s" * 80}},
    ),
    (Kind.DECISION_ACCEPTED, {"reason": ""}),
    (Kind.TRIAL_STARTED, {"isolation": "none", "pid": 1}),
    (Kind.STAGE_STARTED, {"stage": "curate"}),
    (Kind.STAGE_FINISHED, {"stage": "curate", "seconds": 1.0}),
    (Kind.STAGE_STARTED, {"stage": "train"}),
    (Kind.STAGE_FINISHED, {"stage": "train", "seconds": 9.0}),
    (Kind.TRIAL_SCORED, {"feedback": {"score": 0.5, "low": 0.4, "high": 0.6, "n": 300}}),
    (Kind.TRIAL_COMPLETED, {"seconds": {"curate": 1.0, "train": 9.0}}),
    (Kind.TRIAL_JUDGED, {"parent": {"kind": "tied", "difference": 0.01}}),
)


def fill(path: Path, count: int) -> None:
    """Writes `count` events in one transaction, rows as the journal itself writes them."""
    Journal(path, create=True).close()
    previous = "ftassist-journal-1"
    rows = []
    for seq in range(1, count + 1):
        kind, payload = (
            TRIAL[(seq - 2) % 10] if seq > 1 else (Kind.CAMPAIGN_CREATED, {"task": "x"})
        )
        trial = f"t{(seq - 2) // 10 + 1:04d}" if seq > 1 else None
        text = encode(payload)
        previous = row_digest(previous, seq, float(seq), "bench", str(kind), trial, text)
        rows.append((seq, float(seq), "bench", str(kind), trial, text, previous))
    with sqlite3.connect(path) as connection:
        connection.executemany("INSERT INTO events VALUES (?,?,?,?,?,?,?)", rows)


def median_seconds(
    action: Callable[[], object], times: int, clock: Callable[[], float] = time.perf_counter
) -> float:
    """The median seconds of an action, by the wall clock or another one."""
    taken = []
    for _ in range(times):
        started = clock()
        action()
        taken.append(clock() - started)
    return statistics.median(taken)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=100_000)
    count: int = parser.parse_args().events
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        fill(path, count)
        opened = median_seconds(lambda: fold(State(), Journal(path).read()), 5)
        processor = median_seconds(
            lambda: fold(State(), Journal(path).read()), 5, time.process_time
        )
        journal = Journal(path)
        state = fold(State(), journal.read())
        append = median_seconds(
            lambda: journal.append(actor="bench", kind=Kind.NOTE, payload={"text": "x"}), 200
        )
        event = journal.read(state.seq)[:1]
        one_more = median_seconds(lambda: fold(state, event), 50)
    print(f"events               {count}")
    print(f"open, verify, fold   {opened:.3f} s   (median of 5)")
    print(f"  processor time     {processor:.3f} s   (median of 5)")
    print(f"append, durable      {append * 1e3:.2f} ms  (median of 200)")
    print(f"fold one more event  {one_more * 1e3:.3f} ms  (median of 50)")


if __name__ == "__main__":
    main()
