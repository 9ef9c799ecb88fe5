"""The sealed test split of a campaign: opened, looked at while it is scored, cut short."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ftassist.campaign.sealing import openable
from ftassist.server.bodies import read_body
from ftassist.server.handlers.base import FtassistHandler, told
from ftassist.server.openings import Openings


class OpeningHandler(FtassistHandler):
    """`POST`, `GET` and `DELETE campaigns/{id}/test`."""

    _track_activity = False

    @property
    def openings(self) -> Openings:
        """The server's openings."""
        found: Openings = self.settings["ftassist_openings"]
        return found

    @authenticated
    @authorized
    async def post(self, name: str) -> None:
        """Opens it for a trial, once it is sure that it may be."""
        body = read_body(self.request.body, "Test")
        actor, again = self.actor, body.get("again", False)
        opened = await self.work(self.campaigns.open, name)
        chosen = await self.work(opened.do, lambda one: openable(one, body["trial"], again=again))
        begun = await self.work(self.openings.start, name, opened.folder, chosen.id, body, actor)
        self.answer({"opening": told(begun)}, status=202)

    @authenticated
    @authorized
    async def get(self, name: str) -> None:
        """How far the last one is; null where this server was asked for none."""
        self.answer({"opening": told(self.openings.get(name))})

    @authenticated
    @authorized
    async def delete(self, name: str) -> None:
        """Ends the scoring."""
        self.answer({"opening": told(await self.work(self.openings.cancel, name))})
