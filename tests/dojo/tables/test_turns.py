"""Chats by one rule: roles, order, empty turns, parts, tools, marks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.dojo.tables.turns import ROLES, check_messages, read_chat
from ftassist.errors import DataError

U, A = {"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}


def says(role: Any, content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def read(*turns: Any, **settings: Any) -> list[tuple[str, str]]:
    chat = read_chat(list(turns), "here", **settings)
    return [(turn["role"], turn["content"]) for turn in chat.messages]


@pytest.mark.parametrize("name", [n for n, role in ROLES.items() if role == "user"])
@pytest.mark.parametrize("answers", ["assistant", "gpt", "GPT", "bot", "chatgpt", "model"])
def test_roles_go_by_all_their_usual_names(name: str, answers: str) -> None:
    turns = [{"from": name, "value": "q"}, {"from": answers, "value": "a"}]
    assert read(*turns) == [("user", "q"), ("assistant", "a")]


def test_content_may_be_a_list_of_text_parts() -> None:
    parts = [{"type": "text", "text": "one "}, {"type": "text", "text": "two"}]
    assert read(says("user", parts), A)[0] == ("user", "one two")


def test_a_chat_may_be_kept_as_json_text() -> None:
    chat = read_chat(json.dumps([U, A]), "here")
    assert [turn["content"] for turn in chat.messages] == ["q", "a"]


def test_a_call_of_a_tool_and_its_result_are_text_and_nothing_is_lost() -> None:
    call = {"id": "1", "function": {"name": "add", "arguments": '{"x": 1}'}}
    other = {"id": "2", "function": {"name": "add", "arguments": {"x": 2}}}
    turns = read(
        says("user", "sum?"),
        says("assistant", None, tool_calls=[call, other]),
        says("tool", "3", tool_call_id="1"),
        says("tool", "4", tool_call_id="2"),
        says("assistant", "3 and 4"),
        tools=[{"name": "add"}],
    )
    assert [role for role, _ in turns] == ["system", "user", "assistant", "user", "assistant"]
    assert '{"name": "add"}' in turns[0][1]
    made = '<tool_call>\n{"name": "add", "arguments": {"x": 1}}\n</tool_call>'
    assert turns[2][1].startswith(made)
    assert turns[2][1].count("<tool_call>") == 2
    assert turns[3][1] == (
        "<tool_response>\n3\n</tool_response>\n<tool_response>\n4\n</tool_response>"
    )


def test_a_call_in_the_older_form_is_read() -> None:
    call = {"name": "add", "arguments": "{}"}
    turns = read(U, {"role": "assistant", "content": None, "function_call": call})
    assert turns[1][1] == '<tool_call>\n{"name": "add", "arguments": {}}\n</tool_call>'


def test_thoughts_beside_the_content_are_kept_as_a_think_block() -> None:
    turns = read(U, {**A, "reasoning_content": "hm"})
    assert turns[1][1] == "<think>\nhm\n</think>\n\na"


def test_sharegpt_turns_of_tools_are_read() -> None:
    turns = [
        {"from": "human", "value": "sum?"},
        {"from": "function_call", "value": '{"name": "add"}'},
        {"from": "observation", "value": "3"},
        {"from": "gpt", "value": "3"},
    ]
    assert [role for role, _ in read(*turns)] == ["user", "assistant", "user", "assistant"]


@pytest.mark.parametrize(
    "mark", [{"weight": 0}, {"train": False}, {"training": 0}, {"loss": False}]
)
def test_turns_marked_not_to_train_are_told_by_number(mark: dict[str, Any]) -> None:
    chat = read_chat([U, {**A, **mark}, U, {**A, "weight": 1}], "here")
    assert chat.untrained == (1,)
    assert read_chat([says("system", "s"), U, {**A, **mark}, U, A], "here").untrained == (2,)
    assert read_chat([U, {**A, **mark}, U, A], "here", tools=["t"]).untrained == (2,)


@pytest.mark.parametrize(
    ("turns", "what"),
    [
        ("hello", "must be a list of turns"),
        ([], "must be a list of turns"),
        (["hello"], "turn 1 has no 'role'"),
        ([{"role": "user"}], "turn 1 has no 'role'"),
        ([{"content": "x"}], "turn 1 has no 'role'"),
        ([says("narrator", "x"), A], "the role 'narrator'"),
        ([says(3, "x"), A], "the role 3"),
        ([says("user", 3), A], "turn 1 is int 3, not text"),
        ([says("user", None), A], "turn 1 is NoneType"),
        ([says("user", {"a": 1}), A], "turn 1 is dict"),
        ([says("user", [{"type": "image_url", "image_url": "x"}]), A], "kind 'image_url'"),
        ([says("user", "  "), A], "turn 1 (user) is empty"),
        ([U, says("assistant", "")], "turn 2 (assistant) is empty"),
        ([says("user", "cut \ud83d"), A], "half of a sign"),
        ([says("user", "a\0b"), A], "zero byte"),
        ([A, U], "'user' must follow"),
        ([U, U, A], "'assistant' must follow"),
        ([U, A, says("system", "s"), U, A], "'system' where 'user' must follow"),
        ([U, A, U], "the last turn is not the assistant's"),
        ([U, {**A, "weight": 0.5}], "marked 0.5"),
        ([U, {**A, "weight": "0"}], "marked '0'"),
        ([U, {**A, "weight": 0}], "every turn of the assistant is marked"),
        ([U, says("assistant", None, tool_calls=[{"function": {}}])], "a tool without a name"),
    ],
)
def test_what_breaks_the_rule_is_named_with_its_turn(turns: Any, what: str) -> None:
    with pytest.raises(DataError) as refusal:
        read_chat(turns, "here")
    assert what in refusal.value.what
    assert refusal.value.where == "here"


_ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["role", "from", "content", "value", "weight", "tool_calls", "text"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_ODD, _ODD)
def test_anything_is_a_chat_by_the_rule_or_a_named_error(turns: Any, tools: Any) -> None:
    try:
        chat = read_chat(turns, "here", tools=tools)
    except DataError as error:
        assert error.where == "here"
    else:
        check_messages(chat.messages, "here")
        assert all(chat.messages[place]["role"] == "assistant" for place in chat.untrained)
