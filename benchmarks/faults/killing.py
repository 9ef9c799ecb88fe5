"""Kills processes of a campaign with SIGKILL, one kind at a time or all at once.

Finds them as the system lists them, below the runner and by their command lines, never by what
the campaign says of itself.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

import psutil

KINDS = ("kernel", "worker", "evaluator", "runner", "all at once")
_MODULES = {
    "kernel": ("ftassist.trial.kernel_main",),
    "worker": ("ftassist.trial.worker", "benchmarks.faults.stand_in_worker"),
    "evaluator": ("ftassist.dojo.evaluator", "benchmarks.faults.stand_in_evaluator"),
}


class Processes:
    """The processes of one campaign, as far as its runner started them.

    Args:
        runner: The runner's process id.
    """

    def __init__(self, runner: int) -> None:
        self.runner = runner

    def of_kind(self, kind: str) -> list[int]:
        """Process ids of one kind now."""
        if kind == "runner":
            return [self.runner] if psutil.pid_exists(self.runner) else []
        below = self.all()[1:]
        if kind == "all at once":
            return [*below, self.runner]
        return [pid for pid in below if _module(pid) in _MODULES[kind]]

    def all(self) -> list[int]:
        """The runner and everything below it."""
        try:
            runner = psutil.Process(self.runner)
            return [runner.pid, *(p.pid for p in runner.children(recursive=True))]
        except psutil.NoSuchProcess:
            return []

    def kill(self, kind: str, chosen: float) -> int:
        """Kills one process of a kind (which one, `chosen` in [0, 1) says), or all of them.

        Returns:
            How many processes were hit; 0 when there was none of this kind.
        """
        found = self.of_kind(kind)
        if found and kind != "all at once":
            found = [found[int(chosen * len(found))]]
        hit = 0
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                hit += 1
        return hit


def left_over(folder: Path) -> list[int]:
    """Living processes that name the folder in their command line, environment or directory."""
    found = []
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        with suppress(psutil.Error, OSError):
            if process.status() == psutil.STATUS_ZOMBIE:
                continue
            words = [*process.cmdline(), *process.environ().values(), process.cwd()]
            if any(str(folder) in word for word in words):
                found.append(process.pid)
    return found


def _module(pid: int) -> str:
    try:
        words = psutil.Process(pid).cmdline()
    except psutil.Error:
        return ""
    return words[words.index("-m") + 1] if "-m" in words[:-1] else ""
