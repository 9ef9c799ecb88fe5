"""Every tab hears of a change by any process, and all of them see the same."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from ftassist.campaign import Campaign
from ftassist.journal import Kind
from ftassist.server.watcher import SCHEMA_ID

from .conftest import Fetch, body
from .test_samples import post

WRITE = """
import sys
from pathlib import Path
from ftassist.campaign import Campaign, commands
commands.pause(Campaign.open(Path(sys.argv[1])), "another process")
"""


HOLD = """
import sys, time
from pathlib import Path
from ftassist.campaign.lock import RunnerLock
with RunnerLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(120)
"""


async def watched(app: Any, name: str) -> None:
    """Waits for the watcher's first look, which tells nothing."""
    watcher = app.web_app.settings["ftassist_watcher"]
    async with asyncio.timeout(20):
        while name not in watcher._seqs:
            await asyncio.sleep(0.01)


async def told(socket: Any) -> dict[str, Any]:
    """The next hint on the event bus, whole; other events are passed over."""
    while True:
        event: dict[str, Any] = json.loads(await asyncio.wait_for(socket.read_message(), 20))
        if event["schema_id"] == SCHEMA_ID:
            return event


async def hint(socket: Any) -> dict[str, Any]:
    """The next hint: which campaign, and where it stands."""
    event = await told(socket)
    return {"id": event["id"], "seq": event["seq"]}


async def test_a_change_by_another_process_is_told_on_the_event_bus(
    jp_fetch: Fetch, jp_ws_fetch: Any, jp_serverapp: Any, name: str, campaign: Campaign
) -> None:
    seq = body(await jp_fetch("ftassist", "campaigns", name))["seq"]
    first = await jp_ws_fetch("api", "events", "subscribe")
    second = await jp_ws_fetch("api", "events", "subscribe")
    await watched(jp_serverapp, name)
    await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", WRITE, str(campaign.folder)], check=True
    )
    assert await hint(first) == {"id": name, "seq": seq + 1}
    assert await hint(second) == {"id": name, "seq": seq + 1}
    first.close()
    second.close()


async def test_a_runner_that_comes_and_one_that_is_killed_are_told_of(
    jp_fetch: Fetch, jp_ws_fetch: Any, jp_serverapp: Any, name: str, campaign: Campaign
) -> None:
    view = body(await jp_fetch("ftassist", "campaigns", name))
    assert view["campaign"]["stalled"]["kind"] == "gone"
    socket = await jp_ws_fetch("api", "events", "subscribe")
    await watched(jp_serverapp, name)
    holding = await asyncio.to_thread(held_by_another, campaign.folder)
    assert (await told(socket))["runner_alive"] is True
    view = body(await jp_fetch("ftassist", "campaigns", name))
    assert view["campaign"]["stalled"] is None
    killed_at = time.monotonic()
    holding.kill()
    holding.wait()
    assert (await told(socket))["runner_alive"] is False
    assert time.monotonic() - killed_at < 15
    view = body(await jp_fetch("ftassist", "campaigns", name, params={"since": view["seq"]}))
    assert view["campaign"]["runner_alive"] is False
    assert view["campaign"]["stalled"]["kind"] == "gone"
    card = body(await jp_fetch("ftassist", "campaigns", name, "trials", "t0011", "card"))
    assert card["live"]["stalled"]["kind"] == "gone"
    socket.close()


def held_by_another(folder: Path) -> subprocess.Popen[bytes]:
    """A process that holds a campaign's lock, as its runner does."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


async def test_a_new_campaign_is_told_of(
    jp_fetch: Fetch, jp_ws_fetch: Any, jp_serverapp: Any, name: str, jp_root_dir: Path
) -> None:
    await jp_fetch("ftassist", "campaigns")
    socket = await jp_ws_fetch("api", "events", "subscribe")
    await watched(jp_serverapp, name)
    Campaign.create(jp_root_dir / "campaigns" / "new-1", task="mini_math")
    told = await hint(socket)
    assert told["id"] != name
    assert told["seq"] == 1
    socket.close()


async def test_each_of_many_changes_is_seen_in_the_end(
    jp_fetch: Fetch, jp_ws_fetch: Any, jp_serverapp: Any, name: str, campaign: Campaign
) -> None:
    await jp_fetch("ftassist", "campaigns")
    socket = await jp_ws_fetch("api", "events", "subscribe")
    await watched(jp_serverapp, name)
    for number in range(20):
        campaign.say(Kind.NOTE, {"text": str(number)})
        await asyncio.sleep(0.01)
    last = campaign.journal.last_seq()
    while (await hint(socket))["seq"] != last:
        pass
    socket.close()


async def test_two_clients_see_the_same_and_so_does_a_restarted_server(
    jp_fetch: Fetch, jp_serverapp: Any, name: str, campaign: Campaign
) -> None:
    seen = body(await jp_fetch("ftassist", "campaigns", name))["seq"]
    veto = {"decision": "veto", "trial": "t0012", "seen": seen, "reason": "seen by all"}
    await post(jp_fetch, name, "decisions", veto)
    addresses = [[name], [name, "trials", "t0012", "card"], [name, "trials", "t0012"]]
    one = [body(await jp_fetch("ftassist", "campaigns", *a)) for a in addresses]
    two = [body(await jp_fetch("ftassist", "campaigns", *a)) for a in addresses]
    jp_serverapp.web_app.settings["ftassist_campaigns"].close()
    restarted = [body(await jp_fetch("ftassist", "campaigns", *a)) for a in addresses]
    assert one == two == restarted
    assert one[1]["live"]["decided"]["reason"] == "seen by all"
    assert campaign.trial("t0012").decision.reason == "seen by all"


async def test_many_clients_at_once_all_get_the_whole(jp_fetch: Fetch, name: str) -> None:
    answers = await asyncio.gather(*(jp_fetch("ftassist", "campaigns", name) for _ in range(20)))
    assert len({answer.body for answer in answers}) == 1
