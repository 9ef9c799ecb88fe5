"""Exports of a trial's model that are scored again: begun, looked at, ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ftassist.campaign import Campaign
from ftassist.campaign.export.recipe_out import recipe_form
from ftassist.campaign.export.wish import ExportWish
from ftassist.errors import FtassistError
from ftassist.server.bodies import read_body
from ftassist.server.exports import Exports
from ftassist.server.handlers.base import FtassistHandler, told


class ExportHandler(FtassistHandler):
    """`POST`, `GET` and `DELETE campaigns/{id}/trials/{trial}/export`."""

    _track_activity = False

    @property
    def exports(self) -> Exports:
        """The server's exports."""
        found: Exports = self.settings["ftassist_exports"]
        return found

    @authenticated
    @authorized
    async def post(self, name: str, trial: str) -> None:
        """Begins one, once the wish is checked."""
        body = read_body(self.request.body, "Export")
        actor = self.actor
        opened = await self.work(self.campaigns.open, name)
        known = await self.work(opened.do, lambda campaign: check(campaign, trial, body))
        made = await self.work(self.exports.start, name, opened.folder, known, body, actor)
        self.answer({"exporting": told(made)}, status=202)

    @authenticated
    @authorized
    async def get(self, name: str, trial: str) -> None:
        """How far the last one is; null where this server has made none."""
        self.answer({"exporting": told(self.exports.get((name, trial)))})

    @authenticated
    @authorized
    async def delete(self, name: str, trial: str) -> None:
        """Ends it."""
        self.answer({"exporting": told(await self.work(self.exports.cancel, (name, trial)))})


def check(campaign: Campaign, trial: str, body: Mapping[str, Any]) -> str:
    """Refuses at once what cannot be exported; returns the trial's id.

    Raises:
        UnknownNameError: There is no such trial.
        FtassistError: It has no score or no model, or nothing can be made like that.
    """
    known = campaign.trial(trial)
    if known.status != "scored" or known.role == "base":
        raise FtassistError(
            f"{known.id} is {known.status} and cannot be exported",
            where="trial",
            fix="choose a scored trial",
        )
    campaign.model_folder(known.id)
    if recipe_form(body["form"]) is None:
        ExportWish(**body)
    return known.id
