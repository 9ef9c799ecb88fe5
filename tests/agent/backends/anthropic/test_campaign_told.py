"""What the desk really sends of the reference, and of the base and the machine."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ftassist.agent.backends.anthropic.backend import AnthropicBackend
from ftassist.agent.eyes import Sight
from ftassist.agent.reference import entry, examples, index, reference

from ...messages_server import MessagesServer, Reply
from .conftest import Told
from .test_backend import cells, idea, ideas, longer, surveyed


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTASSIST_OFFLINE", "1")


def system_of(body: Any) -> str:
    return str(body["system"][0]["text"])


def test_without_looks_researcher_and_executor_are_told_the_whole_reference(
    server: MessagesServer, told: Told, world: Any
) -> None:
    told.settings = {"base_url": server.url}
    context = surveyed(world).context("t0001")
    server.say(ideas(idea()), cells(train=longer(world)))
    AnthropicBackend(told.link).propose(context, "t0001")
    researcher, executor = map(system_of, server.requests)
    assert reference() in researcher and "`read_reference`" not in researcher
    assert reference() in executor


def test_a_researcher_that_may_look_is_told_the_index_and_reads_the_same_text_by_a_look(
    server: MessagesServer, told: Told, world: Any, tmp_path: Path
) -> None:
    context = surveyed(world).context("t0001")
    sight = Sight(
        repository=tmp_path, model=lambda: "tiny", folder=lambda trial: tmp_path / trial,
        state=world.state, context=context,
    )  # fmt: skip
    told.settings = {"base_url": server.url}
    look = ("read_reference", {"functions": ["curate.map"]})
    server.say(Reply(calls=[look]), ideas(idea()), cells(train=longer(world)))
    AnthropicBackend(replace(told.link, eyes=lambda _: sight)).propose(context, "t0001")
    first, second, executor = server.requests
    assert index() in system_of(first) and "`read_reference`" in system_of(first)
    assert examples()["curate.map"] not in system_of(first)
    (shown,) = second["messages"][-1]["content"]
    assert entry("curate.map") in json.loads(shown["content"])["reference"]
    assert reference() in system_of(executor)


def test_parameters_of_the_base_and_cores_are_told_in_few_words(
    server: MessagesServer, told: Told, world: Any
) -> None:
    told.settings = {"base_url": server.url}
    told_of = surveyed(world).context("t0001")
    context = replace(told_of, sizes={"parameters": 3_400_000, "cores": 2})
    server.say(ideas(idea()), cells(train=longer(world)))
    AnthropicBackend(told.link).propose(context, "t0001")
    stable = server.requests[0]["messages"][0]["content"][0]["text"]
    assert '"sizes":{"parameters":3400000,"cores":2}' in stable
