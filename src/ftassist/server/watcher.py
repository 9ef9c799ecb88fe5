"""Telling front ends that a campaign has changed, whoever changed it.

Looks at the files of each known journal; only one whose files have changed is asked for its last
sequence number. Emits a hint on the server's event bus; hints carry no state, so one that is
lost does no harm. Starts with the first request and ends with the server.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from contextlib import suppress
from pathlib import Path
from typing import Any

from ftassist.errors import FtassistError
from ftassist.journal import Journal
from ftassist.server.campaigns import Campaigns
from ftassist.server.marks import Mark, is_fresh, journal_mark

SCHEMA = Path(__file__).parent / "events" / "campaign_changed.yaml"
SCHEMA_ID = "https://events.ftassist.dev/campaign_changed/v1"


class Watcher:
    """Watches the campaigns of a server.

    Args:
        campaigns: The campaigns.
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
            for name, seq in changed:
                self._events.emit(schema_id=SCHEMA_ID, data={"id": name, "seq": seq})
            await asyncio.sleep(self._seconds)

    def look(self) -> list[tuple[str, int]]:
        """Campaigns that are new or changed since the last look, with their sequence numbers."""
        changed = []
        first = not self._looked
        self._looked = True
        for name, journal in self._campaigns.journals():
            mark = journal_mark(journal)
            if mark == self._marks.get(name) and not is_fresh(mark):
                continue
            self._marks[name] = mark
            try:
                seq = _last_seq(journal)
            except (FtassistError, OSError):
                continue
            if self._seqs.get(name) != seq and not first:
                changed.append((name, seq))
            self._seqs[name] = seq
        return changed


def _last_seq(path: Path) -> int:
    """The last sequence number, by a connection of its own: it waits for no reader."""
    journal = Journal(path)
    try:
        return journal.last_seq()
    finally:
        journal.close()
