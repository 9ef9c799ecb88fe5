"""The switch that ends a run from outside. Knows nothing of what is run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from ftassist.errors import FtassistError

RUNNER_GONE = "the runner ended"
"""The reason that leaves a trial to a later worker instead of stopping it for good."""
T = TypeVar("T")


class RunStoppedError(FtassistError):
    """A run that was ended from outside: by a person, a signal, or the runner's end.

    Attributes:
        reason: Why.
        stage: In which stage.
        paused: Whether it is to go on later from where it was.
    """

    def __init__(self, reason: str, stage: str, *, paused: bool = False) -> None:
        what = "paused" if paused else "stopped"
        super().__init__(f"{what}: {reason}", where=f"stage {stage}" if stage else "")
        self.reason = reason
        self.stage = stage
        self.paused = paused


class StopSwitch:
    """Ends a run from outside; safe to use from a signal handler of the same loop."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.reason = ""
        self.pausing = ""
        self._on_pause: Callable[[], object] = lambda: None

    def stop(self, reason: str) -> None:
        """Asks the run to end; the first reason stays."""
        self.reason = self.reason or reason
        self._event.set()

    def pause(self, reason: str) -> None:
        """Asks the run to end where it can go on from later."""
        self.pausing = self.pausing or reason
        self._on_pause()

    def when_paused(self, tell: Callable[[], object]) -> None:
        """Has `tell` called when a pause is asked for, or at once if it was asked for before."""
        self._on_pause = tell
        if self.pausing:
            tell()

    @property
    def pulled(self) -> bool:
        """Whether a stop was asked for."""
        return self._event.is_set()

    async def wait(self) -> None:
        """Returns when a stop was asked for."""
        await self._event.wait()

    async def guard(self, work: Awaitable[T], stage: str = "") -> T:
        """Waits for work, unless a stop is asked for meanwhile.

        Raises:
            RunStoppedError: A stop was asked for; names `stage`.
        """
        task: asyncio.Future[T] = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self.wait())
        waiting: set[asyncio.Future[Any]] = {task, stopping}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if self.pulled:
                await settle(task)
                raise RunStoppedError(self.reason, stage)
            return task.result()
        finally:
            stopping.cancel()


async def settle(task: asyncio.Future[Any], seconds: float = 1.0) -> None:
    """Cancels what is left of a task and takes its error, which is told elsewhere."""
    task.cancel()
    await asyncio.wait({task}, timeout=seconds)
    if task.done() and not task.cancelled():
        task.exception()
