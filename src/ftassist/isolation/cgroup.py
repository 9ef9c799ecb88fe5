"""A control group for one sandbox, where this user may make one: the system then counts itself.

Version 2 where it is delegated (a systemd user session, most containers run as root), and the
process counter of version 1 for root, whom the limit of `setrlimit` does not bind. Elsewhere there
is none, and the watch alone looks after the limits. Moves nobody else's processes.
"""

from __future__ import annotations

import itertools
import os
import time
from contextlib import suppress
from pathlib import Path

from ftassist.isolation.limits import MIB, Limits

ROOT = Path("/sys/fs/cgroup")
_PREFIX = "ftassist-"
_ROUNDS = 20
_PAUSE = 0.01
_numbers = itertools.count(1)


def make(limits: Limits, root: Path = ROOT, own: Path = Path("/proc/self/cgroup")) -> Path | None:
    """Makes a group with these limits; None where that is not possible.

    Args:
        limits: The limits; those on processes and, in version 2, on memory are set.
        root: Where control groups are mounted.
        own: What tells the group of this process.
    """
    with suppress(OSError):
        lines = [line.split(":", 2) for line in own.read_text().splitlines()]
        for _, names, path in lines:
            place = path.lstrip("/")
            if not names:
                base = (root / place).parent if place else root
                if "pids" in _read(base / "cgroup.subtree_control").split():
                    return _make(base, limits, memory=True)
            elif "pids" in names.split(","):
                base = root / "pids" / place
                if (base / "cgroup.procs").exists():
                    return _make(base, limits, memory=False)
    return None


def remove(group: Path | None) -> None:
    """Removes a group whose processes are gone; one with processes stays, and is swept later."""
    if group is None:
        return
    for _ in range(_ROUNDS):
        try:
            group.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(_PAUSE)  # killed processes take a moment to be gone
        else:
            return


def _make(base: Path, limits: Limits, *, memory: bool) -> Path:
    _sweep(base)
    group = base / f"{_PREFIX}{os.getpid()}-{next(_numbers)}"
    group.mkdir()
    try:
        if limits.processes:
            (group / "pids.max").write_text(str(limits.hard_processes))
        if memory and limits.memory_mb and (group / "memory.max").exists():
            # Room above the limit, so that the watch can tell what was passed.
            (group / "memory.max").write_text(str(int(limits.memory_mb * 1.1 * MIB)))
            with suppress(OSError):
                (group / "memory.swap.max").write_text("0")
    except OSError:
        remove(group)
        raise
    return group


def _sweep(base: Path) -> None:
    """Removes empty groups whose makers are gone."""
    for group in base.glob(f"{_PREFIX}*"):
        maker = group.name.removeprefix(_PREFIX).split("-")[0]
        if maker.isdigit() and not Path(f"/proc/{maker}").exists():
            remove(group)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
