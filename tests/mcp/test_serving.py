"""The door driven by the official client library: in memory, and a whole campaign over stdio."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest

from ftassist.campaign import Budget, Campaign, commands
from ftassist.campaign.creating import CampaignWish, create
from ftassist.mcp.door import Door

from .conftest import CURATE, TRAIN

mcp_client = pytest.importorskip("mcp.client", reason="the extra `mcp` is not installed")
T = TypeVar("T")
PROPOSAL = {
    "curate": CURATE, "train": TRAIN, "hypothesis": "worked answers help",
    "cause": "bare answers teach guessing", "low": 0.05, "high": 0.9,
}  # fmt: skip


def run(act: Coroutine[Any, Any, T], seconds: float = 60.0) -> T:
    return asyncio.run(asyncio.wait_for(act, seconds))


def client(door: Door) -> Any:
    """A client connected with the door's server in this process."""
    from ftassist.mcp.serving import server

    return mcp_client.Client(server(door))


async def call(session: Any, tool: str, **arguments: Any) -> dict[str, Any]:
    """The structured answer of a tool."""
    answer = await session.call_tool(tool, arguments)
    assert not answer.is_error, answer.content
    found: dict[str, Any] = answer.structured_content
    return found


def test_the_tools_are_the_environments_three_interfaces(door: Door) -> None:
    async def act() -> None:
        async with client(door) as session:
            names = {tool.name for tool in (await session.list_tools()).tools}
            assert names == {
                "meta", "list_sets", "profile_set", "sample_rows", "submit", "trial", "wait",
                "look", "run_program", "ask_agent",
            }  # fmt: skip
            assert (await call(session, "meta"))["budget"]["trials_left"] == 4
            sets = (await call(session, "list_sets"))["sets"]
            profile = await call(session, "profile_set", name=sets[0]["name"])
            assert profile["rows"] > 0
            rows = (await call(session, "sample_rows", name=sets[0]["name"], count=2))["rows"]
            assert len(rows) == 2

    run(act())


def test_a_submission_comes_back_at_once_with_a_task_id_and_is_waited_for(
    door: Door, campaign: Campaign
) -> None:
    async def act() -> list[str]:
        told: list[str] = []

        async def progress(done: float, total: float | None, message: str | None) -> None:
            told.append(message or "")

        async with client(door) as session:
            submitted = await call(session, "submit", **PROPOSAL)
            assert submitted["status"] == "proposed"
            task = submitted["task"]
            answer = await session.call_tool(
                "wait", {"task": task, "seconds": 1.2}, progress_callback=progress
            )
            assert answer.structured_content["status"] == "proposed"
            commands.accept(campaign, task)
            campaign.start_runner()
            found = await call(session, "wait", task=task)
            assert found["over"] and found["verdict"]["kind"] == "better"
        return told

    assert run(act()) == ["a decision (review: always)"]


