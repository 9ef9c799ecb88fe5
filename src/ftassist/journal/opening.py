"""Opening the file of a journal: to write, or only to read where this process may not write.

SQLite wants to write beside a database even to read it, for the readers and writers of a journal
at work. Where nothing may be written and nobody is at work, the file is read as it lies; where a
writer left its last events beside it, a copy of both is read. Knows nothing of events.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

WAIT_SECONDS = 30.0
_LOG = "-wal"

Mark = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Opened:
    """An open file.

    Attributes:
        connection: To SQLite.
        writable: Whether it may be written.
        mark: What the files looked like, where the connection does not notice that they change;
            () where it does.
    """

    connection: sqlite3.Connection
    writable: bool
    mark: Mark = ()


def open_file(path: Path, *, create: bool = False) -> Opened:
    """Opens a journal's file in the best way that its permissions allow.

    Raises:
        OSError: Its folder cannot be made.
        sqlite3.Error: It cannot be opened at all.
    """
    if create:
        path.parent.mkdir(parents=True, exist_ok=True)
        return Opened(_connect(path, "mode=rwc"), writable=True)
    if os.access(path.parent, os.W_OK) and os.access(path, os.W_OK):
        return Opened(_connect(path, "mode=rw"), writable=True)
    with suppress(sqlite3.OperationalError):
        return Opened(_reading(_connect(path, "mode=ro")), writable=False)
    seen = mark(path)
    if _size(path.with_name(path.name + _LOG)) == 0:
        return Opened(_reading(_connect(path, "mode=ro&immutable=1")), False, seen)
    return Opened(_copied(path), False, seen)


def mark(path: Path) -> Mark:
    """Size, time and number of a journal's files: others when somebody has written."""
    found = []
    for file in (path, path.with_name(path.name + _LOG)):
        with suppress(OSError):
            status = file.stat()
            found.append((status.st_size, status.st_mtime_ns, status.st_ino))
    return tuple(found)


def _connect(path: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?{how}",
        uri=True,
        timeout=WAIT_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )


def _reading(connection: sqlite3.Connection) -> sqlite3.Connection:
    """The connection, if it can be read from; SQLite opens a file only when it is asked."""
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            connection.close()
            raise
    return connection


def _copied(path: Path) -> sqlite3.Connection:
    """A connection to a copy in memory of a journal and the events beside it."""
    memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    with tempfile.TemporaryDirectory(prefix="ftassist-journal-") as folder:
        for name in (path.name, path.name + _LOG):
            shutil.copyfile(path.with_name(name), Path(folder) / name)
        source = _connect(Path(folder) / path.name, "mode=rw")
        try:
            source.backup(memory)
        except sqlite3.DatabaseError:
            memory.close()
            raise
        finally:
            source.close()
    return memory


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
