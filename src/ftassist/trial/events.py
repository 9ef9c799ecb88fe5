"""The events of one trial, written to the journal as they happen.

Knows what is told, not when (see `attempt` and `stages`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftassist.errors import StaleDecisionError
from ftassist.journal.events import Kind
from ftassist.journal.folding import fold
from ftassist.journal.state import State
from ftassist.journal.store import Journal
from ftassist.trial.preflight import CheckResult

ACTOR = "worker"


class Events:
    """Writes the events of one trial; tells of stages and checks as they happen."""

    def __init__(self, journal: Journal, trial: str) -> None:
        self._journal = journal
        self._trial = trial

    def append(self, kind: str, payload: Mapping[str, Any]) -> None:
        """Appends one event."""
        self._journal.append(actor=ACTOR, kind=kind, trial=self._trial, payload=dict(payload))

    def over(self) -> bool:
        """Whether the journal says that the trial has ended."""
        trial = fold(State(), self._journal.read()).trials.get(self._trial)
        return trial is not None and trial.status not in ("proposed", "accepted", "running")

    def start(self, payload: Mapping[str, Any]) -> None:
        """Writes that an attempt starts, unless the trial is over: a late worker starts nothing.

        Raises:
            StaleDecisionError: It is over.
        """

        def check(_: int) -> None:
            if self.over():
                raise StaleDecisionError(f"{self._trial} is over already")

        self._journal.append_when(
            check, actor=ACTOR, kind=Kind.TRIAL_STARTED, trial=self._trial, payload=dict(payload)
        )

    def stage_started(self, stage: str) -> None:
        """A stage is about to run or to be taken from the cache."""
        self.append(Kind.STAGE_STARTED, {"stage": stage})

    def stage_finished(self, stage: str, payload: Mapping[str, Any]) -> None:
        """A stage ended well."""
        self.append(Kind.STAGE_FINISHED, payload)

    def check(self, result: CheckResult) -> None:
        """A preflight check was made."""
        kind = Kind.PREFLIGHT_PASSED if result.passed else Kind.PREFLIGHT_FAILED
        self.append(kind, result.to_payload())
