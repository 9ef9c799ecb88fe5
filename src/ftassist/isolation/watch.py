"""Watches what a sandbox uses and ends it when it passes a limit, with a clear reason.

For what the system's own limits do not hold: memory of all processes together, their number for
every user, the size of the writable folders, what is left of the disk. It looks at intervals, so a
sandbox can pass a limit for a moment. Works the same around a process without walls.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ftassist.isolation import processes
from ftassist.isolation.limits import MIB, Limits

INTERVAL = 0.1
"""Seconds between two looks at memory and processes."""
_DISK_EVERY = 10
_BLOCK = 512

BreachKind = Literal["memory", "processes", "disk", "time"]


@dataclass(frozen=True)
class Breach:
    """A limit that was passed.

    Attributes:
        kind: Which.
        message: What was used and what was allowed, in one line.
    """

    kind: BreachKind
    message: str


class ProcessWatch:
    """Watches a process and all below it from a thread; use as a context manager.

    Args:
        pid: The root of the tree; killed with everything below it at the first breach.
        folders: The writable folders, whose sizes count.
        interval: Seconds between two looks.

    Attributes:
        folders: May be set anew, when a folder was renamed.
        breach: The limit that was passed; None while none was.
        peak: The most memory seen, in bytes.
    """

    def __init__(
        self,
        pid: int,
        limits: Limits,
        folders: Iterable[Path] = (),
        interval: float = INTERVAL,
    ) -> None:
        self._pid = pid
        self._limits = limits
        self.folders = tuple(folders)
        self._interval = interval
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="sandbox-watch", daemon=True)
        self.breach: Breach | None = None
        self.peak = 0

    def __enter__(self) -> ProcessWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join(5)

    def look(self, *, disk: bool = True) -> Breach | None:
        """Looks once; returns the limit that is passed now, if any."""
        pids = processes.tree(self._pid)
        used = [processes.usage(pid) for pid in pids]
        breach = self._processes(used) or self._memory(pids, used)
        return breach or (self._disk(pids) if disk else None)

    def _watch(self) -> None:
        count = 0
        while not self._done.wait(self._interval):
            count += 1
            breach = self.look(disk=count % _DISK_EVERY == 0)
            if breach is not None:
                self.breach = breach
                processes.kill_tree(self._pid)
                return

    def _processes(self, used: list[processes.ProcessUsage]) -> Breach | None:
        limit = self._limits.processes
        many = sum(one.threads for one in used)
        if not limit or many <= limit:
            return None
        message = f"{many} processes and threads at once; at most {limit} are allowed"
        return Breach("processes", message)

    def _memory(self, pids: list[int], seen: list[processes.ProcessUsage]) -> Breach | None:
        used = sum(one.memory for one in seen)
        self.peak = max(self.peak, used)
        limit = self._limits.memory_mb * MIB
        if not limit or used <= limit:
            return None
        # Forked processes share pages, which were counted in each: count them exactly.
        used = sum(processes.own_memory(pid) for pid in pids)
        if used <= limit:
            return None
        message = f"{used / MIB:,.0f} MiB of memory; at most {limit / MIB:,.0f} MiB are allowed"
        return Breach("memory", message)

    def _disk(self, pids: list[int]) -> Breach | None:
        for folder in self.folders:
            free = _free(folder)
            if free < self._limits.free_disk_mb * MIB:
                left = f"{free / MIB:,.0f} MiB of the disk are left"
                kept = f"{self._limits.free_disk_mb:,.0f} MiB stay free for others"
                return Breach("disk", f"{left}; {kept}")
        limit = self._limits.disk_mb * MIB
        if not limit:
            return None
        used = sum(folder_bytes(folder) for folder in self.folders) + _unlinked_bytes(pids)
        if used <= limit:
            return None
        message = f"{used / MIB:,.0f} MiB of files; at most {limit / MIB:,.0f} MiB are allowed"
        return Breach("disk", message)


def folder_bytes(folder: Path) -> int:
    """Bytes on disk of everything below a folder; links are not followed."""
    total = 0
    waiting = [os.fspath(folder)]
    while waiting:
        try:
            entries = list(os.scandir(waiting.pop()))
        except OSError:
            continue
        for entry in entries:
            try:
                total += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
            except OSError:
                continue
    return total


def _unlinked_bytes(pids: list[int]) -> int:
    """Files without a name, which no folder shows, each counted once."""
    held: dict[tuple[int, int], int] = {}
    for pid in pids:
        held |= dict(processes.unlinked(pid))
    return sum(held.values())


def _free(folder: Path) -> int:
    try:
        status = os.statvfs(folder)
    except OSError:
        return 1 << 62
    return status.f_bavail * status.f_frsize
