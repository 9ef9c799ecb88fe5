"""A small agent outside: a client of the official `mcp` package that plays a whole campaign.

    python client.py [ROWS ...]

Proposes one training for each number of rows, each grown from the last that got a score.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

CURATE = """from ftassist.recipes import curate

rows = curate.load(repository, {sets!r}, seed=seed)
rows = curate.decontaminate(rows)
rows = curate.sample(rows, {rows}, seed=seed)
curate.export(rows, "data")
"""
TRAIN = """from ftassist.recipes import train

train.sft(model, "data", "model", learning_rate=3e-3, epochs=1, seed=seed)
"""


async def call(session: Any, tool: str, **arguments: Any) -> dict[str, Any]:
    answer = await session.call_tool(tool, arguments)
    if answer.is_error:
        raise RuntimeError(answer.content[0].text)
    found: dict[str, Any] = answer.structured_content
    return found


async def play(rows: list[int]) -> None:
    config = Path(os.environ["FTASSIST_MCP_CONFIG"]).read_text(encoding="utf-8")
    named = json.loads(config)["mcpServers"]["ftassist"]
    async with Client(StdioServerParameters(**named)) as session:
        sets = [found["name"] for found in (await call(session, "list_sets"))["sets"]]
        parent = "t0000"
        for count in rows:
            if (await call(session, "meta"))["budget"]["trials_left"] == 0:
                break
            task = await call(
                session, "submit", parent=parent, train=TRAIN, low=-0.1, high=0.9,
                curate=CURATE.format(sets=sets[:1], rows=count), cause="practice helps",
                hypothesis=f"{count} rows teach more",
            )  # fmt: skip
            found: dict[str, Any] = {"over": False}
            while not found["over"]:
                found = await call(session, "wait", task=task["task"], seconds=30)
            sys.stdout.write(f"{found['task']} {found['status']} {found['feedback']['score']}\n")
            sys.stdout.flush()
            parent = task["task"] if found["status"] == "scored" else parent


if __name__ == "__main__":
    asyncio.run(play([int(word) for word in sys.argv[1:]] or [60]))
