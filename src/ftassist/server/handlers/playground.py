"""Asking a trial's model by hand, answered as a stream of server-sent events."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator

from jupyter_server.auth.decorator import authorized
from tornado.iostream import StreamClosedError
from tornado.web import authenticated

from ftassist.campaign.playground import WHOM
from ftassist.dojo.playground.question import Question
from ftassist.errors import FtassistError
from ftassist.records.kinds import Json
from ftassist.server.answers import to_json
from ftassist.server.bodies import read_body
from ftassist.server.handlers.base import FtassistHandler, told_error
from ftassist.server.playground import PlaygroundQuestions


class PlaygroundHandler(FtassistHandler):
    """`POST` and `DELETE campaigns/{id}/trials/{trial}/playground`."""

    @property
    def asking(self) -> PlaygroundQuestions:
        """The server's playground."""
        found: PlaygroundQuestions = self.settings["ftassist_asking"]
        return found

    def initialize(self) -> None:
        """Nobody has left yet."""
        self._left = threading.Event()
        self._asks = False

    def on_connection_close(self) -> None:
        """Whoever goes away cancels the question."""
        self._left.set()
        if self._asks:
            self.asking.cancel()
        super().on_connection_close()

    @authenticated
    @authorized
    async def post(self, name: str, trial: str) -> None:
        """Asks, and sends answers as they grow; what is wrong at once is a plain error."""
        body = read_body(self.request.body, "Question")
        whom = body.pop("models", WHOM)
        question = Question(**body)
        opened = await self.work(self.campaigns.open, name)
        told = self.asking.ask(opened, trial, question, whom)
        first = await self.work(next, told)
        self._asks = True
        self.set_header("Content-Type", "text/event-stream")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Accel-Buffering", "no")
        lines: asyncio.Queue[Json | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def put(line: Json | None) -> None:
            loop.call_soon_threadsafe(lines.put_nowait, line)

        reading = loop.run_in_executor(self.executor, self._read, told, put)
        await self._send(first)
        while (line := await lines.get()) is not None:
            await self._send(line)
        await reading

    @authenticated
    @authorized
    async def delete(self, name: str, trial: str) -> None:
        """Ends the process, unless it answers somebody else."""
        await self.work(self.asking.leave)
        self.answer({})

    def _read(self, told: Iterator[Json], put: Callable[[Json | None], None]) -> None:
        """In a thread: hands lines on until the last, or until nobody listens."""
        try:
            for line in told:
                if self._left.is_set():
                    break
                put(_shown(line))
        except FtassistError as error:
            put({"error": told_error(error.to_dict())})
        finally:
            self._asks = False
            told.close()  # type: ignore[attr-defined]
            put(None)

    async def _send(self, line: Json) -> None:
        if self._left.is_set():
            return
        try:
            self.write(b"data: %s\n\n" % to_json(line))
            await self.flush()
        except StreamClosedError:
            self._left.set()


def _shown(line: Json) -> Json:
    """A line whose error is told as all errors of the interface are."""
    return {**line, "error": told_error(line["error"])} if "error" in line else line
