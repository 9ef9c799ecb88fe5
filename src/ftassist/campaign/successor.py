"""What follows a runner that Ray ended.

Ray ends a process that has joined a cluster, with exit status 1 and without a word, when the head
was gone for too long or Ray's own process on this machine is gone. So a runner on a cluster is the
child of a process that only waits for it: it says in log and journal what happened, and another
runner goes on. Any other end is handed on as it is.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from ftassist.campaign.campaign import Campaign
from ftassist.campaign.lock import holder
from ftassist.isolation.ending import die_with_parent
from ftassist.journal.events import Kind
from ftassist.records.executor import RAY

ENDED_BY_RAY = 1
NO_START = 2
"""Exit code of a runner that could not begin: the cluster is not reached, or another one runs."""
REST_SECONDS = 10.0
PATIENCE_SECONDS = 3600.0
"""How long successors are tried while the cluster cannot be reached."""
_LIVED_SECONDS = 60.0
_RUNNER = (Kind.RUNNER_STARTED, Kind.RUNNER_STOPPED)
_OVER = ("stopped", "finished")
SENTENCE = (
    "Ray ended the runner, which had joined its cluster: the head was gone for too long, or Ray's"
    " process on this machine is gone (`ray status` tells). The next runner goes on where it was"
)
log = logging.getLogger("ftassist.runner")


def followed(folder: Path) -> Campaign | int:
    """Opens a campaign: in a child where it runs on a cluster, for which is waited here.

    Call it before threads are started.

    Args:
        folder: The campaign's folder.

    Returns:
        The campaign, to the process that is the runner; its exit code to the one that waited.

    Raises:
        JournalError: There is no campaign.
    """
    campaign = Campaign.open(folder)
    if campaign.state.executor.name != RAY:
        return campaign
    campaign.journal.close()  # no open journal goes into a child
    watch = _Watch()
    tried_until = 0.0
    while True:
        begun, parent = time.monotonic(), os.getpid()
        child = os.fork()
        if not child:
            watch.leave()
            die_with_parent(parent)
            return Campaign.open(folder)
        code = watch.waited(child)
        if code == ENDED_BY_RAY and _told_no_end(folder, child):
            if not tried_until or time.monotonic() - begun > _LIVED_SECONDS:
                tried_until = time.monotonic() + PATIENCE_SECONDS
        elif code != NO_START:
            return code
        if time.monotonic() > tried_until or watch.rested(REST_SECONDS) or _unwanted(folder):
            return code


class _Watch:
    """Hands signals to the runner, and remembers that one came."""

    def __init__(self) -> None:
        self._child = 0
        self._told = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._hand_on)

    def leave(self) -> None:
        """For the child: signals are its own."""
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def waited(self, child: int) -> int:
        """The exit code of a runner; of a killed one as shells tell it, 128 and the signal."""
        self._child = child
        _, status = os.waitpid(child, 0)
        self._child = 0
        code = os.waitstatus_to_exitcode(status)
        return code if code >= 0 else 128 - code

    def rested(self, seconds: float) -> bool:
        """Rests; whether a signal said that this is the end."""
        until = time.monotonic() + seconds
        while not self._told and time.monotonic() < until:
            time.sleep(0.1)
        return self._told

    def _hand_on(self, number: int, frame: FrameType | None) -> None:
        self._told = True
        if self._child:
            os.kill(self._child, number)


@contextmanager
def _opened(folder: Path) -> Iterator[Campaign]:
    """The campaign for a moment: no open journal goes into a child."""
    campaign = Campaign.open(folder)
    try:
        yield campaign
    finally:
        campaign.journal.close()


def _told_no_end(folder: Path, pid: int) -> bool:
    """Whether a runner that had begun left as Ray has processes leave; if so, tells it."""
    with _opened(folder) as campaign:
        said = [event for event in campaign.journal.read() if event.kind in _RUNNER]
        if not said or said[-1].kind != _RUNNER[0] or said[-1].payload.get("pid") != pid:
            return False
        log.warning("%s", SENTENCE)
        campaign.say(Kind.NOTE, {"text": SENTENCE}, actor="runner")
    return True


def _unwanted(folder: Path) -> bool:
    """Whether nobody needs a successor: somebody else runs the campaign, or it is over."""
    with _opened(folder) as campaign:
        return holder(folder) is not None or campaign.state.phase in _OVER
