"""One trial: its page, its card, its training curve, its log; and trials side by side."""

from __future__ import annotations

from typing import Any

from ftassist.campaign.row_tokens import MOST as MOST_TOKENISED
from ftassist.campaign.training_rows import MOST as MOST_ROWS
from ftassist.server.bodies import BodyError
from ftassist.server.handlers.base import PageHandler
from ftassist.server.open_campaign import OpenCampaign

LONGEST_LIST = 200
LONGEST_FILTER = 500


class TrialHandler(PageHandler):
    """`GET campaigns/{id}/trials/{trial}`."""

    def page(self, opened: OpenCampaign) -> Any:
        """The trial's page."""
        return opened.page(self.trial)


class CardHandler(PageHandler):
    """`GET campaigns/{id}/trials/{trial}/card`."""

    def page(self, opened: OpenCampaign) -> Any:
        """The card as it stands now."""
        return {**opened.card(self.trial), "you": self.actor}


class OutputHandler(PageHandler):
    """`GET campaigns/{id}/trials/{trial}/output`."""

    def page(self, opened: OpenCampaign) -> Any:
        """What a notebook keeps of the trial."""
        return opened.output(self.trial)


class MetricsHandler(PageHandler):
    """`GET campaigns/{id}/trials/{trial}/metrics?after=byte`."""

    def page(self, opened: OpenCampaign) -> Any:
        """Rows of the training curve."""
        after = self.number("after")
        return opened.metrics(self.trial, after)


class UsageHandler(PageHandler):
    """`GET campaigns/{id}/trials/{trial}/usage`."""

    def page(self, opened: OpenCampaign) -> Any:
        """Processor, memory and GPU while it ran."""
        return opened.usage(self.trial)


class RowsHandler(PageHandler):
    """`GET campaigns/{id}/trials/{trial}/rows?start=&count=&text=&source=`."""

    def page(self, opened: OpenCampaign) -> Any:
        """Some of the rows that the trial trained on."""
        start, count = self.number("start"), self.number("count") or MOST_ROWS
        words = {key: self.get_query_argument(key, "") for key in ("text", "source")}
        for key, said in words.items():
            if len(said) > LONGEST_FILTER:
                fix = f"give at most {LONGEST_FILTER} characters"
                raise BodyError("the filter is too long", where=key, fix=fix)
        return opened.rows(self.trial, start, count, **words)


class TokensHandler(PageHandler):
    """`GET campaigns/{id}/trials/{trial}/rows/tokens?rows=3,4`."""

    def page(self, opened: OpenCampaign) -> Any:
        """Some of the rows as tokens."""
        raw = [part for part in self.get_query_argument("rows", "").split(",") if part]
        if not 1 <= len(raw) <= MOST_TOKENISED or not all(_is_number(part) for part in raw):
            fix = f"name 1 to {MOST_TOKENISED} rows by their numbers, such as 3,4"
            raise BodyError("these are no rows", where="rows", fix=fix)
        numbers = [int(part) for part in raw]
        return opened.tokens(self.trial, numbers)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


class LogHandler(PageHandler):
    """`GET campaigns/{id}/trials/{trial}/log?after=byte`."""

    def page(self, opened: OpenCampaign) -> Any:
        """What the cells printed."""
        after = self.number("after")
        return opened.log(self.trial, after)


class CompareHandler(PageHandler):
    """`GET campaigns/{id}/compare?trials=t0001,t0004`."""

    def page(self, opened: OpenCampaign) -> Any:
        """Trials side by side."""
        raw = self.get_query_argument("trials", "")
        trials = [part.strip() for part in raw.split(",") if part.strip()]
        if len(raw) > LONGEST_LIST:
            raise BodyError("too many trials", where="trials", fix="name two to six")
        return opened.compare(trials)
