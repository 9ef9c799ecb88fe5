"""Ending processes: a kernel, what it started, and what those left behind.

Only processes below a given one are ever touched. Knows nothing of kernels or trials.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_GET_CHILD_SUBREAPER = 37


def become_subreaper() -> bool:
    """Makes orphans of this process's children its own, so that none can slip away.

    Returns:
        Whether the system could do it (Linux only).
    """
    return _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def is_subreaper() -> bool:
    """Whether orphans are handed to this process."""
    found = ctypes.c_int(0)
    return _prctl(_PR_GET_CHILD_SUBREAPER, ctypes.addressof(found)) and bool(found.value)


def die_with_parent(parent: int) -> None:
    """Has the system kill this process when the one that started it ends (Linux only).

    Args:
        parent: The process id of the starter, to notice that it was gone before this call.
    """
    if _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) and os.getppid() != parent:
        os._exit(1)


def descendants(pid: int | None = None) -> list[psutil.Process]:
    """The living processes below `pid` (by default this one), zombies left out."""
    try:
        children = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return [child for child in children if _alive(child)]


def end_group(pid: int) -> None:
    """Kills the process group led by `pid` and everything below `pid`, at once."""
    below = descendants(pid)
    with suppress(ProcessLookupError, PermissionError):
        if os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
    for process in below:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def end_descendants(seconds: float = 2.0) -> list[int]:
    """Kills everything below this process, and waits for it to be gone.

    Returns:
        Ids of processes that are still there after `seconds`.
    """
    below = descendants()
    for process in below:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    _, alive = psutil.wait_procs(below, timeout=seconds)
    return [process.pid for process in alive if _alive(process)]


def end_marked(variable: str, value: str) -> list[int]:
    """Kills this user's processes that were started with an environment variable of this value.

    That finds what outlived its parents where nobody adopted it (Linux only).

    Returns:
        Ids of the processes that were killed.
    """
    mark = f"{variable}={value}".encode()
    ended: list[int] = []
    for folder in Path("/proc").glob("[0-9]*"):
        pid = int(folder.name)
        with suppress(OSError):
            if pid != os.getpid() and mark in (folder / "environ").read_bytes().split(b"\0"):
                os.kill(pid, signal.SIGKILL)
                ended.append(pid)
    return ended


def end_orphans(known: Iterable[int]) -> list[int]:
    """Kills children of this process that it did not start: orphans handed to a subreaper.

    Their exit is taken note of, so that no zombie stays. A process that is no subreaper gets no
    orphans: nothing of it is touched, so that who runs a campaign within keeps its own children.

    Args:
        known: Ids of the children that stay.

    Returns:
        Ids of the processes that were killed, with those below them.
    """
    if not is_subreaper():
        return []
    kept = set(known)
    orphans = [child for child in psutil.Process().children() if child.pid not in kept]
    ended = [process for orphan in orphans for process in (orphan, *descendants(orphan.pid))]
    for process in ended:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    for orphan in orphans:
        with suppress(ChildProcessError):
            os.waitpid(orphan.pid, 0)
    return [process.pid for process in ended]


def _alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _prctl(option: int, value: int) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None, use_errno=True)
    return int(library.prctl(option, ctypes.c_ulong(value), 0, 0, 0)) == 0
