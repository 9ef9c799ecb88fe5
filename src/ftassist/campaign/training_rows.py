"""The rows that a trial trained on, read a page at a time from what its curate cell wrote.

Written by a trial's cells, so read with distrust: no link is followed, sizes and times are capped,
and what is no row is left out. Rows are handed out only of a trial whose rows the leakage check
found free of evaluation items.
"""

from __future__ import annotations

import json
import os
import threading
import time
from array import array
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from ftassist.files import open_inside
from ftassist.journal.state import Trial
from ftassist.records.check import last_check
from ftassist.records.rows import RowsPage, ShownRow, ShownTurn

PLACE = ("data", "train.jsonl")
MOST = 50
"""Rows of a page."""
SCAN_SECONDS = 5.0
"""How long a file is looked through at most."""
MOST_ROWS = 1_000_000
LONGEST_LINE = 1 << 20
"""Bytes of a row; a longer line is no row."""
ROW_CHARACTERS = 6_000
"""Characters of all turns of a row that are shown."""
MOST_TURNS = 12
"""Turns of a row that are shown, the last ones."""
_KEPT = 6
_WHY = 12


@dataclass
class _Found:
    """Where the rows lie that a filter lets pass, and what was seen on the way."""

    places: array[int] = field(default_factory=lambda: array("q"))
    numbers: array[int] = field(default_factory=lambda: array("q"))
    sources: Counter[str] = field(default_factory=Counter)
    total: int = 0
    complete: bool = True


class TrainingRows:
    """Reads pages of a campaign's training rows; remembers the last few filters. Any thread."""

    def __init__(self, campaign: Path) -> None:
        self._campaign = campaign
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[Any, ...], _Found] = OrderedDict()

    def page(
        self, trial: Trial, start: int = 0, count: int = MOST, text: str = "", source: str = ""
    ) -> RowsPage:
        """Some rows of a trial.

        Args:
            start: The first row, among those found, from 0.
            count: How many, at most `MOST`.
            text: Words that all occur in a row's turns, id or source, in any order and case.
            source: The source of the rows; "" for all.
        """
        withheld = why_withheld(trial)
        nothing: RowsPage = {
            "schema": "ftassist/rows-page/1",
            "trial": trial.id,
            "start": start,
            "rows": [],
            "found": 0,
            "total": 0,
            "complete": True,
            "sources": [],
            "withheld": withheld or "the curate cell has left no rows here",
        }
        if withheld:
            return nothing
        try:
            with open_inside(self._campaign, "trials", trial.id, *PLACE) as file:
                found = self._find(trial.id, file, text, source)
                chosen = range(start, min(start + min(count, MOST), len(found.places)))
                rows = [_row_at(file, found.places[at], found.numbers[at]) for at in chosen]
        except OSError:
            return nothing
        return {
            **nothing,
            "rows": [row for row in rows if row is not None],
            "found": len(found.places),
            "total": found.total,
            "complete": found.complete,
            "sources": [
                {"source": name, "rows": rows} for name, rows in found.sources.most_common(200)
            ],
            "withheld": "",
        }

    def some(self, trial: Trial, numbers: Sequence[int]) -> list[tuple[int, dict[str, Any]]]:
        """Rows by their numbers, as they were exported; those that are not there are left out."""
        if why_withheld(trial):
            return []
        try:
            with open_inside(self._campaign, "trials", trial.id, *PLACE) as file:
                places = self._find(trial.id, file, "", "").places  # of all rows, in order
                wanted = [n for n in dict.fromkeys(numbers) if 0 < n <= len(places)][:MOST]
                rows = [(number, _raw_at(file, places[number - 1])) for number in wanted]
        except OSError:
            return []
        return [(number, row) for number, row in rows if row is not None]

    def _find(self, trial: str, file: IO[bytes], text: str, source: str) -> _Found:
        words = tuple(text.casefold().split())
        status = os.fstat(file.fileno())
        mark = (status.st_size, status.st_mtime_ns, status.st_ino)
        key = (trial, mark, words, source)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
            found = _scan(file, words, source)
            self._known[key] = found
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
            return found


