"""Chat completions behind the same seam: one loopback server in the manner of each dialect."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ftassist.agent import key
from ftassist.agent.backends.anthropic.backend import AnthropicBackend
from ftassist.agent.backends.anthropic.chat_completions import ChatCompletionsClient
from ftassist.agent.backends.anthropic.client import Watch
from ftassist.agent.backends.anthropic.manners import refused_of
from ftassist.agent.backends.anthropic.server_check import Served, check_server
from ftassist.agent.backends.anthropic.settings import AgentSettings
from ftassist.agent.backends.anthropic.stream import CallCancelledError, CallError
from ftassist.agent.eyes.look import Look, LookTool
from ftassist.agent.trial_view import Quoted
from ftassist.errors import DataError
from ftassist.journal import Kind

from ...messages_server import MessagesServer, Reply, error
from .conftest import Told
from .test_backend import cells, idea, ideas, longer, surveyed

SECRET = "sk-chat-planted-0123456789"
MANNERS = pytest.mark.parametrize("manner", ["vllm", "ollama", "llama.cpp"])


class Eyes:
    """One look that shows one row."""

    tools = (LookTool("read_rows", "shows", {"type": "object"}),)

    def look(self, name: str, arguments: Mapping[str, Any]) -> Look:
        return Look({"text": Quoted("a row of the log")}, "looked at 1 row of log")


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of one's own costs nothing."""
    monkeypatch.setenv("FTASSIST_OFFLINE", "1")
    prices = tmp_path / "prices.yaml"
    free = "{input: 0, written: 0, cached: 0, output: 0}"
    prices.write_text(f"as_of: 2026-11-01\nmodels: {{local: {free}}}\n")
    monkeypatch.setenv("FTASSIST_PRICES", str(prices))


def backend(server: MessagesServer, told: Told, **more: Any) -> AnthropicBackend:
    roles = dict.fromkeys(("researcher", "executor", "cheap"), "local")
    told.settings = {**roles, "dialect": "chat", "base_url": f"{server.url}/v1", **more}
    return AnthropicBackend(replace(told.link, eyes=lambda _: Eyes()))


@MANNERS
def test_a_model_looks_proposes_and_writes_cells(
    server: MessagesServer, told: Told, world: Any, manner: str
) -> None:
    server.manner = manner
    context = surveyed(world).context("t0001")
    two = [("read_rows", {"set": "log"}), ("read_rows", {"set": "crowd"})]
    server.say(Reply(calls=two, thinking="Hm."), ideas(idea()), cells(train=longer(world)))
    (proposal,) = backend(server, told).propose(context, "t0001")
    assert "epochs=4" in proposal.cells["train"]
    assert proposal.looked == ("looked at 1 row of log",) * 2
    first, second, _ = server.requests
    assert first["tool_choice"] == "required"
    assert [tool["function"]["name"] for tool in first["tools"]] == ["propose_trials", "read_rows"]
    assert first["messages"][0]["role"] == "system"
    assert "The seed is no knob" in first["messages"][0]["content"]
    said, *results = second["messages"][2:]
    name = "reasoning" if manner == "ollama" else "reasoning_content"
    assert said[name] == "Hm.", "thinking goes back under the name it came with"
    asked = [call["id"] for call in said["tool_calls"]]
    assert [result["tool_call_id"] for result in results] == asked
    assert len(set(asked)) == 2
    assert "a row of the log" in results[0]["content"]
    assert all(call["tokens"]["output"] > 0 for call in told.of(Kind.CALL_MADE))


def test_tokens_are_those_the_server_tells(server: MessagesServer, told: Told, world: Any) -> None:
    server.tokens = 900
    server.say(ideas(idea()), cells(train=longer(surveyed(world))))
    backend(server, told).propose(world.context("t0001"), "t0001")
    tokens = told.of(Kind.CALL_MADE)[0]["tokens"]
    assert (tokens["input"], tokens["cached"], tokens["output"]) == (300, 600, 40)


