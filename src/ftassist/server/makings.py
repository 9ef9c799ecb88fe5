"""Campaigns that are being made: a process each, whose progress can be read.

A wish is checked first, so that most mistakes are told at once. The rest (a model that cannot be
fetched, data that is not to be had) is told by the making's document.
"""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftassist.campaign.creating_process import MAKING, MODULE
from ftassist.errors import LockedError
from ftassist.records.kinds import Json
from ftassist.server.children import ById, Child, Children
from ftassist.server.paths import campaign_id
from ftassist.server.wishes import NewCampaign

AT_ONCE = 4
COMMAND = (sys.executable, "-m", MODULE)


@dataclass(kw_only=True)
class Making(Child):
    """A campaign that is being made.

    Attributes:
        key: Its id.
        root: The server's root.
        phase: "fetching", "making", "done", "failed" or "cancelled".
        does: What is done, in words.
        done: Bytes so far.
        total: Bytes in all; 0 where unknown.
        campaign: The campaign's id, once it is made.
    """

    key: str
    root: Path
    does: str = "starting"
    done: int = 0
    total: int = 0
    campaign: str | None = None

    def doing(self, said: Mapping[str, Any]) -> None:
        """Takes in what is done, and how far that is."""
        self.does = str(said["doing"])
        self.done, self.total = int(said["done"]), int(said["total"])
        if self.does == MAKING:
            self.phase = "making"

    def made(self, said: Any) -> None:
        """Takes in the campaign's folder."""
        self.campaign = campaign_id(self.root, Path(said))

    def document(self) -> Json:
        """The making as JSON."""
        return {
            "schema": "ftassist/making/1",
            "id": self.key,
            "phase": self.phase,
            "doing": self.does,
            "done": self.done,
            "total": self.total,
            "campaign": self.campaign,
            "error": self.error,
        }


class Makings(ById[Making]):
    """The campaigns that are being made. Every method may be called from any thread.

    What one that is cancelled has fetched is kept, and gone on with the next time.

    Args:
        root: The server's root, resolved.
        made: Called when there is a new campaign.
    """

    def __init__(self, root: Path, made: Callable[[], None]) -> None:
        self.root = root
        super().__init__(
            Children("the campaign was not made", "the server's log has the details", told=made),
            (
                "there is no campaign being made by the id {}",
                "look into the list of campaigns whether it was made; else begin anew",
            ),
        )

    def start(self, wanted: NewCampaign, actor: str) -> Making:
        """Begins to make a campaign.

        Raises:
            LockedError: As many as may be are being made already.
        """
        asked = {"wish": wanted.wish, "fetch": wanted.fetch, "actor": actor}
        phase = "fetching" if wanted.fetch else "making"
        key = uuid.uuid4().hex

        def child(process: subprocess.Popen[bytes]) -> Making:
            return Making(process=process, phase=phase, key=key, root=self.root)

        with self._children.lock:
            if (running := len(self._children.running())) >= AT_ONCE:
                raise LockedError(
                    f"{running} campaigns are being made already",
                    where="campaigns",
                    fix="wait until one of them is there",
                )
            return self._children.start(key, COMMAND, asked, self.root, child)
