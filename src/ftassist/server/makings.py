"""Campaigns that are being made: a process each, whose progress can be read.

A wish is checked first, so that most mistakes are told at once. The rest (a model that cannot be
fetched, data that is not to be had) is told by the making's document.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftassist.campaign.creating_process import MAKING, MODULE
from ftassist.errors import LockedError, UnknownNameError
from ftassist.isolation.ending import end_group
from ftassist.server.paths import campaign_id
from ftassist.server.said import begin, close, follow
from ftassist.server.wishes import NewCampaign

KEPT = 32
AT_ONCE = 4
COMMAND = (sys.executable, "-m", MODULE)
log = logging.getLogger("ftassist.server")


@dataclass
class Making:
    """A campaign that is being made.

    Attributes:
        key: Its id.
        root: The server's root.
        process: Who makes it.
        phase: "fetching", "making", "done", "failed" or "cancelled".
        doing: What is done, in words.
        done: Bytes so far.
        total: Bytes in all; 0 where unknown.
        campaign: The campaign's id, once it is made.
        error: Why there is none: what, where, fix and the name of the error.
    """

    key: str
    root: Path
    process: subprocess.Popen[bytes]
    phase: str = "making"
    doing: str = ""
    done: int = 0
    total: int = 0
    campaign: str | None = None
    error: dict[str, str] | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    def document(self) -> dict[str, Any]:
        """The making as JSON."""
        return {
            "schema": "ftassist/making/1",
            "id": self.key,
            "phase": self.phase,
            "doing": self.doing,
            "done": self.done,
            "total": self.total,
            "campaign": self.campaign,
            "error": self.error,
        }


class Makings:
    """The campaigns that are being made. Every method may be called from any thread.

    Args:
        root: The server's root, resolved.
        made: Called when there is a new campaign.
    """

    def __init__(self, root: Path, made: Callable[[], None]) -> None:
        self.root = root
        self._made = made
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Making] = OrderedDict()

    def start(self, wanted: NewCampaign, actor: str) -> Making:
        """Begins to make a campaign.

        Raises:
            LockedError: As many as may be are being made already.
        """
        with self._lock:
            running = [one for one in self._known.values() if not one.ended.is_set()]
            if len(running) >= AT_ONCE:
                raise LockedError(
                    f"{len(running)} campaigns are being made already",
                    where="campaigns",
                    fix="wait until one of them is there",
                )
            making = self._launch(wanted, actor)
            self._known[making.key] = making
            for key in [key for key, one in self._known.items() if one.ended.is_set()][:-KEPT]:
                del self._known[key]
        threading.Thread(target=self._follow, args=(making,), daemon=True).start()
        return making

    def get(self, key: str) -> Making:
        """The making of an id.

        Raises:
            UnknownNameError: There is none; a server that was started anew knows none of before.
        """
        with self._lock:
            if key in self._known:
                return self._known[key]
        raise UnknownNameError(
            f"there is no campaign being made by the id {key!r}",
            where="id",
            fix="look into the list of campaigns whether it was made; else begin anew",
        )

    def cancel(self, key: str) -> Making:
        """Ends a making; what was fetched is kept, and gone on with the next time."""
        making = self.get(key)
        with self._lock:
            if not making.ended.is_set():
                making.phase = "cancelled"
                end_group(making.process.pid)
        making.ended.wait(10)
        return making

    def close(self) -> None:
        """Ends all of them."""
        with self._lock:
            for making in self._known.values():
                if not making.ended.is_set():
                    end_group(making.process.pid)

    def _launch(self, wanted: NewCampaign, actor: str) -> Making:
        asked = {"wish": wanted.wish, "fetch": wanted.fetch, "actor": actor}
        process = begin(COMMAND, asked, self.root)
        phase = "fetching" if wanted.fetch else "making"
        return Making(uuid.uuid4().hex, self.root, process, phase, "starting")

    def _follow(self, making: Making) -> None:
        """Takes in what the process says until it ends."""
        status = follow(making.process, lambda said: self._hear(making, said))
        with self._lock:
            if making.phase in ("fetching", "making"):
                making.phase, making.error = "failed", _ended(status)
                log.warning("a campaign was not made: the process ended with %s", status)
        close(making.process)
        making.ended.set()

    def _hear(self, making: Making, said: Mapping[str, Any]) -> None:
        if "made" in said:  # whoever hears that it is done finds it in the list
            self._made()
        with self._lock:
            if making.phase == "cancelled":
                return
            if "doing" in said:
                making.doing = str(said["doing"])
                making.done, making.total = int(said["done"]), int(said["total"])
                if making.doing == MAKING:
                    making.phase = "making"
            elif "made" in said:
                making.campaign = campaign_id(self.root, Path(said["made"]))
                making.phase = "done"
            elif "error" in said:
                making.phase, making.error = "failed", dict(said["error"])


def _ended(status: int) -> dict[str, str]:
    return {
        "error": "FtassistError",
        "what": f"the campaign was not made: its process ended with {status}",
        "where": "",
        "fix": "the server's log has the details",
    }
