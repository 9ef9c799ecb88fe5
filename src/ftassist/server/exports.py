"""Exports that are being made: a process each, one at a time, whose steps can be read."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftassist.campaign.export.exporting_process import MODULE
from ftassist.errors import LockedError
from ftassist.isolation.ending import end_group
from ftassist.server.said import begin, close, follow

COMMAND = (sys.executable, "-m", MODULE)
KEPT = 32
_TIDY_SECONDS = 10.0
log = logging.getLogger("ftassist.server")


@dataclass
class Exporting:
    """An export that is being made, or what became of it.

    Attributes:
        trial: Of which trial.
        form: What it is to be.
        process: Who makes it.
        phase: "exporting", "done", "failed" or "cancelled".
        steps: What was done so far, a line each.
        export: What was kept.
        error: Why nothing was: what, where, fix and the name of the error.
    """

    trial: str
    form: str
    process: subprocess.Popen[bytes]
    phase: str = "exporting"
    steps: list[str] = field(default_factory=list)
    export: dict[str, Any] | None = None
    error: dict[str, str] | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    def document(self) -> dict[str, Any]:
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


class Exports:
    """The exports of a server, the last one of each trial. Any thread may call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], Exporting] = {}

    def start(
        self, campaign: str, folder: Path, trial: str, asked: Mapping[str, Any], actor: str
    ) -> Exporting:
        """Begins to make an export.

        Args:
            campaign: The campaign's id.
            folder: Its folder.
            trial: A scored trial.
            asked: An `Export` of `openapi.yaml`: the form, and how.
            actor: Who asks.

        Raises:
            LockedError: Another one is being made.
        """
        wish = {name: value for name, value in asked.items() if name != "form"}
        told = {"campaign": str(folder), "trial": trial, "form": asked["form"], "wish": wish}
        with self._lock:
            busy = next((one for one in self._known.values() if not one.ended.is_set()), None)
            if busy is not None:
                raise LockedError(
                    f"{busy.trial} is being exported already",
                    where="export",
                    fix="wait until it is there, or cancel it",
                )
            process = begin(COMMAND, {**told, "actor": actor}, folder)
            made = Exporting(trial, str(asked["form"]), process)
            self._known.pop((campaign, trial), None)
            self._known[campaign, trial] = made
            for key in list(self._known)[:-KEPT]:
                del self._known[key]
        threading.Thread(target=self._follow, args=(made,), daemon=True).start()
        return made

    def get(self, campaign: str, trial: str) -> Exporting | None:
        """The last export of a trial that this server has made; None for none."""
        with self._lock:
            return self._known.get((campaign, trial))

    def cancel(self, campaign: str, trial: str) -> Exporting | None:
        """Ends an export; it clears away what it began."""
        made = self.get(campaign, trial)
        if made is None or made.ended.is_set():
            return made
        with self._lock:
            made.phase = "cancelled"
        with suppress(ProcessLookupError):
            made.process.send_signal(signal.SIGTERM)
        if not made.ended.wait(_TIDY_SECONDS):
            end_group(made.process.pid)
            made.ended.wait(_TIDY_SECONDS)
        return made

    def close(self) -> None:
        """Ends all of them."""
        with self._lock:
            known = list(self._known.values())
        for made in known:
            if not made.ended.is_set():
                end_group(made.process.pid)

    def _follow(self, made: Exporting) -> None:
        """Takes in what the process says until it ends."""
        status = follow(made.process, lambda said: self._hear(made, said))
        with self._lock:
            if made.phase == "exporting":
                made.phase, made.error = "failed", _ended(status)
                log.warning("an export was not made: the process ended with %s", status)
        close(made.process)
        made.ended.set()

    def _hear(self, made: Exporting, said: Mapping[str, Any]) -> None:
        with self._lock:
            if made.phase != "exporting":
                return
            if "doing" in said:
                made.steps.append(str(said["doing"]))
            elif "made" in said:
                made.phase, made.export = "done", dict(said["made"])
            elif "error" in said:
                made.phase, made.error = "failed", dict(said["error"])


def _ended(status: int) -> dict[str, str]:
    return {
        "error": "FtassistError",
        "what": f"nothing was exported: the process ended with {status}",
        "where": "",
        "fix": "free memory or disk, then export again; the server's log has the details",
    }
