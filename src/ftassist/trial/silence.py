"""Tells a kernel that hangs from one that works: it neither writes anything nor uses a processor.

A training that prints nothing for an hour is at work as long as its processes use processor time;
a kernel that is stopped, deadlocked or waits for something that never comes is not. Ends nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil

SECONDS = 900.0
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
        self, pid: int, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic
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
        total = 0.0
        try:
            root = psutil.Process(self._pid)
            tree = [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return self._used
        for process in tree:
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system
        return total
