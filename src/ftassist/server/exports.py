"""Exports that are being made: a process each, one at a time, whose steps can be read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftassist.campaign.export.exporting_process import MODULE
from ftassist.errors import LockedError
from ftassist.records.kinds import Json
from ftassist.server.children import Children, KeptChildren, Stepping

COMMAND = (sys.executable, "-m", MODULE)


@dataclass(kw_only=True)
class Exporting(Stepping):
    """An export that is being made, or what became of it.

    Attributes:
        trial: Of which trial.
        form: What it is to be.
        phase: "exporting", "done", "failed" or "cancelled".
        export: What was kept.
    """

    trial: str
    form: str
    phase: str = "exporting"
    export: Json | None = None

    def made(self, said: Any) -> None:
        """Takes in what was kept."""
        self.export = dict(said)

    def document(self) -> Json:
        """The export as JSON."""
        return {
            "schema": "ftassist/exporting/1",
            "trial": self.trial,
            "form": self.form,
            "phase": self.phase,
            "steps": list(self.steps),
            "export": self.export,
            "error": self.error,
        }


class Exports(KeptChildren[Exporting]):
    """The exports of a server, the last one of each trial, by campaign and trial.

    Any thread may call. One that is cancelled clears away what it began.
    """

    def __init__(self) -> None:
        super().__init__(
            Children(
                "nothing was exported",
                "free memory or disk, then export again; the server's log has the details",
                gently=True,
            )
        )

    def start(
        self, campaign: str, folder: Path, trial: str, asked: Mapping[str, Any], actor: str
    ) -> Exporting:
        """Begins to make an export.

        Args:
            campaign: The campaign's id.
            trial: A scored trial.
            asked: An `Export` of `openapi.yaml`: the form, and how.
            actor: Who asks.

        Raises:
            LockedError: Another one is being made.
        """
        form = str(asked["form"])
        wish = {name: value for name, value in asked.items() if name != "form"}
        told = {"campaign": str(folder), "trial": trial, "form": form, "wish": wish}
        with self._children.lock:
            if busy := self._children.running():
                raise LockedError(
                    f"{busy[0].trial} is being exported already",
                    where="export",
                    fix="wait until it is there, or cancel it",
                )

            def child(process: subprocess.Popen[bytes]) -> Exporting:
                return Exporting(process=process, trial=trial, form=form)

            asked = {**told, "actor": actor}
            return self._children.start((campaign, trial), COMMAND, asked, folder, child)
