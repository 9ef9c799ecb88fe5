"""The agent's call while it is made: anyone can watch it, and end it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.agent.messages_server import MessagesServer, Reply
from tests.agent.stand_in import CARD, standing_in
from tests.campaign.conftest import Played

from ftassist.agent import key
from ftassist.campaign import Campaign, commands
from ftassist.campaign.agent_link import PROGRESS
from ftassist.campaign.proposing import profile_repository, propose
from ftassist.files import write_json
from ftassist.server.paths import campaign_id

from .conftest import Fetch, body, valid
from .test_samples import post


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[MessagesServer]:
    with standing_in(monkeypatch) as (server, _):
        yield server
    key.forget()


@pytest.fixture
def asked(model: MessagesServer, jp_root_dir: Path) -> Campaign:
    """A campaign with a scored base whose agent is a model, and a wish for a proposal."""
    folder = jp_root_dir / "campaigns" / "c"
    campaign = Campaign.create(folder, task="mini_math", backend="anthropic", review="always")
    Played(campaign, lambda _: 0.2).run()
    profile_repository(campaign)
    commands.ask_proposal(campaign)
    return campaign


def name_of(campaign: Campaign, root: Path) -> str:
    return campaign_id(root.resolve(), campaign.folder.resolve())


async def look(fetch: Fetch, name: str) -> dict[str, Any] | None:
    found = valid(body(await fetch("ftassist", "campaigns", name, "thinking")), "Thinking")
    thinking: dict[str, Any] | None = found["thinking"]
    return thinking


async def view(fetch: Fetch, name: str) -> dict[str, Any]:
    found: dict[str, Any] = valid(body(await fetch("ftassist", "campaigns", name)), "View")
    return dict(found["campaign"])


async def test_a_call_is_watched_while_it_is_streamed_and_ended_by_anyone(
    jp_fetch: Fetch, model: MessagesServer, asked: Campaign, jp_root_dir: Path
) -> None:
    model.say(Reply(thinking="hm <b>so</b> " * 200, pause=0.5, tool=CARD))
    name = name_of(asked, jp_root_dir)
    call = asyncio.create_task(asyncio.to_thread(propose, Campaign.open(asked.folder)))
    seen: list[dict[str, Any]] = []
    while not call.done() and not any(step["phase"] == "thinking" for step in seen):
        seen += [step for step in [await look(jp_fetch, name)] if step]
        await asyncio.sleep(0.05)
    assert seen[-1]["purpose"] == "survey"
    assert seen[-1]["tokens"] > 0
    assert seen[-1]["cost"] > 0
    assert "<b>so</b>" in seen[-1]["tail"]
    assert not seen[-1]["cancelling"]

    assert (await post(jp_fetch, name, "actions", {"action": "cancel"})).code == 200
    assert (await view(jp_fetch, name))["asked"]["cancelling"]
    await asyncio.wait_for(call, 60)

    after = await view(jp_fetch, name)
    assert (after["asked"], after["asked_made"]) == (None, None)
    assert after["asked_failure"] == "cancelled"
    assert await look(jp_fetch, name) is None


async def test_the_proposal_that_answers_a_wish_is_named(
    jp_fetch: Fetch, asked: Campaign, jp_root_dir: Path
) -> None:
    name = name_of(asked, jp_root_dir)
    assert (await view(jp_fetch, name))["asked"] is not None
    await asyncio.to_thread(propose, Campaign.open(asked.folder))
    after = await view(jp_fetch, name)
    assert (after["asked"], after["asked_made"]) == (None, "t0001")
    commands.ask_proposal(asked)
    assert (await view(jp_fetch, name))["asked_made"] is None


async def test_a_wish_cancelled_before_the_agent_was_asked_costs_no_call(
    jp_fetch: Fetch, model: MessagesServer, asked: Campaign, jp_root_dir: Path
) -> None:
    name = name_of(asked, jp_root_dir)
    await post(jp_fetch, name, "actions", {"action": "cancel"})
    await asyncio.to_thread(propose, Campaign.open(asked.folder))
    after = await view(jp_fetch, name)
    assert (after["asked"], after["asked_failure"]) == (None, "cancelled")
    assert model.requests == []


@pytest.mark.parametrize(
    "left",
    [
        {"phase": "thinking", "time": 1.0, "seq": 1},
        {"phase": "thinking", "time": "soon", "tokens": [], "seconds": {}},
        ["no", "object"],
        "x" * 100_000,
    ],
    ids=["of a killed runner", "no numbers", "no object", "too long"],
)
async def test_what_was_left_behind_is_no_call(
    jp_fetch: Fetch, name: str, served: Path, left: Any
) -> None:
    assert await look(jp_fetch, name) is None
    (served / PROGRESS).parent.mkdir()
    write_json(served / PROGRESS, left)
    assert await look(jp_fetch, name) is None


async def test_a_link_in_its_place_is_not_followed(
    jp_fetch: Fetch, name: str, served: Path, tmp_path: Path
) -> None:
    fresh = {"phase": "thinking", "time": time.time(), "tail": "elsewhere"}
    (tmp_path / "elsewhere.json").write_text(json.dumps(fresh))
    (served / PROGRESS).parent.mkdir()
    (served / PROGRESS).symlink_to(tmp_path / "elsewhere.json")
    assert await look(jp_fetch, name) is None


async def test_what_running_trials_do_is_told_while_a_runner_is_there(
    jp_fetch: Fetch, name: str, served: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def doing() -> dict[str, Any]:
        found: dict[str, Any] = body(await jp_fetch("ftassist", "campaigns", name, "thinking"))
        return valid(found, "Thinking")  # type: ignore[no-any-return]

    assert await doing() == {
        "schema": "ftassist/thinking/1", "thinking": None, "runner_alive": False, "running": [],
    }  # fmt: skip
    monkeypatch.setattr(Campaign, "runner_alive", lambda self: True)
    (running,) = (await doing())["running"]
    assert running["trial"] == "t0011"
    assert (running["progress"]["step"], running["progress"]["steps"]) == (41, 64)