def why_withheld(trial: Trial) -> str:
    """Why no row of a trial is shown; "" where they may be.

    Evaluation items are never shown, so rows have to be known to be free of them.
    """
    if trial.role == "base":
        return "the base model was not trained here"
    leakage = last_check("leakage", trial.checks)
    if not leakage:
        return "the rows have not been checked against the evaluation items"
    if not leakage.passed:
        return "some rows repeat evaluation items, so that none is shown"
    return ""


def _scan(file: IO[bytes], words: Sequence[str], source: str) -> _Found:
    """Looks through a file of rows, for some seconds at most."""
    found = _Found()
    deadline = time.monotonic() + SCAN_SECONDS
    for place, line in _lines(file):
        if found.total >= MOST_ROWS or time.monotonic() > deadline:
            found.complete = False
            break
        row = _parsed(line)
        if row is None:
            continue
        found.total += 1
        found.sources[_text(row.get("source"), 200)] += 1
        if source and row.get("source") != source:
            continue
        if words and not _holds(row, words):
            continue
        found.places.append(place)
        found.numbers.append(found.total)
    return found


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their places; of one that is too long, only its beginning."""
    file.seek(0)
    place = 0
    while line := file.readline(LONGEST_LINE):
        yield place, line
        place += len(line)
        while line and not line.endswith(b"\n"):  # the rest of a long one
            line = file.readline(LONGEST_LINE)
            place += len(line)


def _parsed(line: bytes) -> dict[str, Any] | None:
    """The row of a line; None for what is none."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) and isinstance(row.get("messages"), list) else None


def _holds(row: Mapping[str, Any], words: Sequence[str]) -> bool:
    turns = [str(t.get("content", "")) for t in row["messages"] if isinstance(t, dict)]
    text = "\n".join([_text(row.get("id"), 400), _text(row.get("source"), 400), *turns])
    folded = text.casefold()
    return all(word in folded for word in words)


def _raw_at(file: IO[bytes], place: int) -> dict[str, Any] | None:
    file.seek(place)
    return _parsed(file.readline(LONGEST_LINE))


def _row_at(file: IO[bytes], place: int, number: int) -> ShownRow | None:
    raw = _raw_at(file, place)
    return None if raw is None else shown(raw, number)


def shown(raw: Mapping[str, Any], number: int) -> ShownRow:
    """A row as it is shown: long turns cut, and what was written down of it in words."""
    turns = [turn for turn in raw["messages"] if isinstance(turn, dict)]
    kept = list(enumerate(turns))[-MOST_TURNS:]
    room = ROW_CHARACTERS // max(1, len(kept))
    unlearned = raw.get("label") is False
    skipped = raw.get("untrained")
    untrained = set(skipped) if isinstance(skipped, list) else set()
    return {
        "row": number,
        "id": _text(raw.get("id"), 200),
        "source": _text(raw.get("source"), 200),
        "turns": [_turn(turn, room, unlearned or at in untrained) for at, turn in kept],
        "turns_left_out": len(turns) - len(kept),
        "why": _why(raw),
    }


def _turn(turn: Mapping[str, Any], room: int, unlearned: bool) -> ShownTurn:
    content, role = str(turn.get("content", "")), _text(turn.get("role"), 40)
    return {
        "role": role,
        "content": content[:room],
        "cut": len(content) > room,
        "trained": role == "assistant" and not unlearned,
    }


def _why(raw: Mapping[str, Any]) -> list[str]:
    """What operators wrote down of a row, the last one first."""
    told = ["labelled as a wrong answer"] if raw.get("label") is False else []
    if isinstance(rejected := raw.get("rejected"), str):
        told.append(f"preferred to: {_text(rejected, 300)}")
    at: object = raw.get("provenance")
    while isinstance(at, Mapping) and len(told) < _WHY:
        told += [
            f"{_text(name, 60).replace('_', ' ')}: {_text(value, 200)}"
            for name, value in at.items()
            if name != "before"
        ]
        at = at.get("before")
    return told[:_WHY]


def _text(value: object, most: int) -> str:
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
    return text if len(text) <= most else f"{text[:most]}…"
