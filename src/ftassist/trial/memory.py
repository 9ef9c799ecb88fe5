"""Host memory of a kernel and of everything below it, watched while it runs.

Counts resident memory; what processes share is counted in each. Ends nothing.
"""

from __future__ import annotations

import threading
from pathlib import Path

import psutil

_INTERVAL = 0.5
_MIB = 1024 * 1024


class MemoryWatch:
    """Watches the resident memory of a process tree from a thread; use as a context manager.

    Args:
        pid: The root of the tree.
        interval: Seconds between two looks.
    """

    def __init__(self, pid: int, interval: float = _INTERVAL) -> None:
        self._pid = pid
        self._interval = interval
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
            self._look()

    def _look(self) -> None:
        try:
            root = psutil.Process(self._pid)
            tree = [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return
        total = 0.0
        for process in tree:
            try:
                total += process.memory_info().rss / _MIB
            except psutil.NoSuchProcess:
                continue
        self._peak = max(self._peak, total, *(high_water_mb(one.pid) for one in tree))


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
