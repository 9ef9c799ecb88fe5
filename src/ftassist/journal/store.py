"""The journal on disk: one append-only SQLite table, many processes at once.

Writers append inside an immediate transaction, so sequence numbers have no gaps and nothing is
lost when two processes write together. Each row carries a digest chained to the row before it;
a damaged or truncated journal opens read-only up to the damage and says where that is. Nothing
is ever updated or deleted. Knows nothing of what events mean (see `state`).
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftassist.errors import JournalError, StaleDecisionError
from ftassist.journal.events import Event, encode, row_digest
from ftassist.journal.opening import Opened, mark, open_file
from ftassist.journal.place import network_type

_SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
  seq INTEGER PRIMARY KEY, time REAL NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL,
  trial TEXT, payload TEXT NOT NULL, digest TEXT NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS no_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER IF NOT EXISTS no_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
"""
_GENESIS = "ftassist-journal-1"
MAX_PAYLOAD = 4_000_000
"""Longest payload in characters; anything larger belongs in a file of the trial."""


@dataclass(frozen=True)
class Damage:
    """Where a journal stops being readable."""

    seq: int
    what: str


class Journal:
    """An open journal.

    Args:
        path: The `journal.db` file.
        create: Make it when it is not there.
        passing: It lasts for one attempt on one machine, and may lie on any file system.

    Raises:
        JournalError: The file is missing, is no journal, or its folder cannot be written.
    """

    def __init__(self, path: Path, *, create: bool = False, passing: bool = False) -> None:
        self.path = Path(path)
        if not create and not self.path.is_file():
            raise JournalError(
                "there is no journal here",
                where=str(self.path),
                fix="give the folder of a campaign, or make one with `ftassist init`",
            )
        if create and not passing and not self.path.exists():
            _refuse_network(self.path)
        self._damage: Damage | None = None
        self._verified = (0, _GENESIS)
        self._pid = os.getpid()
        self._opened: Opened | None = None
        self._connection = self._connect(create)

    @property
    def writable(self) -> bool:
        """Whether events can be appended, as far as permissions tell."""
        return self._opened is None or self._opened.writable

    @property
    def damage(self) -> Damage | None:
        """Where reading stopped because of damage; None for a sound journal so far."""
        return self._damage

    @property
    def head(self) -> tuple[int, str]:
        """The last sound event read so far, by number, and its digest.

        The digest is chained to all events before it, so it stands for the whole journal.
        """
        return self._verified

    def append(
        self,
        *,
        actor: str,
        kind: str,
        trial: str | None = None,
        payload: dict[str, Any] | None = None,
    ) -> Event:
        """Appends one event and returns it, numbered.

        Raises:
            JournalError: The journal is damaged, read-only, or the disk is full.
        """
        return self.append_when(
            lambda _: None, actor=actor, kind=kind, trial=trial, payload=payload
        )

    def append_when(
        self,
        check: Callable[[int], None],
        *,
        actor: str,
        kind: str,
        trial: str | None = None,
        payload: dict[str, Any] | None = None,
    ) -> Event:
        """Appends one event if `check(last seq)` does not raise, with the journal locked.

        `check` runs inside the transaction: no other process can write between the check and
        the event. It may read this journal.
        """
        self._refuse_damage()
        self._refuse_reading_only()
        text = encode(payload or {})
        if len(text) > MAX_PAYLOAD:
            raise JournalError(
                f"an event of {len(text)} characters is too long",
                where=f"{kind} {trial or ''}".strip(),
                fix="write large content to a file of the trial and name the file",
            )
        connection = self._own()
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                row = connection.execute(
                    "SELECT seq, digest FROM events ORDER BY seq DESC LIMIT 1"
                ).fetchone()
                last, previous = row if row else (0, _GENESIS)
                check(last)
                event = Event(last + 1, time.time(), actor, str(kind), trial, json.loads(text))
                digest = row_digest(
                    previous, event.seq, event.time, actor, event.kind, trial, text
                )
                connection.execute(
                    "INSERT INTO events VALUES (?,?,?,?,?,?,?)",
                    (event.seq, event.time, actor, event.kind, trial, text, digest),
                )
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise self._write_error(error) from error
        return event

    def read(self, since: int = 0) -> list[Event]:
        """All events after sequence number `since`, in order, up to any damage."""
        events: list[Event] = []
        previous_seq, previous = self._verified
        if since < previous_seq:
            previous_seq, previous = self._chain_at(since)
        try:
            rows = self._own().execute(
                "SELECT seq, time, actor, kind, trial, payload, digest FROM events"
                " WHERE seq > ? ORDER BY seq",
                (previous_seq,),
            )
            for seq, moment, actor, kind, trial, text, digest in rows:
                if seq != previous_seq + 1:
                    self._damage = Damage(previous_seq + 1, "rows are missing")
                    break
                if row_digest(previous, seq, moment, actor, kind, trial, text) != digest:
                    self._damage = Damage(seq, "the row does not match its digest")
                    break
                previous_seq, previous = seq, digest
                if seq > since:
                    events.append(Event(seq, moment, actor, kind, trial, json.loads(text)))
        except (sqlite3.DatabaseError, ValueError, TypeError) as error:
            self._damage = Damage(previous_seq + 1, f"cannot be read: {error}")
        if previous_seq >= self._verified[0]:
            self._verified = (previous_seq, previous)
        return events

    def resume(self, seq: int, digest: str) -> bool:
        """Reads on after event `seq`, if that is the one with this digest; whether it is.

        What lies before it is not verified then: who calls has read it, or believes who has.
        """
        if not self.has(seq, digest):
            return False
        self._verified = (seq, digest)
        return True

    def has(self, seq: int, digest: str) -> bool:
        """Whether event `seq` is the one with this digest."""
        return seq > 0 and self._chain_at(seq) == (seq, digest)

    def first(self) -> Event | None:
        """The event it began with; None for an empty journal."""
        row = (
            self._own()
            .execute("SELECT seq, time, actor, kind, trial, payload FROM events WHERE seq = 1")
            .fetchone()
        )
        if row is None:
            return None
        seq, moment, actor, kind, trial, text = row
        return Event(seq, moment, actor, kind, trial, json.loads(text))

    def last_seq(self) -> int:
        """The sequence number of the newest event; 0 for an empty journal."""
        try:
            row = self._own().execute("SELECT max(seq) FROM events").fetchone()
        except sqlite3.DatabaseError as error:
            self._damage = self._damage or Damage(1, f"cannot be read: {error}")
            return self._verified[0]
        return int(row[0] or 0)

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def _connect(self, create: bool) -> sqlite3.Connection:
        try:
            self._opened = opened = open_file(self.path, create=create)
            connection = opened.connection
            if create:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=FULL")
                connection.executescript(_SCHEMA)
            elif opened.writable:
                connection.execute("PRAGMA synchronous=FULL")
        except (OSError, sqlite3.OperationalError) as error:
            raise self._write_error(error) from error
        except sqlite3.DatabaseError as error:
            self._damage = Damage(1, f"not a journal: {error}")
            return sqlite3.connect(":memory:")
        return connection

    def _own(self) -> sqlite3.Connection:
        """The connection, made anew after a fork: SQLite's may not be carried across one.

        And where it does not notice by itself that somebody has written.
        """
        seen = self._opened.mark if self._opened else ()
        if self._pid != os.getpid() or (seen and seen != mark(self.path)):
            if self._pid == os.getpid():
                self._connection.close()
            self._pid = os.getpid()
            self._connection = self._connect(create=False)
        return self._connection

    def _chain_at(self, seq: int) -> tuple[int, str]:
        """The row at `seq` with its digest, as the start of a verified read."""
        if seq <= 0:
            return (0, _GENESIS)
        row = self._own().execute("SELECT digest FROM events WHERE seq=?", (seq,)).fetchone()
        return (seq, row[0]) if row else (0, _GENESIS)

    def _refuse_damage(self) -> None:
        if self._damage:
            raise JournalError(
                f"the journal is damaged at event {self._damage.seq}: {self._damage.what}",
                where=f"{self.path} event {self._damage.seq}",
                fix="it can be read up to there; copy it and start a new campaign from it",
            )

    def _refuse_reading_only(self) -> None:
        if self._opened is not None and not self._opened.writable:
            raise JournalError(
                "this campaign can only be read: its journal or its folder is write-protected",
                where=str(self.path),
                fix="copy its folder to a place you may write to, or change its permissions",
            )

    def _write_error(self, error: Exception) -> JournalError:
        return JournalError(
            f"cannot write the journal: {error}",
            where=str(self.path),
            fix="check that the disk is not full and the folder is writable, then try again",
        )


def _refuse_network(path: Path) -> None:
    if kind := network_type(path):
        raise JournalError(
            f"a journal cannot lie on a network file system ({kind}): its locks are not to be"
            " relied on, and two writers would damage it",
            where=str(path.parent),
            fix="put the campaign's folder on a disk of this machine; `--track store` keeps its"
            " artefacts and a copy of the journal on the shared one",
        )


def refuse_stale(seen: int, changed: int, subject: str) -> None:
    """Refuses a decision made on sequence number `seen` about something changed since.

    Args:
        seen: The sequence number the person or program looked at.
        changed: The sequence number of the subject's last change.
        subject: What it is about, such as "t0003".

    Raises:
        StaleDecisionError: `changed` is newer than `seen`.
    """
    if changed > seen:
        raise StaleDecisionError(
            f"{subject} has changed since you looked at it (event {changed}, you saw {seen})",
            where=subject,
            fix="look at it again and decide anew",
        )