def test_a_submission_that_takes_long_comes_back_under_a_name_of_its_own(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    submit = Door.submit

    def slowly(self: Door, *given: Any, **more: Any) -> dict[str, Any]:
        assert go_on.wait(30)
        return submit(self, *given, **more)

    monkeypatch.setattr(Door, "submit", slowly)
    monkeypatch.setattr("ftassist.mcp.serving.PATIENT_SECONDS", 0.0)

    async def act() -> None:
        async with client(door) as session:
            advised = {**PROPOSAL, "curate": f"import zlib\n{CURATE}"}
            good = (await call(session, "submit", **advised))["task"]
            bad = (await call(session, "submit", **{**PROPOSAL, "train": "sft(("}))["task"]
            found = await call(session, "trial", task=good)
            assert (found["status"], found["over"]) == ("trying", False)
            go_on.set()
            while found["status"] == "trying":
                found = await call(session, "wait", task=good, seconds=0.1)
            assert (found["task"], found["status"]) == ("t0001", "proposed")
            assert found["advice"], "what `submit` itself would have told"
            refused = await session.call_tool("trial", {"task": bad})
            while not refused.is_error:
                refused = await session.call_tool("trial", {"task": bad})
            assert "train" in refused.content[0].text

    run(act())


def test_a_submission_that_settles_while_it_is_asked_after_is_still_tried_in_that_answer(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ftassist.mcp.trying import Trying

    go_on = threading.Event()
    told = Trying.told

    def submit(self: Door, *_: Any, **__: Any) -> dict[str, Any]:
        assert go_on.wait(30)
        return self.trial("t0000")

    def settling(self: Trying, name: str) -> dict[str, Any]:
        found = told(self, name)
        go_on.set()
        while not self.settled(name):
            time.sleep(0.01)
        return found

    monkeypatch.setattr(Door, "submit", submit)
    monkeypatch.setattr("ftassist.mcp.serving.PATIENT_SECONDS", 0.0)

    async def act() -> None:
        async with client(door) as session:
            task = (await call(session, "submit", **PROPOSAL))["task"]
            monkeypatch.setattr(Trying, "told", settling)
            assert (await call(session, "trial", task=task))["status"] == "trying"
            assert (await call(session, "trial", task=task))["task"] == "t0000"

    run(act())


@pytest.mark.parametrize(
    ("tool", "given", "said"),
    [
        ("submit", PROPOSAL, "the cells are tried on a few rows"),
        ("look", {"kind": "show_cells", "arguments": {"trial": "t0000"}}, "looking"),
    ],
)
def test_an_act_that_takes_long_says_now_and_then_that_it_goes_on(
    door: Door, monkeypatch: pytest.MonkeyPatch, tool: str, given: dict[str, Any], said: str
) -> None:
    go_on = threading.Event()
    act_of_door = getattr(Door, tool)

    def slowly(self: Door, *args: Any, **more: Any) -> dict[str, Any]:
        assert go_on.wait(30)
        found: dict[str, Any] = act_of_door(self, *args, **more)
        return found

    monkeypatch.setattr(Door, tool, slowly)
    monkeypatch.setattr("ftassist.mcp.serving.SIGN_SECONDS", 0.01)

    async def act() -> list[str]:
        told: list[str] = []

        async def progress(done: float, total: float | None, message: str | None) -> None:
            told.append(message or "")
            go_on.set()

        async with client(door) as session:
            answer = await session.call_tool(tool, given, progress_callback=progress)
        assert not answer.is_error, answer.content
        return told

    assert set(run(act())) == {said}


def test_what_can_be_mended_comes_back_as_an_error_that_says_how(door: Door) -> None:
    async def act() -> list[str]:
        async with client(door) as session:
            answers = [
                await session.call_tool("profile_set", {"name": "nothing"}),
                await session.call_tool("submit", {**PROPOSAL, "train": "sft(("}),
                await session.call_tool("submit", {"curate": "x"}),
            ]
        assert all(answer.is_error for answer in answers)
        return [answer.content[0].text for answer in answers]

    unknown, broken, missing = run(act())
    assert "there is no data set 'nothing'" in unknown and "what to do" in unknown
    assert "train" in broken
    assert "hypothesis" in missing


def test_resources_are_the_guide_the_task_raw_sets_and_trials(door: Door) -> None:
    async def read(session: Any, address: str) -> str:
        found: str = (await session.read_resource(address)).contents[0].text
        return found

    async def act() -> None:
        async with client(door) as session:
            assert "A person is in charge" in await read(session, "ftassist://guide")
            assert json.loads(await read(session, "ftassist://task"))["key"] == "mini_math"
            name = door.raw_sets()[0]["name"]
            assert json.loads(await read(session, f"ftassist://sets/{name}"))["rows"] > 0
            assert json.loads(await read(session, "ftassist://trials/t0000"))["task"] == "t0000"
            with pytest.raises(Exception, match="no data set"):
                await read(session, "ftassist://sets/nothing")

    run(act())


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_whole_small_campaign_over_stdio(tmp_path: Path) -> None:
    wish = CampaignWish(
        task="mini_math",
        items={"validation": 20, "test": 20},
        budget=Budget(trials=1, rows=120).to_dict(),
        folder=tmp_path / "c",
        backend="untouched",
    )
    campaign = create(tmp_path, wish)

    async def act() -> dict[str, Any]:
        words = ["-m", "ftassist", "mcp", "-c", str(campaign.folder)]
        from mcp.client.stdio import StdioServerParameters

        reached = StdioServerParameters(command=sys.executable, args=words)
        async with mcp_client.Client(reached, client_info=_info()) as session:
            rows = (await call(session, "sample_rows", name="lessons_shop", count=1))["rows"]
            assert rows
            few = "rows = curate.sample(rows, 100)\ncurate.export"
            given = {**PROPOSAL, "curate": CURATE.replace("curate.export", few)}
            task = (await call(session, "submit", **given))["task"]
            trial = campaign.refresh().trials[task]
            assert (trial.status, trial.proposal.backend) == ("proposed", "mcp:probe")
            await asyncio.to_thread(commands.accept, campaign, task, "go on", actor="person:ada")
            for _ in range(20):
                found = await call(session, "wait", task=task, seconds=30)
                if found["over"]:
                    return found
        raise AssertionError(found)

    try:
        found = run(act(), 600.0)
    finally:
        commands.stop(campaign, "the test is over")
    assert found["status"] == "scored", found
    assert found["feedback"]["n"] == 20
    assert found["verdict"]["against"] == "t0000"


def _info() -> Any:
    from mcp_types import Implementation

    return Implementation(name="probe", version="1")
