"""One runner a campaign: its start, a lock the system releases at its death, and a heartbeat.

The lock is an advisory file lock, so a killed runner leaves none behind. The heartbeat file says
who holds it and when they were last seen, for people and for other hosts on a shared disk, where
such locks may not reach. A holder that was silent for too long (a closed laptop) may have lost
the campaign to another one, and finds that out at its next beat.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ftassist.errors import FtassistError, LockedError
from ftassist.files import read_json, write_json
from ftassist.isolation import isolation
from ftassist.records.record import Record

HEARTBEAT_SECONDS = 2.0
STALE_SECONDS = 30.0
_CHANGE_SECONDS = 2.0
_LOOK_SECONDS = 0.02
_START_SECONDS = 120.0
_LEAVE_SECONDS = 60.0
_START_LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Holder(Record):
    """Who runs a campaign, as its heartbeat says."""

    pid: int = 0
    host: str = ""
    time: float = 0.0
    """When it was last seen, in seconds since 1970."""
    name: str = ""
    """What tells a runner from another one with its process id."""
    leaving: bool = False
    """Whether it is about to end."""


class RunnerLock:
    """Holds a campaign for one runner, as a context manager.

    A thread keeps the heartbeat going, so that a long call of the runner does not look like its
    death.

    Raises:
        LockedError: Another runner holds it, on this host or (by heartbeat) on another.

    Attributes:
        held: Whether the campaign is still this runner's.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "runner.lock"
        self._heartbeat = folder / "runner.json"
        self._file: IO[bytes] | None = None
        self._name = secrets.token_hex(8)
        self._beat_at = 0.0
        self._leaving = False
        self._ended = threading.Event()
        self._lost: Holder | None = None
        self._writing = threading.Lock()

    def __enter__(self) -> RunnerLock:
        """Takes the lock."""
        other = holder(self._path.parent)
        if other and other.host != socket.gethostname():
            raise _locked(other)
        try:
            self._file = self._path.open("ab")
        except OSError as error:
            raise FtassistError(
                f"cannot write in the campaign's folder: {error.strerror}",
                where=str(self._path),
                fix="check that the disk is not full and the folder is writable",
            ) from error
        until = time.monotonic() + _CHANGE_SECONDS
        while not _taken(self._file):
            # Without a heartbeat the holder has just come, or is just gone.
            if (other := holder(self._path.parent)) or time.monotonic() > until:
                self._file.close()
                raise _locked(other)
            time.sleep(_LOOK_SECONDS)
        self._write()
        threading.Thread(target=self._keep_beating, name="heartbeat", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Releases the lock."""
        self._ended.set()
        with self._writing:
            if self.held:
                self._heartbeat.unlink(missing_ok=True)
        if self._file:
            self._file.close()

    @property
    def held(self) -> bool:
        """Whether nobody took the campaign over."""
        return not self._lost

    def beat(self) -> None:
        """Makes sure that the campaign is still this runner's; cheap enough for every round.

        Raises:
            LockedError: Another runner took it over while this one was silent.
        """
        if time.time() - self._beat_at > STALE_SECONDS:
            with self._writing:
                self._look_then_write()
        if self._lost:
            raise _locked(self._lost)

    def leave(self, leaving: bool = True) -> None:
        """Says that this runner is about to end, or that it stays after all.

        Who wants one from now on waits until this one is gone and starts another. What was asked
        before is in the journal by now: look there once more before ending.
        """
        with self._writing, suppress(FtassistError, OSError):  # a full disk keeps no runner
            self._leaving = leaving
            if self.held:
                self._write()

    def _keep_beating(self) -> None:
        while not self._ended.wait(HEARTBEAT_SECONDS):
            with self._writing, suppress(FtassistError, OSError):  # a full disk ends no runner
                if not self._ended.is_set():
                    self._look_then_write()

    def _look_then_write(self) -> None:
        with suppress(OSError, FtassistError):
            seen = Holder.of(read_json(self._heartbeat))
            if seen.name != self._name:
                self._lost = seen
        if self.held:
            self._write()

    def _write(self) -> None:
        self._beat_at = time.time()
        who = Holder(os.getpid(), socket.gethostname(), self._beat_at, self._name, self._leaving)
        write_json(self._heartbeat, who.to_dict())


def holder(folder: Path) -> Holder | None:
    """Who runs a campaign now; None when nobody does."""
    try:
        who = Holder.of(read_json(folder / "runner.json"))
    except (OSError, FtassistError):
        return None
    if who.host == socket.gethostname():
        return who if _locked_here(folder / "runner.lock") else None
    return who if time.time() - who.time < STALE_SECONDS else None


def _taken(file: IO[bytes]) -> bool:
    """Takes the lock of an open file, if nobody holds it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


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


def _locked(other: Holder | None) -> LockedError:
    who = f"process {other.pid} on {other.host}" if other else "process ? on this host"
    return LockedError(
        f"another runner ({who}) runs this campaign",
        fix="watch it with `ftassist status`, or stop it with `ftassist stop`",
    )


def start_runner(folder: Path) -> int:
    """Starts a detached runner unless one is alive; returns the runner's process id.

    One that is about to end is waited for: it would not see what was just asked.

    Raises:
        FtassistError: It did not come up, and the message ends with its log; or nothing may be
            written in the campaign's folder.
        IsolationError: Isolation is required and does not work here.
    """
    deadline = time.monotonic() + _LEAVE_SECONDS
    while (alive := holder(folder)) and alive.leaving and time.monotonic() < deadline:
        time.sleep(_START_LOOK_SECONDS)
    if alive:
        return alive.pid
    isolation()
    path = folder / "logs" / "runner.log"
    with _log(path) as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ftassist.campaign.runner", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=folder,
        )
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if alive := holder(folder):
            return alive.pid
        if process.poll() is not None:
            break
        time.sleep(_START_LOOK_SECONDS)
    tail = path.read_text(errors="replace").splitlines()[-8:]
    raise FtassistError(
        "the runner did not start:\n  " + "\n  ".join(tail),
        where=str(path),
        fix="read the log; `ftassist doctor` checks the installation",
    )


def _log(path: Path) -> IO[bytes]:
    """The runner's log, to be written on.

    Raises:
        FtassistError: It cannot be: the campaign is read-only, or the disk is full.
    """
    try:
        path.parent.mkdir(exist_ok=True)
        return path.open("ab")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FtassistError(
            f"no runner can be started: its log cannot be written ({reason})",
            where=str(path),
            fix="copy the campaign to a place you may write to, or change its permissions",
        ) from error
