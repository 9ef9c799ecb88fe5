"""What a campaign cannot do without: its task and its base model, minded while it runs.

A base or task that is gone pauses the campaign, with its reason, and uses up nothing; when it is
back the campaign goes on. Looks at files now and then; decides no trial.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ftassist.campaign.campaign import Campaign
from ftassist.campaign.places import GoneError
from ftassist.campaign.workers import repository_of
from ftassist.errors import FtassistError
from ftassist.journal.events import Kind
from ftassist.journal.state import State

if TYPE_CHECKING:
    from ftassist.campaign.executors import Executor

LOOK_SECONDS = 2.0
GONE = ("model", "task")
TO_DO = "What to do: "
"""Stands in a reason before the advice."""


class Inputs:
    """Minds the task and base model of one campaign."""

    def __init__(self, campaign: Campaign) -> None:
        self._campaign = campaign
        self._looked_at = float("-inf")
        self._gone: GoneError | None = None
        self._told: set[str] = set()

    def mind(self, state: State, workers: Executor) -> bool:
        """Pauses a campaign whose task or base is gone, resumes one whose is back.

        Returns:
            Whether it did one of them.
        """
        gone = self.gone(workers)
        if state.phase == "paused":
            if state.waits_for in GONE and gone is None:
                self._say(Kind.CAMPAIGN_RESUMED, {})
                return True
            return False
        if gone is None:
            return False
        reason = f"{gone.what}. {TO_DO}{gone.fix}"
        self._say(Kind.CAMPAIGN_PAUSED, {"reason": reason, "waits_for": gone.kind})
        return True

    def gone(self, workers: Executor) -> GoneError | None:
        """What is gone; None while both are there. Looks at most every `LOOK_SECONDS`."""
        if time.monotonic() - self._looked_at < LOOK_SECONDS:
            return self._gone
        self._gone = None
        try:
            model, repository = self._campaign.base_reference, repository_of(self._campaign)
        except GoneError as error:
            self._gone = error
        else:
            workers.serve(model, repository)
            self._tell_moved(model)
        self._looked_at = time.monotonic()
        return self._gone

    def gone_now(self, workers: Executor) -> GoneError | None:
        """What is gone, by a look at this moment."""
        self._looked_at = float("-inf")
        return self.gone(workers)

    def _tell_moved(self, model: str) -> None:
        """Says once that the base was found elsewhere than it was."""
        place = self._campaign.state.places.get("model")
        if place is None or model in self._told or model == place.path:
            return
        self._told.add(model)
        text = f"the base model was at {place.path} and is taken from {model}: same content"
        if text not in self._campaign.state.notes and not place.path.endswith(".gguf"):
            self._say(Kind.NOTE, {"text": text})

    def _say(self, kind: Kind, payload: dict[str, str]) -> None:
        self._campaign.say(kind, payload, actor="runner")


def why_gone(campaign: Campaign) -> str:
    """Why a campaign's task or base cannot be used now; "" while both are there."""
    try:
        repository_of(campaign)
        _ = campaign.base_reference
    except FtassistError as error:
        return error.what
    return ""
