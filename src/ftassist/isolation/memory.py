"""Host memory: of a kernel and of everything below it, and what the machine has left.

Counts resident memory; what processes share is counted in each. Ends nothing.

`SilenceWatch` tells a kernel that hangs from one that works: it neither writes anything nor uses a
processor. A training that prints nothing for an hour is at work as long as its processes use
processor time; a kernel that is stopped, deadlocked or waits for what never comes is not.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

_INTERVAL = 0.5
_MIB = 1024 * 1024
CGROUPS = Path("/sys/fs/cgroup")
OnLook = Callable[[list[psutil.Process], float], None]


class MemoryWatch:
    """Watches the resident memory of a process tree from a thread; use as a context manager.

    Args:
        pid: The root of the tree.
        interval: Seconds between two looks.
        on_look: Told at each look: the processes, and their resident memory in MiB.
    """

    def __init__(
        self, pid: int, interval: float = _INTERVAL, on_look: OnLook | None = None
    ) -> None:
        self._pid = pid
        self._interval = interval
        self._on_look = on_look
        self._peak = 0.0
        self._start_oom = oom_kills()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory-watch", daemon=True)

    def __enter__(self) -> MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()

    @property
    def peak_mb(self) -> float:
        """The highest resident memory seen so far, in MiB."""
        self._look()
        return self._peak

    @property
    def oom_kills(self) -> int:
        """Processes the system killed for want of memory since the watch began."""
        return oom_kills() - self._start_oom

    def _watch(self) -> None:
        while not self._done.wait(self._interval):
            tree, resident = self._look()
            if self._on_look is not None and tree:
                self._on_look(tree, resident)

    def _look(self) -> tuple[list[psutil.Process], float]:
        tree = _tree(self._pid)
        resident = _resident_mb(tree)
        highest = (high_water_mb(one.pid) for one in tree)
        self._peak = max(self._peak, resident, *highest)
        return tree, resident


def tree_mb(pid: int) -> float:
    """The resident memory of a process and of all below it now, in MiB; 0 when it is gone."""
    return _resident_mb(_tree(pid))


def free_mb(root: Path = CGROUPS, own: Path = Path("/proc/self/cgroup")) -> float:
    """What can still be had without pushing anything out, in MiB.

    The machine's available memory, or what is left of the limit of this process's control group
    (version 2) where that is less, as in a container.

    Args:
        root: Where control groups are mounted.
        own: What tells the group of this process.
    """
    machine = psutil.virtual_memory().available / _MIB
    with suppress(OSError, ValueError, StopIteration):
        lines = own.read_text().splitlines()
        place = next(line for line in lines if line.startswith("0::")).removeprefix("0::")
        group = root / place.lstrip("/")
        limit = int((group / "memory.max").read_text())  # "max" where there is none
        used = int((group / "memory.current").read_text())
        statistics = (line.split() for line in (group / "memory.stat").read_text().splitlines())
        cache = next(int(count) for name, count in statistics if name == "inactive_file")
        return min(machine, max(0, limit - used + cache) / _MIB)
    return machine


def _tree(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _resident_mb(processes: list[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            total += process.memory_info().rss / _MIB
    return total


def high_water_mb(pid: int) -> float:
    """The highest resident memory one process ever had, as Linux counts it; 0 elsewhere."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    line = next((line for line in text.splitlines() if line.startswith("VmHWM:")), "")
    return float(line.split()[1]) / 1024 if line else 0.0


def oom_kills() -> int:
    """How many processes this system has killed for want of memory since it started."""
    try:
        text = Path("/proc/vmstat").read_text()
    except OSError:
        return 0
    return next((int(x.split()[1]) for x in text.splitlines() if x.startswith("oom_kill ")), 0)


SILENT_SECONDS = 900.0
"""How long a cell may do nothing at all."""
_IDLE_SHARE = 0.002
"""Processor time per second that threads use while they only wait."""


class SilenceWatch:
    """Notices when a process tree has done nothing for too long.

    Args:
        pid: The root of the tree.
        seconds: How long is too long.
        clock: Seconds of a steady clock.
    """

    def __init__(
        self,
        pid: int,
        seconds: float = SILENT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pid = pid
        self._seconds = seconds
        self._clock = clock
        self._used = 0.0
        self._sounds = 0
        self._since = self._looked = clock()

    def silent(self, sounds: int) -> bool:
        """Looks; true when nothing has happened for too long.

        Args:
            sounds: How many outputs came from the kernel so far.
        """
        now, used = self._clock(), self._processor_seconds()
        worked = used - self._used > _IDLE_SHARE * max(1.0, now - self._looked)
        if worked or sounds != self._sounds:
            self._since = now
        self._used, self._sounds, self._looked = used, sounds, now
        return now - self._since >= self._seconds

    def _processor_seconds(self) -> float:
        tree = _tree(self._pid)
        if not tree:
            return self._used
        total = 0.0
        for process in tree:
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                total += times.user + times.system
        return total
