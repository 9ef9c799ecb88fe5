"""One trial: its page, its card, its training curve, its log; and trials side by side."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ftassist.campaign.row_tokens import MOST as MOST_TOKENISED
from ftassist.campaign.training_rows import MOST as MOST_ROWS
from ftassist.server.bodies import BodyError
from ftassist.server.handlers.base import FtassistHandler

LONGEST_LIST = 200
LONGEST_FILTER = 500


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


class UsageHandler(FtassistHandler):
    """`GET campaigns/{id}/trials/{trial}/usage`."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self, name: str, trial: str) -> None:
        """Processor, memory and GPU while it ran."""
        self.answer(await self.work(lambda: self.campaigns.open(name).usage(trial)))


class RowsHandler(FtassistHandler):
    """`GET campaigns/{id}/trials/{trial}/rows?start=&count=&text=&source=`."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self, name: str, trial: str) -> None:
        """Some of the rows that the trial trained on."""
        start, count = self.number("start"), self.number("count") or MOST_ROWS
        words = {key: self.get_query_argument(key, "") for key in ("text", "source")}
        for key, said in words.items():
            if len(said) > LONGEST_FILTER:
                fix = f"give at most {LONGEST_FILTER} characters"
                raise BodyError("the filter is too long", where=key, fix=fix)
        opened = await self.work(self.campaigns.open, name)
        self.answer(await self.work(lambda: opened.rows(trial, start, count, **words)))


class TokensHandler(FtassistHandler):
    """`GET campaigns/{id}/trials/{trial}/rows/tokens?rows=3,4`."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self, name: str, trial: str) -> None:
        """Some of the rows as tokens."""
        raw = [part for part in self.get_query_argument("rows", "").split(",") if part]
        if not 1 <= len(raw) <= MOST_TOKENISED or not all(_is_number(part) for part in raw):
            fix = f"name 1 to {MOST_TOKENISED} rows by their numbers, such as 3,4"
            raise BodyError("these are no rows", where="rows", fix=fix)
        numbers = [int(part) for part in raw]
        opened = await self.work(self.campaigns.open, name)
        self.answer(await self.work(lambda: opened.tokens(trial, numbers)))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


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
