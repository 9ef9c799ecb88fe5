"""Typed calls against a scripted server: what is sent, paid, mended, given up and written down."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ftassist.agent.backends.anthropic.calls import (
    CALLS_A_PROPOSAL,
    Allowance,
    Ask,
    Caller,
    Tool,
    strict_schema,
    without_unsaid,
)
from ftassist.agent.backends.anthropic.client import TRIES
from ftassist.agent.backends.anthropic.settings import AgentSettings
from ftassist.agent.backends.anthropic.stream import CallCancelledError, CallError
from ftassist.agent.proposal import proposal_schema
from ftassist.errors import BudgetError, DataError, UnknownNameError
from ftassist.journal import Kind

from ...messages_server import MessagesServer, Reply, error
from .conftest import KEY, MODEL, Told

FORM = {
    "type": "object",
    "required": ["answer"],
    "additionalProperties": False,
    "properties": {"answer": {"type": "integer", "minimum": 0}},
}
TOOL = Tool("tell", "Tells a number.", FORM)
ASK = Ask("probe", "researcher", "You count.", "The stable part.", "How many?", TOOL)
GOOD = Reply(tool={"answer": 7})
Make = Callable[..., Caller]


def read(document: Any) -> int:
    return int(document["answer"])


def test_an_answer_is_read_and_its_call_written_down(
    server: MessagesServer, told: Told, make_caller: Make
) -> None:
    server.say(Reply(tool={"answer": 7}, cached=10))
    assert make_caller().ask(ASK, read) == 7
    (call,) = told.of(Kind.CALL_MADE)
    assert (call["purpose"], call["role"], call["model"]) == ("probe", "researcher", MODEL)
    assert call["tokens"]["cached"] == 10
    assert call["tokens"]["input"] > 0
    assert call["tokens"]["output"] > 0
    tokens = call["tokens"]
    wanted = (2.0 * tokens["input"] + 0.1 * 10 + 10.0 * tokens["output"]) / 1e6
    assert call["cost"] == pytest.approx(wanted, abs=1e-6)
    assert json.loads(call["reply"]) == {"answer": 7}
    assert call["counted_by"] == "server"


def test_the_stable_part_is_marked_for_the_cache_and_the_new_one_is_not(
    server: MessagesServer, make_caller: Make
) -> None:
    server.say(GOOD)
    make_caller().ask(ASK, read)
    (body,) = server.requests
    stable, turn = body["messages"][0]["content"]
    assert stable["cache_control"] == {"type": "ephemeral"}
    assert "cache_control" not in turn
    assert body["system"][0]["cache_control"] == {"type": "ephemeral"}
    assert body["stream"] is True


def test_the_form_of_the_answer_is_a_strict_tool(
    server: MessagesServer, make_caller: Make
) -> None:
    server.say(GOOD)
    make_caller().ask(ASK, read)
    (tool,) = server.requests[0]["tools"]
    assert tool["strict"] is True
    assert "minimum" not in tool["input_schema"]["properties"]["answer"]
    assert server.requests[0]["tool_choice"] == {"type": "tool", "name": "tell"}


def test_the_schema_of_proposals_has_a_strict_form() -> None:
    strict = json.dumps(strict_schema(proposal_schema()))
    for unsupported in ('"minLength":', '"maxLength":', '"pattern":', '"uniqueItems":'):
        assert unsupported not in strict


def test_tokens_are_counted_before_a_call_and_the_cap_is_kept(
    server: MessagesServer, told: Told, make_caller: Make
) -> None:
    server.tokens = 1_000_000
    told.cap = 2.0
    with pytest.raises(BudgetError, match=r"could cost \$2\.58"):
        make_caller().ask(ASK, read)
    assert server.counted
    assert server.requests == []
    assert told.events == []


def test_what_was_spent_counts_against_the_cap(
    server: MessagesServer, told: Told, make_caller: Make
) -> None:
    server.tokens = 100
    server.say(GOOD, GOOD)
    told.cap = 0.0815
    caller = make_caller()
    assert caller.ask(ASK, read) == 7
    told.say(Kind.CALL_MADE, {"cost": 0.01})
    with pytest.raises(BudgetError, match="is left of the campaign"):
        caller.ask(ASK, read)
    assert len(server.requests) == 1


def test_a_model_without_a_price_is_not_called(server: MessagesServer, make_caller: Make) -> None:
    with pytest.raises(UnknownNameError, match="price") as caught:
        make_caller(researcher="my-local-model").ask(ASK, read)
    assert "FTASSIST_PRICES" in caught.value.fix
    assert "--agent-price" in caught.value.fix
    assert server.requests == []


def test_the_price_of_a_model_in_no_table_is_said_in_a_word(
    server: MessagesServer, told: Told, make_caller: Make
) -> None:
    server.say(GOOD, GOOD)
    told.cap = 0.0
    assert make_caller(researcher="my-local-model", price="0").ask(ASK, read) == 7
    assert told.of(Kind.CALL_MADE)[0]["cost"] == 0
    with pytest.raises(BudgetError, match="could cost"):
        make_caller(researcher="my-local-model", price="0.5/1.5").ask(ASK, read)


def test_a_word_for_the_price_changes_no_price_of_the_table(
    server: MessagesServer, told: Told, make_caller: Make
) -> None:
    server.say(GOOD)
    told.cap = 0.0
    with pytest.raises(BudgetError, match="could cost"):
        make_caller(price="0").ask(ASK, read)


@pytest.mark.parametrize("price", ["free", "-1", "1/", "1/2/3", "nan", "1e9"])
def test_what_is_no_price_is_refused_when_it_is_said(price: str) -> None:
    with pytest.raises(DataError, match="is no price"):
        AgentSettings.resolve({"price": price})


def test_a_server_that_cuts_a_prompt_off_is_told_of_and_what_to_do(
    server: MessagesServer, told: Told, make_caller: Make
) -> None:
    server.counts = False
    server.tokens = 400
    server.say(GOOD)
    long = replace(ASK, turn="a line of rows\n" * 2_000)
    assert make_caller().ask(long, read) == 7
    assert "read 400 tokens of about 1" in told.of(Kind.CALL_MADE)[0]["warning"]
    server.say(Reply(tool={}), Reply(tool={}))
    with pytest.raises(DataError) as caught:
        make_caller().ask(long, read)
    assert "num_ctx" in caught.value.fix


def test_a_server_of_ones_own_can_be_priced_at_nothing(
    server: MessagesServer,
    told: Told,
    make_caller: Make,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = tmp_path / "prices.yaml"
    own.write_text(
        "as_of: 2026-11-01\nmodels: {mine: {input: 0, written: 0, cached: 0, output: 0}}\n"
    )
    monkeypatch.setenv("FTASSIST_PRICES", str(own))
    server.say(GOOD)
    told.cap = 0.0
    assert make_caller(researcher="mine").ask(ASK, read) == 7
    assert told.of(Kind.CALL_MADE)[0]["cost"] == 0


def test_a_server_that_cannot_count_is_estimated_and_said_so(
    server: MessagesServer, told: Told, make_caller: Make
) -> None:
    server.counts = False
    server.say(GOOD)
    assert make_caller().ask(ASK, read) == 7
    assert told.of(Kind.CALL_MADE)[0]["counted_by"] == "characters / 3"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("this model does not support tools", 400),
        ("tools param requires --jinja flag", 500),
    ],
)
def test_a_model_without_tools_is_asked_in_text_in_this_dialect_too(
    server: MessagesServer, told: Told, make_caller: Make, said: str, status: int
) -> None:
    server.say(error(status, message=said), Reply(text='So: {"answer": 7}', stop="end_turn"))
    caller = make_caller()
    assert caller.ask(ASK, read) == 7
    _, second = server.requests
    assert "tools" not in second
    assert "tool_choice" not in second
    *_, asked = second["messages"][-1]["content"]
    assert '"answer"' in asked["text"]
    assert len(told.of(Kind.CALL_MADE)) == 1
    server.say(Reply(text='{"answer": 8}', stop="end_turn"))
    assert make_caller().ask(ASK, read) == 8
    assert "tools" not in server.requests[-1], "what was refused once is not sent again"


def test_a_server_that_forces_no_tool_is_offered_it(
    server: MessagesServer, make_caller: Make
) -> None:
    server.say(error(400, message="tool_choice of type tool is not supported"), GOOD)
    assert make_caller().ask(ASK, read) == 7
    assert server.requests[1]["tool_choice"] == {"type": "any"}
    server.say(error(400, message="tool_choice any: unknown"), GOOD)
    assert make_caller().ask(ASK, read) == 7
    assert server.requests[-1]["tool_choice"] == {"type": "auto"}


def test_a_refusal_of_something_else_is_told(server: MessagesServer, make_caller: Make) -> None:
    server.otherwise = error(400, message="max_tokens is too large")
    with pytest.raises(CallError, match="max_tokens is too large"):
        make_caller().ask(ASK, read)
    assert all("tools" in body for body in server.requests)


@pytest.mark.parametrize("status", [429, 500, 529])
def test_overload_is_tried_again_with_growing_waits(
    server: MessagesServer, told: Told, make_caller: Make, status: int
) -> None:
    waits: list[float] = []
    server.say(error(status), error(status), GOOD)
    assert make_caller(waits).ask(ASK, read) == 7
    assert 2.0 < sum(waits) < 4.5
    assert told.of(Kind.CALL_MADE)[0]["tries"] == 3


def test_the_servers_own_wait_is_kept(server: MessagesServer, make_caller: Make) -> None:
    waits: list[float] = []
    server.say(error(429, headers={"retry-after": "7"}), GOOD)
    make_caller(waits).ask(ASK, read)
    assert sum(waits) == pytest.approx(7.0)


def test_a_service_that_stays_overloaded_is_given_up_after_a_few_tries(
    server: MessagesServer, told: Told, make_caller: Make
) -> None:
    server.otherwise = error(529)
    with pytest.raises(CallError, match="529 after 4 tries"):
        make_caller().ask(ASK, read)
    assert len(server.requests) == TRIES
    assert told.events == []


def test_a_wrong_key_is_not_tried_again(server: MessagesServer, make_caller: Make) -> None:
    server.otherwise = error(401, message=f"invalid x-api-key {KEY}")
    with pytest.raises(CallError, match="401 after one try") as caught:
        make_caller().ask(ASK, read)
    assert KEY not in str(caught.value)
    assert len(server.requests) == 1


def test_a_malformed_answer_is_sent_back_once_with_what_is_wrong(
    server: MessagesServer, told: Told, make_caller: Make
) -> None:
    server.say(Reply(raw='{"answer": '), GOOD)
    assert make_caller().ask(ASK, read) == 7
    repair = server.requests[1]["messages"]
    assert [turn["role"] for turn in repair] == ["user", "assistant", "user"]
    assert "not valid JSON" in repair[2]["content"]
    assert len(told.of(Kind.CALL_MADE)) == 2


def test_an_answer_that_breaks_the_schema_is_sent_back_with_the_place(
    server: MessagesServer, make_caller: Make
) -> None:
    server.say(Reply(tool={"answer": -3}), GOOD)
    assert make_caller().ask(ASK, read) == 7
    assert "At: answer" in server.requests[1]["messages"][2]["content"]


def test_what_may_be_left_out_and_was_filled_with_nothing_is_left_out() -> None:
    choice = {"type": "string", "enum": ["bold", "cheap"]}
    inner = {"type": "object", "required": ["why"], "properties": {"why": choice, "how": choice}}
    schema = {"type": "object", "properties": {"some": {"type": "array", "items": inner}}}
    said = {"some": [{"why": "", "how": ""}, {"why": "bold", "how": None}]}
    assert without_unsaid(said, schema) == {"some": [{"why": ""}, {"why": "bold"}]}
    texts = {"type": "object", "properties": {"note": {"type": "string"}}}
    assert without_unsaid({"note": "", "other": 1}, texts) == {"note": "", "other": 1}


def test_a_second_wrong_answer_is_an_error_and_not_a_storm(
    server: MessagesServer, make_caller: Make
) -> None:
    server.otherwise = Reply(tool={"answer": "seven"})
    with pytest.raises(DataError, match="cannot be used"):
        make_caller().ask(ASK, read, Allowance(CALLS_A_PROPOSAL))
    assert len(server.requests) == 2


def test_an_answer_that_broke_off_is_paid_for_and_asked_again(
    server: MessagesServer, told: Told, make_caller: Make
) -> None:
    server.say(Reply(tool={"answer": 7}, cut=1), GOOD)
    assert make_caller().ask(ASK, read) == 7
    broken, whole = told.of(Kind.CALL_MADE)
    assert "broke off" in broken["error"]
    assert broken["cost"] > 0
    assert "reply" in whole


def test_answers_that_keep_breaking_off_end_with_the_allowance(
    server: MessagesServer, make_caller: Make
) -> None:
    server.otherwise = Reply(tool={"answer": 7}, cut=1)
    with pytest.raises(CallError, match="broke off"):
        make_caller().ask(ASK, read, Allowance(CALLS_A_PROPOSAL))
    assert len(server.requests) == CALLS_A_PROPOSAL


def test_an_error_in_the_middle_of_a_stream_is_no_answer(
    server: MessagesServer, make_caller: Make
) -> None:
    server.say(Reply(text="Let me", error_event="overloaded_error"), GOOD)
    assert make_caller().ask(ASK, read) == 7
    assert len(server.requests) == 2


def test_an_answer_without_the_tool_is_sent_back(
    server: MessagesServer, make_caller: Make
) -> None:
    server.say(Reply(text="Seven.", stop="end_turn"), GOOD)
    assert make_caller().ask(ASK, read) == 7
    assert "does not use the tool" in server.requests[1]["messages"][2]["content"]


def test_an_answer_cut_at_the_limit_of_tokens_is_sent_back(
    server: MessagesServer, make_caller: Make
) -> None:
    server.say(Reply(raw='{"answer": 7}', stop="max_tokens"), GOOD)
    assert make_caller().ask(ASK, read) == 7
    assert "limit of tokens" in server.requests[1]["messages"][2]["content"]


def test_an_endless_answer_is_given_up(
    server: MessagesServer, make_caller: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftassist.agent.backends.anthropic.stream.LARGEST", 1000)
    server.otherwise = Reply(raw='{"answer": "' + "7" * 20_000)
    with pytest.raises(CallError, match="longer than"):
        make_caller().ask(ASK, read)


def test_a_silent_server_is_given_up_after_the_timeout(
    server: MessagesServer, make_caller: Make
) -> None:
    server.otherwise = Reply(tool={"answer": 7}, wait=1.0)
    with pytest.raises(CallError, match="cannot be reached after 4 tries"):
        make_caller(timeout=0.1).ask(ASK, read)


def test_a_slow_server_of_ones_own_is_waited_for_while_it_says_that_it_is_there(
    server: MessagesServer, make_caller: Make
) -> None:
    server.pings = True
    server.say(Reply(tool={"answer": 7}, wait=1.6))
    assert make_caller(timeout=1.0).ask(ASK, read) == 7
    assert len(server.requests) == 1


def test_progress_is_shown_while_an_answer_comes(
    server: MessagesServer, told: Told, make_caller: Make
) -> None:
    server.say(Reply(thinking="It could be seven. " * 5, tool={"answer": 7}))
    make_caller(thinking="2048").ask(ASK, read)
    phases = [step.phase for step in told.progress]
    assert phases[0] == "counting"
    assert {"waiting", "thinking", "writing"} <= set(phases)
    assert told.progress[-1].characters > 90


def test_a_call_can_be_cancelled_while_it_streams(
    server: MessagesServer, told: Told, make_caller: Make
) -> None:
    told.cancel_at = 5
    server.otherwise = Reply(thinking="slow " * 50, tool={"answer": 7}, pause=0.01)
    with pytest.raises(CallCancelledError):
        make_caller().ask(ASK, read)
    assert len(server.requests) == 1
    assert told.of(Kind.CALL_MADE)[0]["cost"] > 0


def test_a_call_can_be_cancelled_before_anything_came(
    server: MessagesServer, told: Told, make_caller: Make
) -> None:
    go_on = threading.Event()
    answered: list[bool] = []

    def hold(_: Any) -> Reply:
        answered.append(go_on.wait(60))
        return GOOD

    server.otherwise = hold
    told.cancel_at = 5
    with pytest.raises(CallCancelledError):
        make_caller().ask(ASK, read)
    assert answered == [], "it did not wait for the answer to begin"
    go_on.set()
    assert {step.phase for step in told.progress} == {"counting", "waiting"}
    (call,) = told.of(Kind.CALL_MADE)
    assert call["tokens"]["input"] == call["counted"], "the prompt may have been read"


def test_a_call_can_be_cancelled_while_its_tokens_are_counted(
    server: MessagesServer, told: Told, make_caller: Make
) -> None:
    server.count_status = 529
    told.cancel_at = 2
    with pytest.raises(CallCancelledError):
        make_caller().ask(ASK, read)
    assert server.requests == []
    assert told.events == []


def test_an_answer_that_drips_for_ever_is_given_up_and_paid_for(
    server: MessagesServer, told: Told, make_caller: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftassist.agent.backends.anthropic.client.WHOLE", 0.01)
    server.otherwise = Reply(thinking="slowly " * 50, tool={"answer": 7}, pause=0.1)
    with pytest.raises(CallError, match="took too long"):
        make_caller(timeout=10.0).ask(ASK, read, Allowance(1))
    assert told.of(Kind.CALL_MADE)[0]["cost"] > 0


def test_overload_told_as_the_first_event_is_tried_again(
    server: MessagesServer, told: Told, make_caller: Make
) -> None:
    server.say(Reply(error_first="overloaded_error"), GOOD)
    assert make_caller().ask(ASK, read) == 7
    assert told.of(Kind.CALL_MADE)[0]["tries"] == 2


def test_a_refusal_told_as_the_first_event_is_named_and_not_tried_again(
    server: MessagesServer, make_caller: Make
) -> None:
    server.otherwise = Reply(error_first="invalid_request_error")
    with pytest.raises(CallError, match="invalid_request_error after one try"):
        make_caller().ask(ASK, read)
    assert len(server.requests) == 1


def test_money_held_for_another_call_is_not_spent_twice(
    server: MessagesServer, told: Told
) -> None:
    server.tokens = 100
    server.otherwise = GOOD
    link = replace(told.link, cap=0.12)  # one call could cost $0.08
    settings = AgentSettings(MODEL, MODEL, MODEL, server.url)
    one, other = Caller(link, settings), Caller(link, settings)
    refused: list[str] = []

    def ask_meanwhile(_: Any) -> Reply:
        with pytest.raises(BudgetError) as caught:
            other.ask(ASK, read)
        refused.append(caught.value.what)
        return GOOD

    server.say(ask_meanwhile)
    assert one.ask(ASK, read) == 7
    assert "is left of the campaign" in refused[0]
    assert other.ask(ASK, read) == 7, "what was held and not spent is free again"


def test_thinking_has_room_beside_the_answer(server: MessagesServer, make_caller: Make) -> None:
    server.say(GOOD, GOOD)
    make_caller(thinking="2048", max_tokens=1000).ask(ASK, read)
    make_caller(thinking="adaptive", max_tokens=1000).ask(ASK, read)
    fixed, adaptive = server.requests
    assert fixed["thinking"] == {"type": "enabled", "budget_tokens": 2048}
    assert fixed["max_tokens"] == 3048
    assert adaptive["thinking"]["type"] == "adaptive"
    assert fixed["tool_choice"] == {"type": "auto"}


def test_the_key_is_sent_and_nowhere_written(
    server: MessagesServer, told: Told, make_caller: Make
) -> None:
    server.say(Reply(text=f"Your key is {KEY}.", tool={"answer": 7}), error(400, message=KEY))
    caller = make_caller()
    caller.ask(ASK, read)
    with pytest.raises(CallError) as caught:
        caller.ask(ASK, read)
    assert any(KEY in value for value in server.headers[0].values())
    assert KEY not in str(caught.value)
    assert KEY not in json.dumps(told.events)
    assert all(KEY not in step.tail for step in told.progress)
    assert all(KEY not in json.dumps(body) for body in server.requests)
