"""The process on a node that has a trial's model answer, as its host starts and asks it.

It is outside the trial's walls, in a folder that the trial does not see, and what passes through
here is sealed: the host can read neither questions nor answers (see `dojo.evaluator.answering`).
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ftassist.dojo.evaluator.process import scrubbed, tail
from ftassist.dojo.evaluator.protocol import MAX_CONTROL_BYTES, RefusedError, encode, read_message
from ftassist.isolation.ending import end_group

MODULE = "ftassist.dojo.evaluator.answering"


class NodeEvaluator:
    """The evaluator of one attempt on its node; started at its first use.

    Args:
        folder: The attempt's folder, where its log goes.
        environment: Variables for it beside those of this process that are no secrets.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._log = folder / "answering.log"
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self._public = ""
        self._turn = asyncio.Lock()

    async def public(self) -> str:
        """The public half of its key.

        Raises:
            RefusedError: ENV: it does not start.
        """
        async with self._turn:
            if self._process is None or self._process.returncode is not None:
                with self._log.open("ab") as log:
                    self._process = await asyncio.create_subprocess_exec(
                        *(sys.executable, "-P", "-m", MODULE),
                        stdin=asyncio.subprocess.PIPE,
                        stdout=asyncio.subprocess.PIPE,
                        stderr=log,
                        cwd="/",
                        env=scrubbed(os.environ) | dict(self._environment),
                        start_new_session=True,
                        limit=MAX_CONTROL_BYTES,
                    )
                self._public = str((await self._read())["public"])
            return self._public

    async def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Its answer to a request (see `answering.answered`).

        Raises:
            RefusedError: ENV: it ended before it answered.
        """
        async with self._turn:
            if self._process is None or self._process.stdin is None:
                raise self._ended(None)
            with suppress(OSError):
                self._process.stdin.write(encode(dict(request)))
                await self._process.stdin.drain()
            return await self._read()

    def end(self) -> None:
        """Ends it, whatever it does."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            end_group(process.pid)

    async def _read(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        try:
            line = await self._process.stdout.readline()
        except ValueError as error:  # longer than the limit
            raise self._ended(None) from error
        if not line:
            raise self._ended(await self._process.wait())
        message = read_message(_Line(line), MAX_CONTROL_BYTES)
        assert message is not None
        return message

    def _ended(self, code: int | None) -> RefusedError:
        how = "ended" if code is None else f"ended with status {code}"
        return RefusedError(
            f"the evaluator on the node {how} before it answered\n{tail(self._log)}".rstrip(),
            kind="ENV",
            fix="with --evaluate head models answer on the head",
        )


class _Line:
    """A line that was read already, as the protocol reads one."""

    def __init__(self, line: bytes) -> None:
        self._line = line

    def readline(self, size: int = -1, /) -> bytes:
        """The line."""
        return self._line[:size]
