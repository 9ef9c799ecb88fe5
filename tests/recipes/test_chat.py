from typing import Any

import pytest

from ftassist.errors import DataError
from ftassist.recipes.chat import chat_row, check_row

FIELDS = {"prompt": "question", "response": "answer"}


def test_a_raw_row_becomes_a_chat_and_keeps_its_other_fields() -> None:
    raw = {"question": "1 + 1?", "answer": "2", "level": 3}
    row = chat_row(raw, FIELDS, source="sums", number=7)
    assert row["id"] == "sums/7"
    assert [turn["role"] for turn in row["messages"]] == ["user", "assistant"]
    assert row["fields"] == '{"level": 3}'


def test_turns_in_the_from_and_value_form_are_read() -> None:
    turns = [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "hello"}]
    row = chat_row({"talk": turns}, {"messages": "talk"}, source="s", number=1)
    assert row["messages"][1] == {"role": "assistant", "content": "hello"}


def test_a_missing_field_is_named_with_its_set_and_row() -> None:
    with pytest.raises(DataError, match="'answer' is missing") as caught:
        chat_row({"question": "1?"}, FIELDS, source="sums", number=7)
    assert caught.value.where == "set 'sums' row 7"


def test_a_field_of_another_type_is_named_with_its_value() -> None:
    with pytest.raises(DataError, match="must be text, it is int 2"):
        chat_row({"question": "1 + 1?", "answer": 2}, FIELDS, source="sums", number=1)


@pytest.mark.parametrize(
    ("messages", "complaint"),
    [
        ([], "list of turns"),
        ("hello", "list of turns"),
        ([{"role": "user"}], "turn 1 has no"),
        ([{"role": "user", "content": 3}], "is int 3, not text"),
        ([{"role": "user", "content": " "}], "is empty"),
        ([{"role": "assistant", "content": "a"}], "'user' must follow"),
        ([{"role": "user", "content": "a"}], "last turn is not the assistant's"),
        (
            [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}],
            "'assistant' must follow",
        ),
    ],
)
def test_a_row_with_wrong_messages_is_refused(messages: Any, complaint: str) -> None:
    with pytest.raises(DataError, match=complaint) as caught:
        check_row({"id": "a", "source": "s", "messages": messages}, "row 3")
    assert caught.value.where == "row 3"


def test_a_system_turn_may_come_first() -> None:
    turns = [("system", "be brief"), ("user", "1?"), ("assistant", "1")]
    messages = [{"role": role, "content": content} for role, content in turns]
    check_row({"id": "a", "source": "s", "messages": messages}, "row 1")


def test_a_row_without_an_id_is_refused() -> None:
    with pytest.raises(DataError, match="'id' must be text"):
        check_row({"source": "s", "messages": []}, "row 1")
