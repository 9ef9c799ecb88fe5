"""The list of campaigns; one campaign as a whole or as what changed; its agent's call."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ftassist.server.bodies import read_body
from ftassist.server.handlers.base import FtassistHandler, PageHandler, told
from ftassist.server.makings import Makings
from ftassist.server.open_campaign import OpenCampaign
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
        self.answer(await self.work(lambda: self.campaigns.view(name, since)))


class WhatIfHandler(PageHandler):
    """`GET campaigns/{id}/what-if?slots=1&policy=greedy`."""

    def page(self, opened: OpenCampaign) -> Any:
        """What the campaign's policy, or another one, would do next with so many slots."""
        slots = min(MOST_SLOTS, self.number("slots") or 1)
        policy = self.get_query_argument("policy", "")
        return opened.what_if(slots, policy)


class KnobsHandler(PageHandler):
    """`GET campaigns/{id}/knobs`."""

    def page(self, opened: OpenCampaign) -> Any:
        """The numbers of the scored trials, and what each seems worth."""
        return opened.knobs()


class PlanHandler(PageHandler):
    """`GET campaigns/{id}/plan`."""

    def page(self, opened: OpenCampaign) -> Any:
        """What the campaign is expected to cost from here to its end."""
        return opened.plan()


class ReportHandler(PageHandler):
    """`GET campaigns/{id}/report`."""

    def page(self, opened: OpenCampaign) -> Any:
        """The report as it would be written now."""
        return opened.report()


class ThinkingHandler(PageHandler):
    """`GET campaigns/{id}/thinking`."""

    def page(self, opened: OpenCampaign) -> Any:
        """How far the agent's call has come."""
        return opened.thinking()
