"""Processes of a sandbox, looked at from outside: which there are, what they hold, their end.

Reads /proc only below a given process, so that the cost follows the sandbox, not the machine.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_KIB = 1024
_BLOCK = 512


@dataclass(frozen=True)
class ProcessUsage:
    """What one process uses.

    Attributes:
        threads: How many threads it has.
        memory: Bytes that only it can free: anonymous and shared memory, not files.
    """

    threads: int
    memory: int


def tree(pid: int) -> list[int]:
    """A process and all below it; empty when it is gone."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        children = _children(one)
        if children is None:
            continue
        found.append(one)
        waiting += children
    return found


def usage(pid: int) -> ProcessUsage:
    """What a process uses now; nothing when it is gone."""
    found = {"Threads": 0, "RssAnon": 0, "RssShmem": 0}
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return ProcessUsage(0, 0)
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name in found:
            found[name] = int(value.split()[0])
    return ProcessUsage(found["Threads"], (found["RssAnon"] + found["RssShmem"]) * _KIB)


def own_memory(pid: int) -> int:
    """The same, where what processes share is divided among them; slower."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return usage(pid).memory
    wanted = ("Pss_Anon:", "Pss_Shmem:")
    return sum(int(line.split()[1]) for line in lines if line.startswith(wanted)) * _KIB


def unlinked(pid: int) -> Iterator[tuple[tuple[int, int], int]]:
    """Files a process holds open whose names are gone: (device, inode) and bytes on disk."""
    folder = Path(f"/proc/{pid}/fd")
    with suppress(OSError):
        for entry in os.scandir(folder):
            with suppress(OSError):
                status = Path(entry.path).stat()
                if status.st_nlink == 0 and status.st_blocks:
                    yield (status.st_dev, status.st_ino), status.st_blocks * _BLOCK


def kill_tree(pid: int, rounds: int = 20) -> None:
    """Kills a process and all below it, again and again until nothing is left.

    A sandbox ends as a whole with its first process; what runs without one may fork on while it
    is being killed, which is why one round may not do.
    """
    below = [one for one in tree(pid) if one != pid]
    for one in (pid, *below):
        _kill(one)
    for _ in range(rounds):
        below = [one for root in below for one in tree(root) if not _ended(one)]
        if not below:
            return
        for one in below:
            _kill(one)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def _ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX"
    except (OSError, IndexError):
        return True


def _children(pid: int) -> list[int] | None:
    """The children of a process; None when it is gone."""
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                text = (task / "children").read_text()
                found += [int(child) for child in text.split()]
    except OSError:
        return None
    return found
