"""The sealed test split of a campaign: opened, looked at while it is scored, cut short."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ftassist.campaign.sealing import openable
from ftassist.server.bodies import read_body
from ftassist.server.handlers.base import FtassistHandler, told_error
from ftassist.server.openings import Opening, Openings


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

        def check() -> str:
            return opened.do(lambda campaign: openable(campaign, body["trial"], again=again).id)

        trial = await self.work(check)

        def begin() -> Opening:
            return self.openings.start(name, opened.folder, trial, actor, again=again)

        begun = await self.work(begin)
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


def told(opening: Opening | None) -> dict[str, Any] | None:
    """An opening whose error is told as all errors of the interface are."""
    if opening is None:
        return None
    document = opening.document()
    error = document["error"]
    return {**document, "error": told_error(error) if error else None}
