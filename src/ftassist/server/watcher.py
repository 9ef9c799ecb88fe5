"""Telling front ends that a campaign has changed, whoever changed it.

Looks at the files of each known journal; only one whose files have changed is asked for its last
sequence number. Every two seconds it looks whether each runner is there, too: a killed one says
nothing in the journal. Emits a hint on the server's event bus; a front end asks beside hints, so
one that is lost does no harm. Starts with the first request and ends with the server.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import Executor
from contextlib import suppress
from pathlib import Path
from typing import Any

from ftassist.campaign.lock import holder
from ftassist.errors import FtassistError
from ftassist.journal import Journal
from ftassist.server.campaigns import Campaigns
from ftassist.server.marks import Mark, is_fresh, journal_mark

SCHEMA = Path(__file__).parent / "events" / "campaign_changed.yaml"
SCHEMA_ID = "https://events.ftassist.dev/campaign_changed/v1"
RUNNER_SECONDS = 2.0
"""How often it is looked whether runners are there."""


class Watcher:
    """Watches the campaigns of a server.

    Args:
        executor: The threads that do what may block.
        events: The server's event logger.
        seconds: How often to look.
    """

    def __init__(
        self, campaigns: Campaigns, executor: Executor, events: Any, *, seconds: float
    ) -> None:
        self._campaigns = campaigns
        self._executor = executor
        self._events = events
        self._seconds = seconds
        self._marks: dict[str, Mark] = {}
        self._seqs: dict[str, int] = {}
        self._alive: dict[str, bool] = {}
        self._looked_for_runners = float("-inf")
        self._looked = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to watch, on the running event loop, unless it does already."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._watch())

    async def stop(self) -> None:
        """Ends watching."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            changed = await loop.run_in_executor(self._executor, self.look)
            for name, seq, alive in changed:
                told = {"id": name, "seq": seq, "runner_alive": alive}
                self._events.emit(schema_id=SCHEMA_ID, data=told)
            await asyncio.sleep(self._seconds)

    def look(self) -> list[tuple[str, int, bool]]:
        """Campaigns that are new or changed since the last look.

        Each with its sequence number and whether a runner is there.
        """
        changed = []
        first = not self._looked
        self._looked = True
        runners = time.monotonic() - self._looked_for_runners >= RUNNER_SECONDS
        if runners:
            self._looked_for_runners = time.monotonic()
        for name, journal in self._campaigns.journals():
            came = self._look_for_runner(name, journal) if runners else False
            try:
                moved = self._look_at(name, journal)
            except (FtassistError, OSError):
                continue
            if (moved or came) and not first:
                changed.append((name, self._seqs[name], self._alive.get(name, False)))
        return changed

    def _look_at(self, name: str, journal: Path) -> bool:
        """Whether a journal has moved since the last look."""
        mark = journal_mark(journal)
        if mark == self._marks.get(name) and not is_fresh(mark):
            return False
        self._marks[name] = mark
        seq = _last_seq(journal)
        moved = self._seqs.get(name) != seq
        self._seqs[name] = seq
        return moved

    def _look_for_runner(self, name: str, journal: Path) -> bool:
        """Whether a runner has come or gone since the last look."""
        alive = holder(journal.parent) is not None
        changed = self._alive.get(name, False) != alive
        self._alive[name] = alive
        return changed


def _last_seq(path: Path) -> int:
    """The last sequence number, by a connection of its own: it waits for no reader."""
    journal = Journal(path)
    try:
        return journal.last_seq()
    finally:
        journal.close()
