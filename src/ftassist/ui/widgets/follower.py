"""A thread that follows a campaign for a widget, and ends when the widget is closed.

It reads by a connection of its own, so that a button's decision waits for nothing. Shows nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from ftassist.campaign import Campaign
from ftassist.documents.snapshot import Snapshot, take
from ftassist.errors import FtassistError

LOOK_SECONDS = 0.5
log = logging.getLogger("ftassist.widgets")


class Follower:
    """Calls a function with each new snapshot of a campaign, from a thread of its own.

    Args:
        folder: The campaign's folder.
        on_change: Called when an event came, a runner came or went, or a trial trains.
        seconds: How often to look.
    """

    def __init__(
        self,
        folder: Path,
        on_change: Callable[[Snapshot], None],
        *,
        seconds: float = LOOK_SECONDS,
    ) -> None:
        self._folder = folder
        self._on_change = on_change
        self._seconds = seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="ftassist-widget", daemon=True)

    def start(self) -> None:
        """Begins to follow."""
        self._thread.start()

    def stop(self) -> None:
        """Ends following; waits for the thread unless it is the one that asks."""
        self._ended.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(5.0)

    @property
    def alive(self) -> bool:
        """Whether it still follows."""
        return self._thread.is_alive()

    def _follow(self) -> None:
        try:
            campaign = Campaign.open(self._folder)
            self._look(campaign)
            campaign.journal.close()
        except (FtassistError, OSError) as error:
            log.warning("the campaign is not followed any more: %s", error)

    def _look(self, campaign: Campaign) -> None:
        shown = (campaign.refresh().seq, campaign.runner_alive())
        while not self._ended.wait(self._seconds):
            state = campaign.refresh()
            now = (state.seq, campaign.runner_alive())
            if now == shown and not state.with_status("running"):
                continue
            shown = now
            snapshot = take(campaign)
            if not self._ended.is_set():
                self._on_change(snapshot)
