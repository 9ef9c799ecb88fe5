"""One runner a campaign: a lock the kernel releases when its holder dies, and a heartbeat.

The lock is an advisory file lock, so a killed runner leaves none behind. The heartbeat file says
who holds it and when they were last seen, for people and for other hosts on a shared disk.
"""

from __future__ import annotations

import fcntl
import os
import socket
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from ftassist.errors import FtassistError, LockedError
from ftassist.files import read_json, write_json

HEARTBEAT_SECONDS = 2.0
STALE_SECONDS = 30.0


class RunnerLock:
    """Holds a campaign for one runner, as a context manager.

    Raises:
        LockedError: Another runner holds it, on this host or (by heartbeat) on another.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "runner.lock"
        self._heartbeat = folder / "runner.json"
        self._file: IO[bytes] | None = None
        self._beat_at = 0.0

    def __enter__(self) -> RunnerLock:
        """Takes the lock."""
        other = holder(self._path.parent)
        if other and other["host"] != socket.gethostname():
            raise _locked(other)
        try:
            self._file = self._path.open("ab")
        except OSError as error:
            raise FtassistError(
                f"cannot write in the campaign's folder: {error.strerror}",
                where=str(self._path),
                fix="check that the disk is not full and the folder is writable",
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise _locked(other or {}) from None
        self.beat(force=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Releases the lock."""
        self._heartbeat.unlink(missing_ok=True)
        if self._file:
            self._file.close()

    def beat(self, *, force: bool = False) -> None:
        """Says that the holder is alive; cheap enough to call in every round of a loop."""
        now = time.time()
        if force or now - self._beat_at >= HEARTBEAT_SECONDS:
            self._beat_at = now
            who = {"pid": os.getpid(), "host": socket.gethostname(), "time": now}
            write_json(self._heartbeat, who)


def holder(folder: Path) -> dict[str, Any] | None:
    """Who runs a campaign now: {pid, host, time}; None when nobody does."""
    try:
        who: dict[str, Any] = read_json(folder / "runner.json")
    except (OSError, FtassistError):
        return None
    if who["host"] == socket.gethostname():
        return who if _locked_here(folder / "runner.lock") else None
    return who if time.time() - who["time"] < STALE_SECONDS else None


def _locked_here(path: Path) -> bool:
    """Whether a process of this host holds the lock."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _locked(other: dict[str, Any]) -> LockedError:
    who = f"process {other.get('pid', '?')} on {other.get('host', 'this host')}"
    return LockedError(
        f"another runner ({who}) runs this campaign",
        fix="watch it with `ftassist status`, or stop it with `ftassist stop`",
    )
