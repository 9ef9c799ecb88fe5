"""One trial: its page, its card, its training curve, its log; and trials side by side."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ftassist.server.bodies import BodyError
from ftassist.server.handlers.base import FtassistHandler

LONGEST_LIST = 200


class TrialHandler(FtassistHandler):
    """`GET campaigns/{id}/trials/{trial}`."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self, name: str, trial: str) -> None:
        """The trial's page."""
        self.answer(await self.work(lambda: self.campaigns.open(name).page(trial)))


class CardHandler(FtassistHandler):
    """`GET campaigns/{id}/trials/{trial}/card`."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self, name: str, trial: str) -> None:
        """The card as it stands now."""
        card = await self.work(lambda: self.campaigns.open(name).card(trial))
        self.answer({**card, "you": self.actor})


class OutputHandler(FtassistHandler):
    """`GET campaigns/{id}/trials/{trial}/output`."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self, name: str, trial: str) -> None:
        """What a notebook keeps of the trial."""
        self.answer(await self.work(lambda: self.campaigns.open(name).output(trial)))


class MetricsHandler(FtassistHandler):
    """`GET campaigns/{id}/trials/{trial}/metrics?after=byte`."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self, name: str, trial: str) -> None:
        """Rows of the training curve."""
        after = self.number("after")
        self.answer(await self.work(lambda: self.campaigns.open(name).metrics(trial, after)))


class LogHandler(FtassistHandler):
    """`GET campaigns/{id}/trials/{trial}/log?after=byte`."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self, name: str, trial: str) -> None:
        """What the cells printed."""
        after = self.number("after")
        self.answer(await self.work(lambda: self.campaigns.open(name).log(trial, after)))


class CompareHandler(FtassistHandler):
    """`GET campaigns/{id}/compare?trials=t0001,t0004`."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self, name: str) -> None:
        """Trials side by side."""
        raw = self.get_query_argument("trials", "")
        trials = [part.strip() for part in raw.split(",") if part.strip()]
        if len(raw) > LONGEST_LIST:
            raise BodyError("too many trials", where="trials", fix="name two to six")
        self.answer(await self.work(lambda: self.campaigns.open(name).compare(trials)))
