"""Servers of campaigns over streamable HTTP, begun when they are first asked for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from ftassist.campaign import Campaign

pytest.importorskip("mcp", reason="the extra `mcp` is not installed")

from ftassist.mcp.sessions import Sessions


class Breaks:
    """A server whose sessions break once they are told to."""

    def __init__(self) -> None:
        self.session_manager = self
        self.asgi_app = object()
        self.told = asyncio.Event()

    def streamable_http_app(self, **_: Any) -> None:
        """Sets nothing up."""

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        async def later() -> None:
            await self.told.wait()
            raise RuntimeError("broken")

        async with anyio.create_task_group() as group:
            group.start_soon(later)
            yield
            group.cancel_scope.cancel()


def test_a_server_that_breaks_is_told_of_and_begun_anew(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begun: list[Breaks] = []

    def server(_: Any) -> Breaks:
        begun.append(Breaks())
        return begun[-1]

    monkeypatch.setattr("ftassist.mcp.serving.server", server)

    async def ask_twice() -> None:
        sessions = Sessions()
        assert await sessions.of(campaign.folder) is begun[0].asgi_app
        begun[0].told.set()
        for _ in range(100):
            await asyncio.sleep(0.01)
        assert await sessions.of(campaign.folder) is begun[1].asgi_app
        await sessions.close()

    with caplog.at_level(logging.ERROR, logger="ftassist.server"):
        asyncio.run(asyncio.wait_for(ask_twice(), 30))
    assert "broken" in caplog.text
