"""The server's playground: one process at most, ended when nobody has asked for a while."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from ftassist.campaign import playground
from ftassist.dojo.playground.process import Playground, busy
from ftassist.dojo.playground.question import Question
from ftassist.records.kinds import Json
from ftassist.server.open_campaign import OpenCampaign

IDLE_SECONDS = 120.0


class PlaygroundQuestions:
    """Asks on behalf of the server's clients. Every method may be called from any thread.

    Args:
        idle_seconds: How long the process stays after an answer, with its models loaded.
    """

    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        self._playground = Playground()
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._idle: threading.Timer | None = None

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        return self._playground.pid

    def ask(
        self,
        opened: OpenCampaign,
        trial: str,
        question: Question,
        whom: Sequence[str] = playground.WHOM,
    ) -> Iterator[Json]:
        """What `campaign.playground.ask` yields; closing it cancels the question.

        Raises:
            LockedError: Another question is being answered.
            FtassistError: The trial was never scored, or nobody could be asked.
        """
        if self._playground.busy:
            raise busy()
        self._wait_no_longer()
        try:
            told = opened.do(lambda campaign: playground.plan(campaign, trial, question, whom))
            yield from told.lines()
            yield from self._playground.ask(told.job, gpu=told.gpu)
        finally:
            self._rest()

    def cancel(self) -> None:
        """Ends the question that is being answered."""
        self._playground.cancel()

    def leave(self) -> None:
        """Somebody left the page: ends the process, unless it answers somebody else."""
        if not self._playground.busy:
            self.close()

    def close(self) -> None:
        """Ends the process."""
        self._wait_no_longer()
        self._playground.stop()

    def _rest(self) -> None:
        """Ends the process after a while, unless somebody asks before."""
        with self._lock:
            if self._idle is not None:
                self._idle.cancel()
            self._idle = threading.Timer(self._idle_seconds, self.leave)
            self._idle.daemon = True
            self._idle.start()

    def _wait_no_longer(self) -> None:
        with self._lock:
            if self._idle is not None:
                self._idle.cancel()
                self._idle = None
