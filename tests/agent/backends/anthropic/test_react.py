"""A plain agent in a loop: what it is told, what it may use, and that the same rules hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ftassist.agent.backends.anthropic.backend import AnthropicBackend
from ftassist.agent.backends.anthropic.settings import AgentSettings
from ftassist.agent.backends.base import OutOfIdeasError
from ftassist.agent.eyes.look import Look, LookTool
from ftassist.agent.trial_view import Quoted
from ftassist.errors import DataError
from ftassist.journal import Kind
from ftassist.records.tried import Tried

from ...messages_server import MessagesServer, Reply
from .conftest import Told
from .test_backend import longer

PASSED = Tried(True, 4.0)


class Eyes:
    """Two looks, one of which is for Researchers only."""

    tools = tuple(LookTool(name, "shows", {"type": "object"}) for name in ("read_rows", "note"))

    def look(self, name: str, arguments: Mapping[str, Any]) -> Look:
        return Look({"text": Quoted("a row of the log")}, f"{name} was used")


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTASSIST_OFFLINE", "1")


@pytest.fixture
def backend(server: MessagesServer, told: Told) -> AnthropicBackend:
    told.settings = {"base_url": server.url, "design": "react"}
    told.dry_run = lambda cells: PASSED
    return AnthropicBackend(replace(told.link, eyes=lambda _: Eyes()))


def training(world: Any, **more: Any) -> Reply:
    cells = {"curate": world.state.trials["t0001"].cells["curate"], "train": longer(world)}
    said = {"statement": "Longer.", "low": 0.0, "high": 0.1, "done": False, "attempts": []}
    return Reply(tool={**said, **cells, **more})


def test_it_looks_tries_and_hands_in_two_cells(
    server: MessagesServer, told: Told, world: Any, backend: AnthropicBackend
) -> None:
    context = world.parent().context("t0001")
    server.say(Reply(calls=[("read_rows", {}), ("try_cells", {"train": longer(world)})]))
    server.say(training(world))
    (proposal,) = backend.propose(context, "t0001")
    assert (proposal.parent, proposal.rule) == ("t0001", "react")
    assert proposal.cells["train"] == longer(world)
    assert proposal.hypothesis.statement == "Longer."
    assert (proposal.hypothesis.low, proposal.hypothesis.high) == (0.0, 0.1)
    assert proposal.change.parts == ("train.epochs",)
    assert proposal.dry_run
    assert [look["tool"] for look in told.of(Kind.LOOKED)] == ["read_rows", "try_cells"]
    first, second = server.requests
    offered = ["hand_in", "read_rows", "try_cells"]
    assert [tool["name"] for tool in first["tools"]] == offered
    assert "a row of the log" in str(second["messages"][-1])
    assert [call["purpose"] for call in told.of(Kind.CALL_MADE)] == ["react"] * 2


def test_it_is_told_what_it_handed_in_before_and_what_came_of_it(
    server: MessagesServer, world: Any, backend: AnthropicBackend
) -> None:
    world.parent()
    failed = world.fail(world.propose(world.state.trials["t0001"].cells, "t0001"), "CODE", "boom")
    server.say(training(world))
    backend.propose(world.context("t0001"), "t0001")
    (body,) = server.requests
    turn = body["messages"][0]["content"][-1]["text"]
    assert f'"trial":"{failed}"' in turn and "boom" in turn and '"score":0.5' in turn
    everything = str(body)
    assert "requirement card" not in everything and "Researcher" not in everything


def test_the_same_rules_hold_and_a_wrong_answer_is_sent_back_once(
    server: MessagesServer, world: Any, backend: AnthropicBackend
) -> None:
    context = world.parent().context("t0001")
    server.say(training(world, train="import os"), training(world, curate=""))
    with pytest.raises(DataError, match="there is no curate cell"):
        backend.propose(context, "t0001")
    assert "not allowed in an agent" in str(server.requests[1]["messages"][-1])


def test_it_says_when_it_is_done(
    server: MessagesServer, world: Any, backend: AnthropicBackend
) -> None:
    context = world.parent().context("t0001")
    server.say(training(world, done=True))
    with pytest.raises(OutOfIdeasError, match="done"):
        backend.propose(context, "t0001")


def test_nothing_else_is_asked_of_a_model(
    server: MessagesServer, world: Any, backend: AnthropicBackend
) -> None:
    context = world.parent().context("t0001")
    assert backend.analyse(context, "t0001").text
    assert backend.distil(context) == []
    assert server.requests == []


def test_a_design_that_there_is_none_of_is_refused() -> None:
    with pytest.raises(DataError, match="design='tree'"):
        AgentSettings.of({"design": "tree"})
