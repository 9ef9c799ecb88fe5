"""Openings of sealed test splits: a process each, one a campaign, whose steps can be read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftassist.errors import LockedError
from ftassist.server.children import Child, Children

COMMAND = (sys.executable, "-P", "-m", "ftassist.ui.opening_process")


@dataclass(kw_only=True)
class Opening(Child):
    """A test split that is being opened, or what it said.

    Attributes:
        trial: For which trial.
        phase: "scoring", "done", "failed" or "cancelled".
        steps: What was done so far, a line each.
        sentence: What the test says of the trial; "" before.
    """

    trial: str
    phase: str = "scoring"
    steps: list[str] = field(default_factory=list)
    sentence: str = ""

    def doing(self, said: Mapping[str, Any]) -> None:
        """Takes in a step."""
        self.steps.append(str(said["doing"]))

    def made(self, said: Any) -> None:
        """Takes in what the test says."""
        self.sentence = str(said["sentence"])

    def document(self) -> dict[str, Any]:
        """The opening as JSON."""
        return {
            "schema": "ftassist/opening/1",
            "trial": self.trial,
            "phase": self.phase,
            "steps": list(self.steps),
            "sentence": self.sentence,
            "error": self.error,
        }


class Openings:
    """The openings of a server, the last one of each campaign. Any thread may call."""

    def __init__(self) -> None:
        self._children: Children[Opening] = Children(
            "the test split was not scored",
            "the opening is on record: ask for it again, and it is gone on with; the server's log"
            " has the details",
        )

    def start(
        self, campaign: str, folder: Path, trial: str, actor: str, *, again: bool
    ) -> Opening:
        """Begins to open a test split for a trial that it may be opened for.

        Raises:
            LockedError: It is being opened already.
        """
        with self._children.lock:
            known = self.get(campaign)
            if known is not None and not known.ended.is_set():
                raise LockedError(
                    f"the test split is being scored already, for {known.trial}",
                    where="test",
                    fix="wait until that is done",
                )

            def child(process: subprocess.Popen[bytes]) -> Opening:
                return Opening(process=process, trial=trial)

            asked = {"campaign": str(folder), "trial": trial, "again": again, "actor": actor}
            return self._children.start(campaign, COMMAND, asked, folder, child)

    def get(self, campaign: str) -> Opening | None:
        """The last opening of a campaign that this server was asked for; None for none."""
        return self._children.get(campaign)

    def cancel(self, campaign: str) -> Opening | None:
        """Ends the scoring; the opening stays on record."""
        found = self.get(campaign)
        if found is not None:
            self._children.cancel(found)
        return found

    def close(self) -> None:
        """Ends all of them."""
        self._children.close()