@MANNERS
def test_a_wrong_answer_is_sent_back_once(
    server: MessagesServer, told: Told, world: Any, manner: str
) -> None:
    server.manner = manner
    server.otherwise = ideas(idea(hypothesis={"metric": "charm"}))
    with pytest.raises(DataError, match="cannot be used"):
        backend(server, told).propose(surveyed(world).context("t0001"), "t0001")
    assert [turn["role"] for turn in server.requests[1]["messages"]] == [
        "system", "user", "assistant", "user",
    ]  # fmt: skip


def test_a_model_without_tools_may_answer_in_text(
    server: MessagesServer, told: Told, world: Any
) -> None:
    surveyed(world)
    told_as_text = json.dumps({"alternatives": [idea()], "attempts": []})
    server.say(Reply(text=f"Here:\n```json\n{told_as_text}\n```", stop="end_turn"))
    server.say(cells(train=longer(world)))
    (proposal,) = backend(server, told, looks=0).propose(world.context("t0001"), "t0001")
    assert proposal.change.key == "train.epochs:up"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("registry.ollama.ai/library/gemma2:2b does not support tools", 400),
        ("tools param requires --jinja flag", 500),
    ],
)
def test_a_server_that_refuses_tools_is_asked_once_in_text(
    server: MessagesServer, told: Told, world: Any, said: str, status: int
) -> None:
    surveyed(world)
    written = {"curate": "", "train": longer(world), "attempts": []}
    server.say(error(status, message=said))
    for answer in ({"alternatives": [idea()], "attempts": []}, written):
        server.say(Reply(text=f"Here:\n{json.dumps(answer)}", stop="end_turn"))
    (proposal,) = backend(server, told).propose(world.context("t0001"), "t0001")
    assert proposal.change.key == "train.epochs:up"
    _, second, third = server.requests
    assert "tools" not in second and "tool_choice" not in second
    assert '"alternatives"' in second["messages"][-1]["content"]
    assert second["response_format"]["json_schema"]["schema"]["required"]
    assert "tools" not in third, "it is not asked for tools again"


@pytest.mark.parametrize(
    ("refusals", "asked"),
    [
        (["Invalid tool_choice type: 'object'"], ["required"]),
        (["bad tool_choice", "bad tool_choice"], ["required", "auto"]),
        (["bad tool_choice", "bad tool_choice", "bad tool_choice"], ["required", "auto", None]),
    ],
)
def test_a_way_to_ask_for_a_tool_that_is_refused_is_not_used_again(
    server: MessagesServer, told: Told, world: Any, refusals: list[str], asked: list[str | None]
) -> None:
    context = surveyed(world).context("t0001")
    server.say(*(error(400, message=text) for text in refusals))
    server.otherwise = error(400, message="no such model")
    with pytest.raises(CallError, match="no such model"):
        backend(server, told, looks=0).propose(context, "t0001")
    assert [body.get("tool_choice") for body in server.requests[1:]] == asked


ADD = {
    "model": "local",
    "max_tokens": 99,
    "messages": [{"role": "user", "content": "What is 2 + 3?"}],
    "tools": [{"name": "tell_sum", "description": "Tells a sum.", "input_schema": {}}],
    "tool_choice": {"type": "tool", "name": "tell_sum"},
}


def test_calls_that_are_refused_at_once_are_all_asked_in_another_way(
    server: MessagesServer,
) -> None:
    both = threading.Barrier(2)

    def answer(body: dict[str, Any]) -> Reply:
        if body.get("tool_choice") == "required":
            return Reply(tool={"sum": 5})
        both.wait(10)  # both were written before either is refused
        return error(400, message="bad tool_choice")

    server.otherwise = answer
    client = ChatCompletionsClient(f"{server.url}/v1")
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: client.send(ADD, Watch()).raw, range(2)))
    assert found == ['{"sum": 5}'] * 2


