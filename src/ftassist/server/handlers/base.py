"""What all handlers share: who may, work off the event loop, and errors as JSON."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from http.client import responses
from typing import Any, TypeVar

from jupyter_server.auth.decorator import authorized
from jupyter_server.auth.identity import IdentityProvider, PasswordIdentityProvider
from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError, authenticated

from ftassist.campaign.campaign import person
from ftassist.errors import (
    FtassistError,
    JournalError,
    LockedError,
    StaleDecisionError,
    UnknownNameError,
)
from ftassist.records.kinds import Json
from ftassist.server.answers import to_json
from ftassist.server.bodies import BodyError, TooLongError
from ftassist.server.campaigns import Campaigns
from ftassist.server.children import ById, Child
from ftassist.server.open_campaign import OpenCampaign
from ftassist.server.paths import NotHereError

T = TypeVar("T")
RESOURCE = "ftassist"
_STATUS: tuple[tuple[type[FtassistError], int], ...] = (
    (StaleDecisionError, 409),
    (LockedError, 409),
    (NotHereError, 404),
    (UnknownNameError, 404),
    (TooLongError, 413),
    (JournalError, 503),
    (FtassistError, 400),
)
_WORD = re.compile(r"(?<!^)(?=[A-Z])")


class FtassistHandler(APIHandler):
    """The base of the extension's handlers; each verb of them is authenticated and authorised."""

    auth_resource = RESOURCE

    @property
    def campaigns(self) -> Campaigns:
        """The server's campaigns."""
        found: Campaigns = self.settings["ftassist_campaigns"]
        return found

    @property
    def executor(self) -> Executor:
        """The threads that do what may block."""
        found: Executor = self.settings["ftassist_executor"]
        return found

    @property
    def actor(self) -> str:
        """The person a decision is credited to.

        A server for one person names its users at random: there it is the account it runs as.
        """
        if type(self.identity_provider) in (IdentityProvider, PasswordIdentityProvider):
            return person()
        return f"person:{self.current_user.username}"

    async def prepare(self) -> None:  # type: ignore[override]
        """Wakes the watcher with the first request."""
        await super().prepare()
        self.settings["ftassist_watcher"].start()

    async def work(self, function: Callable[..., T], *arguments: Any) -> T:
        """Does something in a thread, off the event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.executor, lambda: function(*arguments))

    def number(self, name: str) -> int:
        """A whole number of the query, 0 where there is none.

        Raises:
            BodyError: It is not a whole number from 0 on.
        """
        raw = self.get_query_argument(name, "0")
        if not raw.isascii() or not raw.isdigit() or len(raw) > 15:
            raise BodyError(
                f"{raw[:80]!r} is no whole number", where=name, fix="give a number from 0 on"
            )
        return int(raw)

    def answer(self, document: Any, status: int = 200) -> None:
        """Sends a document, or JSON that is ready to be sent."""
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.finish(document if isinstance(document, bytes) else to_json(document))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Sends an error as `{message, where, what_to_do, code}`, never with a trace."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        self.finish(to_json(error_document(status_code, error)))

    def _handle_request_exception(self, error: BaseException) -> None:
        """Gives an error that a person can mend its status; anything else is a bug (500)."""
        if isinstance(error, FtassistError) and not self._finished:
            status = next(number for kind, number in _STATUS if isinstance(error, kind))
            self.send_error(status, exc_info=(type(error), error, error.__traceback__))
            return
        super()._handle_request_exception(error)


class PageHandler(FtassistHandler):
    """`GET` of a page of a campaign, or of one of its trials."""

    _track_activity = False

    @property
    def trial(self) -> str:
        """The trial that the address names."""
        return str(self.path_kwargs["trial"])

    @authenticated
    @authorized
    async def get(self, name: str, trial: str = "") -> None:
        """The page as it stands now."""
        del trial
        self.answer(await self.work(lambda: self.page(self.campaigns.open(name))))

    def page(self, opened: OpenCampaign) -> Any:
        """What is answered; asked for in a thread."""
        raise NotImplementedError


class KeptHandler(FtassistHandler):
    """`GET` and `DELETE` of what the server keeps a process for, by its number."""

    _track_activity = False

    @property
    def kept(self) -> ById[Any]:
        """All of its kind."""
        raise NotImplementedError

    @authenticated
    @authorized
    async def get(self, **address: str) -> None:
        """How far it has come."""
        (number,) = address.values()
        self.answer(told(self.kept.get(number)))

    @authenticated
    @authorized
    async def delete(self, **address: str) -> None:
        """Ends it."""
        (number,) = address.values()
        self.answer(told(await self.work(self.kept.cancel, number)))


def error_code(name: str) -> str:
    """The code of an error by the name of its class."""
    return _WORD.sub("_", name.removesuffix("Error")).lower()


def told_error(error: Mapping[str, str]) -> dict[str, str]:
    """An error of another process, told as all errors of the interface are."""
    said = {"message": error["what"], "where": error["where"], "what_to_do": error["fix"]}
    return {**said, "code": error_code(error["error"])}


def told(child: Child | None) -> Json | None:
    """What a process makes, with its error told as all errors of the interface are."""
    if child is None:
        return None
    document = child.document()
    error = document["error"]
    return {**document, "error": told_error(error) if error else None}


def error_document(status: int, error: object) -> dict[str, str]:
    """An error as the interface tells it."""
    if isinstance(error, FtassistError):
        known = {"message": error.what, "where": error.where, "what_to_do": error.fix}
        return {**known, "code": error_code(type(error).__name__)}
    message = responses.get(status, "error")
    if isinstance(error, HTTPError) and error.log_message:
        message = error.log_message
    fix = {
        401: "log in again",
        403: "log in again, or ask who runs this server for the right",
        404: "check the address",
        500: "this is a fault of ftassist; the server's log has the details",
    }.get(status, "")
    code = _WORD.sub("_", responses.get(status, "error").replace(" ", "")).lower()
    return {"message": message, "where": "", "what_to_do": fix, "code": code}
