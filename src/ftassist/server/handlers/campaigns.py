"""The list of campaigns; one campaign as a whole or as what changed; its agent's call."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ftassist.server.handlers.base import FtassistHandler


class CampaignsHandler(FtassistHandler):
    """`GET campaigns`, or with `?folder=` only the one that lives there."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self) -> None:
        """The list."""
        folder = self.get_query_argument("folder", None)
        self.answer(await self.work(self.campaigns.document, folder))


class CampaignHandler(FtassistHandler):
    """`GET campaigns/{id}?since=seq`."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self, name: str) -> None:
        """The whole campaign, or what changed after event `since`."""
        since = self.number("since")
        self.answer(await self.work(lambda: self.campaigns.open(name).view(since)))


class ThinkingHandler(FtassistHandler):
    """`GET campaigns/{id}/thinking`."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self, name: str) -> None:
        """How far the agent's call has come."""
        self.answer(await self.work(lambda: self.campaigns.open(name).thinking()))