def test_what_a_server_refused_is_known_to_the_next_client_of_it(server: MessagesServer) -> None:
    server.say(error(400, message="gemma does not support tools"))
    server.otherwise = Reply(text='{"sum": 5}', stop="end_turn")
    for _ in range(2):
        ChatCompletionsClient(f"{server.url}/v1").send(ADD, Watch())
    assert ["tools" in body for body in server.requests] == [True, False, False]
    ChatCompletionsClient(f"{server.url}/v1").send({**ADD, "model": "other"}, Watch())
    assert "tools" in server.requests[-1], "another model may take them"


def test_a_prompt_that_is_too_long_is_no_refusal_of_tools(
    server: MessagesServer, told: Told, world: Any
) -> None:
    server.otherwise = error(
        400, message="maximum context length is 4096 tokens; 9000 in messages and functions"
    )
    with pytest.raises(CallError, match="maximum context length"):
        backend(server, told).propose(surveyed(world).context("t0001"), "t0001")
    assert len(server.requests) == 1


def test_what_a_server_takes_no_part_of_is_left_out_one_by_one() -> None:
    turn = {"role": "assistant", "reasoning": "hm", "content": "", "tool_calls": []}
    asked = {"messages": [turn], "tools": [{}], "tool_choice": "auto"}
    assert refused_of(asked, 400, "unknown field `reasoning`") == "thoughts"
    assert refused_of({**asked, "messages": []}, 400, "unknown field `reasoning`") == ""
    in_text: dict[str, Any] = {"messages": [], "response_format": {}}
    assert refused_of(in_text, 400, "response_format is not supported") == "form"
    assert refused_of(in_text, 400, "no such model") == ""


def test_a_slow_server_is_waited_for_while_it_says_that_it_is_there(
    server: MessagesServer, told: Told, world: Any
) -> None:
    server.pings = True
    server.say(replace(ideas(idea()), wait=1.6), cells(train=longer(surveyed(world))))
    assert backend(server, told, timeout=1.0).propose(world.context("t0001"), "t0001")
    assert len(server.requests) == 2, "nothing was sent twice"


