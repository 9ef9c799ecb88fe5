"""A campaign's line of the list, kept beside its journal for a server that has just started.

A long journal need not be read to list it. The line is never the truth: it is believed for the
list only, and only while the journal ends with the event it was made at, by number and digest,
which is chained to all events before. Opening the campaign reads and verifies all of it. Short
journals are read anyway and leave no file.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from ftassist import __version__
from ftassist.errors import FtassistError
from ftassist.files import open_inside, write_atomic
from ftassist.journal.opening import open_file
from ftassist.records.kinds import Json

NAME = ".entry.json"
LONG = 500
"""Events from which a journal is long."""
LARGEST = 64 * 1024
"""Bytes of such a file that are read."""
_SCHEMA = "ftassist/entry-snapshot/1"


def read_snapshot(folder: Path, journal: Path) -> Json | None:
    """The line that was kept of a campaign; None where there is none that still holds."""
    try:
        with open_inside(folder, NAME) as file:
            found = json.loads(file.read(LARGEST))
        known = (found["schema"], found["version"], tuple(found["head"]))
        entry = found["entry"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if known[:2] != (_SCHEMA, __version__) or not isinstance(entry, dict):
        return None
    return entry if known[2] == _head(journal) else None


def keep_snapshot(folder: Path, head: tuple[int, str], entry: Json) -> None:
    """Keeps a line, where the journal is long, sound, at rest, and its folder can be written."""
    if head[0] < LONG or entry["damage"] or entry["runner_alive"]:
        return
    document = {
        "schema": _SCHEMA,
        "version": __version__,
        "head": list(head),
        "entry": entry,
    }
    with suppress(FtassistError):
        write_atomic(folder / NAME, json.dumps(document, ensure_ascii=False))


def _head(journal: Path) -> tuple[int, str] | None:
    """Number and digest of a journal's last event, which is not verified here."""
    try:
        with closing(open_file(journal).connection) as connection:
            row = connection.execute(
                "SELECT seq, digest FROM events ORDER BY seq DESC LIMIT 1"
            ).fetchone()
    except (OSError, sqlite3.Error):
        return None
    return (int(row[0]), str(row[1])) if row else None
