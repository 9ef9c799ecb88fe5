"""One file's rows divided into rows to train on and rows to score on, near-duplicates on one side.

    tasks/mine.draft/train.jsonl        rows to train on, as they were in the file
    tasks/mine.draft/evaluation.jsonl   rows that become items

Knows nothing of what the columns mean.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ftassist.dojo.record import Record
from ftassist.dojo.splits import near_duplicates
from ftassist.dojo.tables.sources import read_source
from ftassist.errors import DataError, FtassistError
from ftassist.files import write_atomic
from ftassist.records.task_draft import ITEMS

TRAIN, EVALUATION = "train.jsonl", "evaluation.jsonl"
FEWEST = 40
"""Rows of a file from which a task can be drafted."""
SHARE, MOST = 0.3, 800
"""Of the rows that become items, and how many at most where nobody says how many."""
Rows = list[dict[str, Any]]


def divide_file(source: Path, folder: Path, seed: int = 0) -> Rows:
    """Divides a file's rows into rows to train on and rows to score on, in a new folder.

    Returns:
        Rows to draft from: the first of those to score on.

    Raises:
        DataError: The file cannot be read, or has too few rows that differ.
        FtassistError: The folder exists.
    """
    if folder.exists():
        raise FtassistError(
            "there is a draft of that name already", where=str(folder), fix="name another folder"
        )
    found = read_source(source, "train")
    rows = [dict(row) for named in found for table in named.tables for row in table.rows]
    wanted = min(MOST, max(ITEMS, round(SHARE * len(rows))))
    rest, chosen = _divided(rows, 0, wanted, seed)
    if len(rows) < FEWEST or not rest:
        raise DataError(
            f"{len(rows)} rows are too few to train on some and score on others",
            where=str(source),
            fix=f"give {FEWEST} rows or more that differ from each other",
        )
    folder.mkdir(parents=True)
    _write(folder, rest, chosen)
    return chosen[:ITEMS]


def divide_again(folder: Path, wanted: int, seed: int = 0) -> None:
    """Moves rows, so that there are so many to score on; the first of them stay where they are.

    Rows that are near-duplicates move together, so that it may become a few more.

    Args:
        folder: The draft's folder.
        wanted: Rows to score on.
        seed: Of which rows come next.

    Raises:
        DataError: Too few would be left on one side.
    """
    kept, others = read_divided(folder / EVALUATION), read_divided(folder / TRAIN)
    rows, most = [*kept, *others], len(kept) + len(others) - ITEMS
    if not ITEMS <= wanted <= most:
        raise DataError(
            f"{wanted} of {len(rows)} rows cannot be those to score on",
            where="evaluation_rows",
            fix=f"choose {ITEMS} to {most}: both sides need {ITEMS} rows or more",
        )
    rest, chosen = _divided(rows, len(kept), wanted, seed)
    if not rest:
        raise DataError(
            "too many rows repeat each other to leave any to train on",
            where="evaluation_rows",
            fix="choose fewer rows to score on",
        )
    _write(folder, rest, chosen)


def read_divided(path: Path) -> Rows:
    """The rows of one side.

    Raises:
        DataError: They cannot be read.
    """
    (found,) = read_source(path, "train")
    return [dict(row) for table in found.tables for row in table.rows]


def _divided(
    rows: Sequence[dict[str, Any]], first: int, wanted: int, seed: int
) -> tuple[Rows, Rows]:
    """The rows of both sides, by groups of near-duplicates; the first rows keep their places."""
    texts = [json.dumps(row, ensure_ascii=False, sort_keys=True, default=str) for row in rows]
    groups = near_duplicates([Record(str(n), "all", {"row": t}) for n, t in enumerate(texts)])
    known = list(dict.fromkeys(groups[:first]))
    order = sorted(set(groups) - set(known))
    random.Random(seed).shuffle(order)
    place = {group: n for n, group in enumerate([*known, *order])}
    others = sorted(range(first, len(rows)), key=lambda n: (place[groups[n]], n))
    chosen: list[int] = []
    for number in (*range(first), *others):
        if len(chosen) >= wanted and groups[number] != groups[chosen[-1]]:
            break
        chosen.append(number)
    taken = set(chosen)
    rest = [row for number, row in enumerate(rows) if number not in taken]
    return rest, [rows[number] for number in chosen]


def _write(
    folder: Path, rest: Sequence[Mapping[str, Any]], chosen: Sequence[Mapping[str, Any]]
) -> None:
    for file, rows in ((TRAIN, rest), (EVALUATION, chosen)):
        lines = (json.dumps(dict(row), ensure_ascii=False, default=str) for row in rows)
        write_atomic(folder / file, "".join(f"{line}\n" for line in lines))
