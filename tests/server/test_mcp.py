"""Agents outside over streamable HTTP, driven by the official client library."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.campaign import Campaign
from ftassist.records.tried import Tried

from ..mcp.conftest import CURATE, TRAIN
from .conftest import Fetch, refused

mcp_client = pytest.importorskip("mcp.client", reason="the extra `mcp` is not installed")
PROPOSAL = {
    "curate": CURATE, "train": TRAIN, "hypothesis": "worked answers of the shop help",
    "cause": "bare answers teach guessing", "low": 0.05, "high": 0.9,
}  # fmt: skip


@pytest.fixture
def connect(
    jp_fetch: Fetch,
    jp_http_port: int,
    jp_base_url: str,
    jp_serverapp: Any,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    """A client of the campaign's door, with or without the server's token."""
    monkeypatch.setattr(Campaign, "start_runner", lambda self: 0)  # nothing is to be run
    monkeypatch.setattr("ftassist.trial.dry_run.dry_run", lambda *_, **__: Tried(True, 1.0))
    from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

    url = f"http://127.0.0.1:{jp_http_port}{jp_base_url}ftassist/campaigns/{name}/mcp"

    def client(token: str = jp_serverapp.identity_provider.token) -> Any:
        http = create_mcp_http_client(headers={"Authorization": f"token {token}"})
        info = mcp_client.client.types.Implementation(name="careful-agent", version="1")
        transport = streamable_http_client(url, http_client=http)
        return mcp_client.Client(transport, client_info=info)

    return client


async def test_an_agent_reads_the_campaign_and_proposes_under_its_name(
    connect: Any, served: Any
) -> None:
    async with connect() as session:
        names = {tool.name for tool in (await session.list_tools()).tools}
        assert {"meta", "submit", "wait"} <= names
        meta = (await session.call_tool("meta", {})).structured_content
        assert meta["task"]["key"] == "mini_math"
        made = (await session.call_tool("submit", PROPOSAL)).structured_content
    campaign = Campaign.open(served)
    trial = campaign.state.trials[made["task"]]
    assert trial.status == "proposed"
    made_by = [e.actor for e in campaign.journal.read() if e.trial == trial.id]
    assert made_by == ["agent:mcp:careful-agent"]


async def test_progress_is_told_while_an_agent_waits(connect: Any, served: Any) -> None:
    told: list[str] = []

    async def progress(done: float, total: float | None, message: str | None) -> None:
        told.append(message or "")

    async with connect() as session:
        made = (await session.call_tool("submit", PROPOSAL)).structured_content
        await session.call_tool(
            "wait", {"task": made["task"], "seconds": 1.0}, progress_callback=progress
        )
    assert told and "decision" in told[0]


async def test_without_the_servers_token_nobody_gets_through(connect: Any, served: Any) -> None:
    with pytest.raises(BaseExceptionGroup) as caught:
        async with connect("wrong") as session:
            await session.list_tools()
    assert "Server returned an error response" in repr(caught.value)


async def test_a_campaign_that_is_not_there_is_not_found(jp_fetch: Fetch, served: Any) -> None:
    asked = jp_fetch("ftassist", "campaigns", "bm9uZQ", "mcp", method="POST", body="{}")
    await refused(asked, 404)


async def test_a_document_of_another_protocol_is_refused(
    jp_fetch: Fetch, served: Any, name: str
) -> None:
    with pytest.raises(Exception, match=r"4\d\d"):
        await jp_fetch("ftassist", "campaigns", name, "mcp", method="POST", body='{"a": 1}')