def test_overload_is_tried_again_and_a_refusal_is_named(
    server: MessagesServer, told: Told, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftassist.agent.backends.anthropic.client.FIRST_WAIT", 0.0)
    context = surveyed(world).context("t0001")
    server.say(error(503), ideas(idea()), cells(train=longer(world)))
    assert backend(server, told).propose(context, "t0001")
    server.otherwise = error(400, message="this model has no tools")
    with pytest.raises(CallError, match="400 after one try: this model has no tools") as caught:
        backend(server, told).propose(context, "t0001")
    assert "--dialect" not in caught.value.fix, "that is how it is asked"


def test_a_server_that_is_not_there_is_an_outage(
    told: Told, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftassist.agent.backends.anthropic.client.FIRST_WAIT", 0.0)
    gone = MessagesServer(url="http://127.0.0.1:9")
    with pytest.raises(CallError, match="cannot be reached") as caught:
        backend(gone, told).propose(surveyed(world).context("t0001"), "t0001")
    assert caught.value.passing


def test_an_answer_that_breaks_off_is_paid_for_and_asked_again(
    server: MessagesServer, told: Told, world: Any
) -> None:
    server.say(replace(ideas(idea()), cut=3), ideas(idea()), cells(train=longer(surveyed(world))))
    assert backend(server, told).propose(world.context("t0001"), "t0001")
    assert "broke off" in told.of(Kind.CALL_MADE)[0]["error"]


def test_a_call_can_be_cancelled(server: MessagesServer, told: Told, world: Any) -> None:
    told.cancel_at = 5
    server.otherwise = Reply(thinking="slow " * 50, tool={}, pause=0.05)
    with pytest.raises(CallCancelledError):
        backend(server, told).propose(surveyed(world).context("t0001"), "t0001")


def test_its_key_is_sent_and_nowhere_written(
    server: MessagesServer, told: Told, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(key.CHAT_VARIABLE, SECRET)
    key.take()
    assert key.CHAT_VARIABLE not in os.environ
    server.say(error(401, message=f"bad key {SECRET}"))
    with pytest.raises(CallError) as caught:
        backend(server, told).propose(surveyed(world).context("t0001"), "t0001")
    assert server.headers[0]["authorization"] == f"Bearer {SECRET}"
    assert SECRET not in str(caught.value)
    assert SECRET not in json.dumps([told.events, server.requests])


def test_without_a_key_none_is_sent(
    server: MessagesServer, told: Told, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(key.CHAT_VARIABLE, raising=False)
    server.say(ideas(idea()), cells(train=longer(surveyed(world))))
    backend(server, told).propose(world.context("t0001"), "t0001")
    assert "authorization" not in server.headers[0]
    assert "x-api-key" not in server.headers[0]


@MANNERS
def test_the_check_of_a_server_tells_what_it_serves(
    server: MessagesServer, manner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(key.CHAT_VARIABLE, raising=False)
    server.manner = manner
    server.otherwise = Reply(tool={"sum": 5})
    roles = dict.fromkeys(("researcher", "executor", "cheap"), "local")
    settings = AgentSettings.of({**roles, "dialect": "chat", "base_url": f"{server.url}/v1"})
    found = {one.what: one for one in check_server(settings)}
    assert found["local: structured output"].served
    assert not found["local: token counting"].served
    assert not found["key"].needed


def check(server: MessagesServer) -> dict[str, Served]:
    roles = dict.fromkeys(("researcher", "executor", "cheap"), "local")
    settings = AgentSettings.of({**roles, "dialect": "chat", "base_url": f"{server.url}/v1"})
    return {one.what: one for one in check_server(settings)}


LOOKS = "local: looks (tools over several turns)"


def test_the_check_tells_whether_a_model_looks(server: MessagesServer) -> None:
    calls = [("read_number", {"name": "a"}), ("read_number", {"name": "b"})]
    server.say(Reply(tool={"sum": 5}), Reply(calls=calls), Reply(tool={"sum": 42}))
    found = check(server)[LOOKS]
    assert (found.served, found.detail) == (True, "looked 2 times, then answered")
    server.otherwise = Reply(tool={"sum": 5})
    assert check(server)[LOOKS].detail == "it answered without looking"


def test_the_check_tells_whether_a_long_prompt_is_read_to_its_beginning(
    server: MessagesServer,
) -> None:
    what = "local: long prompts (25,000 tokens)"
    three = [Reply(tool={"sum": 5}), Reply(tool={"sum": 42})]
    server.say(*three, Reply(tool={"sum": 7_319}))
    found = check(server)[what]
    assert (found.served, found.detail) == (True, "a number at the beginning was read")
    assert "7319" in str(server.requests[-1]["messages"][0])
    server.say(*three, Reply(tool={"sum": 1}))
    assert check(server)[what].detail == "it answered 1 for a number at the beginning"
    server.tokens = 300
    server.say(*three, Reply(tool={"sum": 7_319}))
    assert "num_ctx" in check(server)[what].detail


def test_the_check_tells_that_a_model_without_tools_is_asked_in_text(
    server: MessagesServer,
) -> None:
    server.say(error(400, message="gemma does not support tools"))
    server.otherwise = Reply(text='{"sum": 5}', stop="end_turn")
    found = check(server)
    assert found["local: structured output"].served
    assert "takes no tools" in found[LOOKS].detail
    assert not found[LOOKS].needed


@pytest.mark.parametrize("wrong", [{"dialect": "smoke"}, {"dialect": "chat"}, {"outage": -1}])
def test_settings_that_are_not_possible_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(DataError):
        AgentSettings(**wrong)
