"""What came to nothing, and what cells and audits said, is told to the model the next time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ftassist.agent.backends.anthropic.backend import AnthropicBackend
from ftassist.agent.backends.anthropic.stream import CallError
from ftassist.agent.evidence import TrialEvidence
from ftassist.agent.prompt import process_fence
from ftassist.errors import DataError
from ftassist.journal import Kind

from ...messages_server import MessagesServer, Reply
from .conftest import Told
from .test_backend import LAST, cells, idea, ideas, longer, surveyed

REFUSED = "import os\nprint(os.environ)"
DISTILLED = Reply(tool={"add": [], "retract": [], "attempts": []})


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTASSIST_OFFLINE", "1")


@pytest.fixture
def backend(server: MessagesServer, told: Told, world: Any) -> AnthropicBackend:
    """A backend whose events become the campaign's."""
    told.settings = {"base_url": server.url}

    def say(kind: str, payload: Mapping[str, Any]) -> None:
        told.say(kind, payload)
        world.tell(kind, payload, None, actor="agent:anthropic")

    return AnthropicBackend(replace(told.link, say=say))


def turn(body: Mapping[str, Any]) -> str:
    """What is new in a request's first turn."""
    return "".join(part["text"] for part in body["messages"][0]["content"][1:])


def test_an_answer_that_was_refused_is_told_in_the_next_prompt(
    server: MessagesServer, world: Any, backend: AnthropicBackend
) -> None:
    surveyed(world)
    server.say(ideas(idea()), cells(train=REFUSED), cells(train=longer(world)))
    backend.propose(world.context("t0001"), "t0001")
    assert "import of 'os'" not in turn(server.requests[1])
    other = idea(change={"key": "train.epochs:more"})
    most = longer(world).replace("epochs=4", "epochs=6")
    server.say(ideas(other), cells(train=most))
    backend.propose(world.context("t0001"), "t0001")
    assert "import of 'os'" in turn(server.requests[3]), "the Researcher is told"
    assert "import of 'os'" in turn(server.requests[4]), "and so is the Executor"


@pytest.mark.parametrize("kind", ["call", "cancelled", "ideas", "budget"])
def test_a_proposal_that_failed_is_told_in_the_next_prompt(
    server: MessagesServer, world: Any, backend: AnthropicBackend, kind: str
) -> None:
    surveyed(world)
    failure = {"message": "the moon was in the way", "kind": kind, "parent": "t0001"}
    world.tell(Kind.PROPOSAL_FAILED, failure, None, actor="agent:anthropic")
    server.say(ideas(idea()), cells(train=longer(world)))
    backend.propose(world.context("t0001"), "t0001")
    told = turn(server.requests[0])
    assert "the moon was in the way" in told
    assert f'"kind":"{kind}"' in told


def test_what_cells_printed_audits_found_and_was_refused_is_told_as_data(
    server: MessagesServer, world: Any, backend: AnthropicBackend
) -> None:
    surveyed(world)
    world.evidence["t0001"] = replace(
        world.evidence["t0001"],
        printed="kept 106 of 680 notes\n" + "so many words " * 2000,
        remarks=("tokens: 4 of 600 rows are cut at 64 tokens",),
    )
    refusal = {"class": "LEAK", "what": "asked for too many rows", "where": "curate"}
    world.tell(Kind.EVALUATION_REFUSED, refusal, "t0001", actor="evaluator")
    server.say(ideas(idea()), cells(train=longer(world)))
    backend.propose(world.context("t0001"), "t0001")
    told, fence = turn(server.requests[0]), process_fence()
    assert len(told) < 60_000, "what is printed is capped"
    for words in ("kept 106 of 680 notes", "4 of 600 rows are cut", "asked for too many rows"):
        before, found, _ = told.partition(words)
        assert found, words
        assert before.rfind(fence.open) > before.rfind(fence.close), f"{words} is fenced"


def test_a_trial_that_failed_shows_what_it_printed_once(world: Any) -> None:
    world.parent()
    name = world.propose(world.state.trials["t0001"].cells, "t0001")
    world.fail(name, "CONFIG", "TypeError: epoch")
    world.evidence[name] = TrialEvidence(printed="680 rows read")
    view = world.context("t0001").trials[name]
    assert "680 rows read" in view.failure_log.quoted
    assert view.printed.quoted == ""


def test_the_same_prompt_is_never_sent_twice(
    server: MessagesServer, world: Any, backend: AnthropicBackend
) -> None:
    surveyed(world)
    # Broken off; then refused twice, and the proposal fails without a word in the record.
    server.say(Reply(tool={"alternatives": []}, cut=1))
    server.otherwise = ideas(idea(hypothesis={"metric": "charm"}))
    for _ in range(3):
        with pytest.raises((DataError, CallError)):
            backend.propose(world.context("t0001"), "t0001")
    server.otherwise = Reply(tool=LAST)
    context = world.context("t0001")
    backend.analyse(context, "t0001")
    backend.analyse(context, "t0001")
    asked = [json.dumps(body["messages"]) for body in server.requests]
    assert len(asked) == 9
    assert len(set(asked)) == len(asked)
    assert "word for word" in asked[1]


def test_another_process_does_not_send_it_again_either(
    server: MessagesServer, told: Told, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = surveyed(world).context("t0001")
    told.settings = {"base_url": server.url}
    server.otherwise = Reply(tool=LAST)
    AnthropicBackend(told.link).analyse(context, "t0001")
    process_fence.cache_clear()
    AnthropicBackend(told.link).analyse(context, "t0001")
    assert "word for word" in json.dumps(server.requests[1]["messages"])


def test_insights_are_drawn_only_where_something_new_was_learned(
    server: MessagesServer, kit: Any, world: Any, backend: AnthropicBackend
) -> None:
    world.parent()
    server.otherwise = DISTILLED
    backend.distil(world.context())
    assert backend.distil(world.context()) == []
    assert len(server.requests) == 1
    name = world.propose(kit.cells({"orchard_steps": 310}), "t0001")
    world.run(name, kit.feedback(0.6))
    world.judge(name, "better", 0.1)
    backend.distil(world.context())
    assert len(server.requests) == 2
