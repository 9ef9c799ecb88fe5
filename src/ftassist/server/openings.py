"""Openings of sealed test splits: a process each, one a campaign, whose steps can be read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftassist.errors import LockedError
from ftassist.records.kinds import Json
from ftassist.server.children import Children, KeptChildren, Stepping

COMMAND = (sys.executable, "-P", "-m", "ftassist.ui.opening_process")


@dataclass(kw_only=True)
class OpeningProcess(Stepping):
    """A test split that is being opened, or what it said.

    Attributes:
        trial: For which trial.
        phase: "scoring", "done", "failed" or "cancelled".
        sentence: What the test says of the trial; "" before.
    """

    trial: str
    phase: str = "scoring"
    sentence: str = ""

    def made(self, said: Any) -> None:
        """Takes in what the test says."""
        self.sentence = str(said["sentence"])

    def document(self) -> Json:
        """The opening as JSON."""
        return {
            "schema": "ftassist/opening/1",
            "trial": self.trial,
            "phase": self.phase,
            "steps": list(self.steps),
            "sentence": self.sentence,
            "error": self.error,
        }


class Openings(KeptChildren[OpeningProcess]):
    """The openings of a server, the last one of each campaign. Any thread may call.

    One whose scoring is ended stays on record.
    """

    def __init__(self) -> None:
        super().__init__(
            Children(
                "the test split was not scored",
                "the opening is on record: ask for it again, and it is gone on with; the server's"
                " log has the details",
            )
        )

    def start(
        self, campaign: str, folder: Path, trial: str, asked: Mapping[str, Any], actor: str
    ) -> OpeningProcess:
        """Begins to open a test split.

        Args:
            campaign: The campaign's id.
            trial: A trial that it may be opened for.
            asked: A `Test` of `openapi.yaml`.
            actor: Who asks.

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

            def child(process: subprocess.Popen[bytes]) -> OpeningProcess:
                return OpeningProcess(process=process, trial=trial)

            again = asked.get("again", False)
            told = {"campaign": str(folder), "trial": trial, "again": again, "actor": actor}
            return self._children.start(campaign, COMMAND, told, folder, child)
