"""A campaign's door for agents outside: streamable HTTP behind the server's authentication."""

from __future__ import annotations

import asyncio
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.iostream import StreamClosedError
from tornado.web import authenticated

from ftassist.mcp.package import check_mcp
from ftassist.mcp.sessions import Sessions
from ftassist.records.kinds import Json
from ftassist.server.handlers.base import FtassistHandler

_OURS = frozenset({"authorization", "cookie", "x-xsrftoken"})
"""Headers that are for Jupyter Server alone."""


class McpHandler(FtassistHandler):
    """`GET`, `POST`, `DELETE campaigns/{id}/mcp`: hands requests on to the protocol's server."""

    def initialize(self) -> None:
        """Nobody has left yet."""
        self._left = asyncio.Event()
        self._body: bytes | None = self.request.body

    def on_connection_close(self) -> None:
        """Whoever goes away is not waited for."""
        self._left.set()
        super().on_connection_close()

    @authenticated
    @authorized
    async def get(self, name: str) -> None:
        """Listens to what the server tells on its own."""
        await self._serve(name)

    @authenticated
    @authorized
    async def post(self, name: str) -> None:
        """A message of the agent; the answer is a stream of events."""
        await self._serve(name)

    @authenticated
    @authorized
    async def delete(self, name: str) -> None:
        """Ends a session."""
        await self._serve(name)

    async def _serve(self, name: str) -> None:
        opened = await self.work(self.campaigns.open, name)
        sessions: Sessions = self.settings["ftassist_mcp"]
        check_mcp()
        application = await sessions.of(opened.folder)
        await application(self._scope(), self._receive, self._send)

    def _scope(self) -> Json:
        """The request as ASGI has it, without what is secret."""
        asked = self.request
        headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in asked.headers.get_all()
            if name.lower() not in _OURS
        ]
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": asked.method,
            "scheme": asked.protocol,
            "path": asked.path,
            "raw_path": asked.path.encode("latin-1"),
            "root_path": "",
            "query_string": b"",
            "headers": headers,
            "client": (asked.remote_ip, 0),
            "server": None,
        }

    async def _receive(self) -> Json:
        """The body, once; then that the agent has gone, as soon as it has."""
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.set_status(message["status"])
            self.clear_header("Content-Type")
            for name, value in message["headers"]:
                self.set_header(name.decode("latin-1"), value.decode("latin-1"))
        if self._left.is_set():
            return
        try:
            if message.get("body"):
                self.write(message["body"])
            if message["type"] == "http.response.start" or message.get("more_body"):
                await self.flush()
            else:
                self.finish()
        except StreamClosedError:
            self._left.set()
