"""The list of campaigns; one campaign as a whole or as what changed; its agent's call."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ftassist.server.bodies import read_body
from ftassist.server.handlers.base import FtassistHandler, told
from ftassist.server.makings import Makings
from ftassist.server.wishes import read_wish

MOST_SLOTS = 16


class CampaignsHandler(FtassistHandler):
    """`GET campaigns`, or with `?folder=` only the one that lives there; `POST campaigns`."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self) -> None:
        """The list."""
        folder = self.get_query_argument("folder", None)
        self.answer(await self.work(self.campaigns.document, folder))

    @authenticated
    @authorized
    async def post(self) -> None:
        """Begins to make a campaign, once the wish is checked; how far it is, the making tells."""
        body = read_body(self.request.body, "NewCampaign")
        wanted = await self.work(read_wish, self.campaigns.root, body)
        makings: Makings = self.settings["ftassist_makings"]
        making = await self.work(makings.start, wanted, self.actor)
        self.answer(told(making), status=202)


class CampaignHandler(FtassistHandler):
    """`GET campaigns/{id}?since=seq`."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self, name: str) -> None:
        """The whole campaign, or what changed after event `since`."""
        since = self.number("since")
        self.answer(await self.work(lambda: self.campaigns.open(name).view(since)))


class WhatIfHandler(FtassistHandler):
    """`GET campaigns/{id}/what-if?slots=1&policy=greedy`."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self, name: str) -> None:
        """What the campaign's policy, or another one, would do next with so many slots."""
        slots = min(MOST_SLOTS, self.number("slots") or 1)
        policy = self.get_query_argument("policy", "")
        self.answer(await self.work(lambda: self.campaigns.open(name).what_if(slots, policy)))


class KnobsHandler(FtassistHandler):
    """`GET campaigns/{id}/knobs`."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self, name: str) -> None:
        """The numbers of the scored trials, and what each seems worth."""
        self.answer(await self.work(lambda: self.campaigns.open(name).knobs()))


class PlanHandler(FtassistHandler):
    """`GET campaigns/{id}/plan`."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self, name: str) -> None:
        """What the campaign is expected to cost from here to its end."""
        self.answer(await self.work(lambda: self.campaigns.open(name).plan()))


class ReportHandler(FtassistHandler):
    """`GET campaigns/{id}/report`."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self, name: str) -> None:
        """The report as it would be written now."""
        self.answer(await self.work(lambda: self.campaigns.open(name).report()))


class ThinkingHandler(FtassistHandler):
    """`GET campaigns/{id}/thinking`."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self, name: str) -> None:
        """How far the agent's call has come."""
        self.answer(await self.work(lambda: self.campaigns.open(name).thinking()))
