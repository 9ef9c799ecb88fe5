"""Keeps trackers up to date while a runner works, and never makes a trial wait or fail.

A process a tracker, started when something has ended and bounded in time. What goes wrong with it
is noted once in the journal.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from ftassist.isolation.ending import end_group
from ftassist.journal.events import Kind
from ftassist.journal.state import State

if TYPE_CHECKING:
    from ftassist.campaign.campaign import Campaign

MODULE = "ftassist.campaign.trackers"
SECONDS = 120.0
"""How long one mirroring may take."""
CLOSING = 30.0
"""How long a runner that ends waits for its last ones."""
REST = 10.0
"""Seconds between two of one tracker."""


@dataclass
class _Mirroring:
    process: subprocess.Popen[str]
    log: IO[str]
    deadline: float


class Mirrors:
    """The trackers of a campaign, as its runner has them."""

    def __init__(self, campaign: Campaign) -> None:
        self._campaign = campaign
        self._trackers = tuple(str(t) for t in campaign.state.settings.track)
        self._running: dict[str, _Mirroring] = {}
        self._seen: dict[str, tuple[int, ...]] = {}
        self._again: dict[str, float] = {}
        self._told: set[str] = set()

    def look(self, state: State) -> None:
        """Starts a mirroring where trials have changed since the last one; waits for nothing."""
        for tracker in self._trackers:
            self._reap(tracker)
            marks = _marks(state)
            rested = time.monotonic() >= self._again.get(tracker, 0.0)
            if tracker not in self._running and rested and self._seen.get(tracker, ()) != marks:
                self._seen[tracker] = marks
                self._start(tracker)

    def close(self) -> None:
        """Mirrors what is left; what takes longer than `CLOSING` seconds is ended."""
        until = time.monotonic() + CLOSING
        self._wait(until)
        self._again.clear()
        self.look(self._campaign.refresh())
        self._wait(until)
        for mirroring in self._running.values():
            end_group(mirroring.process.pid)
            mirroring.process.wait()
            mirroring.log.close()
        self._running.clear()

    def _wait(self, until: float) -> None:
        while self._running and time.monotonic() < until:
            for tracker in tuple(self._running):
                self._reap(tracker)
            time.sleep(0.05)

    def _start(self, tracker: str) -> None:
        path = self._campaign.folder / f"track-{tracker}.log"
        log = path.open("w", encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", MODULE, str(self._campaign.folder), tracker],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            text=True,
            start_new_session=True,
        )
        self._running[tracker] = _Mirroring(process, log, time.monotonic() + SECONDS)

    def _reap(self, tracker: str) -> None:
        mirroring = self._running.get(tracker)
        if mirroring is None:
            return
        late = time.monotonic() > mirroring.deadline
        if late:
            end_group(mirroring.process.pid)
            mirroring.process.wait()
        status = mirroring.process.poll()
        if status is None:
            return
        del self._running[tracker]
        mirroring.log.close()
        self._again[tracker] = time.monotonic() + REST
        if status:
            self._note(tracker, f"no answer in {SECONDS:.0f} s" if late else self._said(tracker))

    def _said(self, tracker: str) -> str:
        path = self._campaign.folder / f"track-{tracker}.log"
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        return lines[-1] if lines else "it ended"

    def _note(self, tracker: str, why: str) -> None:
        """Says once a reason that the mirror is behind; the campaign goes on."""
        text = f"the mirror in {tracker} is behind: {why}"
        if text not in self._told:
            self._told.add(text)
            self._campaign.say(Kind.NOTE, {"text": text, "kind": "tracker"}, actor="runner")


def _marks(state: State) -> tuple[int, ...]:
    """What tells whether a trial that ended has changed."""
    ended = ("scored", "failed", "invalid", "stopped")
    return tuple(trial.updated for trial in state.trials.values() if trial.status in ended)
