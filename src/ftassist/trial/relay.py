"""The evaluator's door in a sandbox: a socket of the trial's own, led to the evaluator's.

The kernel sees only this one socket, in its private folder, whenever it was started and wherever
the evaluator's lies. Passes bytes on and reads none of them: the evaluator decides by the trial's
token what is answered.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

CONNECTIONS = 4
"""Connections at once; a trial needs one. More wait for their turn."""
_PART = 1 << 16


class EvaluatorRelay:
    """Listens at one path and passes every connection on to another.

    Args:
        path: The socket to make; short enough for a Unix socket.
        target: The evaluator's socket.
    """

    def __init__(self, path: Path, target: str) -> None:
        self.path = path
        self._target = target
        self._server: asyncio.AbstractServer | None = None
        self._turns = asyncio.Semaphore(CONNECTIONS)

    async def start(self) -> None:
        """Opens the door."""
        self._server = await asyncio.start_unix_server(self._serve, str(self.path))
        self.path.chmod(0o600)

    async def stop(self) -> None:
        """Closes it. Safe to call twice, and on a relay that was never started."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with self._turns:
            try:
                inner, outer = await asyncio.open_unix_connection(self._target)
            except OSError:
                writer.close()  # the client says that it cannot be reached
                return
            try:
                await asyncio.gather(_pass(reader, outer), _pass(inner, writer))
            finally:
                outer.close()
                writer.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copies a stream to its end, then tells the other side that it has ended."""
    with suppress(OSError):
        while part := await reader.read(_PART):
            writer.write(part)
            await writer.drain()
    with suppress(OSError, RuntimeError):
        if writer.can_write_eof():
            writer.write_eof()
        else:
            writer.close()
