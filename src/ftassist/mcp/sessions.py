"""Doors over streamable HTTP: for each campaign one server, whose sessions agents open and leave.

Who may ask is decided by whoever passes requests on; nothing here listens on a port.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from ftassist.campaign.campaign import Campaign
from ftassist.mcp.door import Door

MOST_SESSIONS = 20
"""Agents that may be connected with a campaign at once."""
IDLE_SECONDS = 30 * 60.0
LARGEST = 1_000_000
"""Bytes of a request."""
log = logging.getLogger("ftassist.server")


class Sessions:
    """The servers of campaigns, each begun when it is first asked for."""

    def __init__(self) -> None:
        self._open: dict[Path, asyncio.Future[Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._end = asyncio.Event()

    async def of(self, folder: Path) -> Any:
        """The ASGI application of a campaign's door.

        Raises:
            ModuleNotFoundError: The extra `mcp` is not installed.
            JournalError: The folder holds no campaign.
        """
        from ftassist.mcp.serving import server

        if folder not in self._open:
            started = asyncio.get_running_loop().create_future()
            task = asyncio.create_task(self._keep(server, folder, started))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            self._open[folder] = started
        try:
            return await asyncio.shield(self._open[folder])
        except Exception:
            self._open.pop(folder, None)
            raise

    async def close(self) -> None:
        """Ends all sessions."""
        self._end.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep(self, server: Any, folder: Path, started: asyncio.Future[Any]) -> None:
        """Serves a campaign until all is closed, begun and ended in one task as anyio wants it."""
        from mcp.server.transport_security import TransportSecuritySettings

        try:
            campaign = await asyncio.to_thread(Campaign.open, folder)
            made = server(Door(campaign))
            made.streamable_http_app(
                session_idle_timeout=IDLE_SECONDS,
                max_request_body_size=LARGEST,
                max_sessions=MOST_SESSIONS,
                # Jupyter Server has looked at host, origin and token before.
                transport_security=TransportSecuritySettings(
                    enable_dns_rebinding_protection=False
                ),
            )
            async with made.session_manager.run():
                started.set_result(made.session_manager.asgi_app)
                await self._end.wait()
        except Exception as error:
            if not started.done():  # raised again in whoever asked
                started.set_exception(error)
                return
            log.exception("the MCP server of %s ended; the next request begins it anew", folder)
            self._open.pop(folder, None)
