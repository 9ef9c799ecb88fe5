"""Decisions on a trial: accept, edit, veto, correct how a veto is understood, undo it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ftassist.campaign import Campaign, commands
from ftassist.errors import StaleDecisionError
from ftassist.journal.events import Event
from ftassist.server.bodies import read_body
from ftassist.server.handlers.base import FtassistHandler, error_document
from ftassist.server.handlers.calling import Act, call
from ftassist.server.runners import wake


class DecisionsHandler(FtassistHandler):
    """`POST campaigns/{id}/decisions`."""

    @authenticated
    @authorized
    async def post(self, name: str) -> None:
        """Makes a decision on what was seen; a stale one is refused with how it stands now."""
        body = read_body(self.request.body, "Decision")
        actor = self.actor
        opened = await self.work(self.campaigns.open, name)
        try:
            event = await self.work(opened.do, lambda campaign: decide(campaign, body, actor))
        except StaleDecisionError as error:
            card = await self.work(opened.card, body["trial"])
            self.answer({**error_document(409, error), "card": {**card, "you": actor}}, 409)
            return
        if body["decision"] == "accept":
            wake(opened)
        # An edit of a trial that is over makes a new one.
        card = await self.work(opened.card, event.trial or body["trial"])
        self.answer({"seq": event.seq, "trial": {**card, "you": actor}})


def decide(campaign: Campaign, body: Mapping[str, Any], actor: str) -> Event:
    """Writes the decision that a checked body asks for."""
    said = {"reason": "", "cells": {}, **body}
    if own := body.get("prediction"):
        said["prediction"] = (own["low"], own["high"])
    return call(_DECISIONS[body["decision"]], campaign, said, actor)


_DECISIONS: Mapping[str, Act] = {
    "accept": commands.accept,
    "edit": commands.edit,
    "veto": commands.veto,
    "correct": commands.correct,
    "undo_veto": commands.undo_veto,
}
