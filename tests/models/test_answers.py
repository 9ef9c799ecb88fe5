"""Where answers stand in what a template makes of a chat."""

from __future__ import annotations

from typing import Any

import pytest
from tests.models.families import FAMILIES, byte_tokenizer, turns

from ftassist.models.answers import write_chat
from ftassist.models.chat_format import ChatFormat


def parts(name: str, chat: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Of each answer, the text from where the model writes to its end, and what was before."""
    written = write_chat(ChatFormat.of(byte_tokenizer(FAMILIES[name])), chat)
    return [(written.text[s.start : s.answer], written.text[: s.start]) for s in written.spans]


def test_an_answer_begins_where_the_chat_and_the_generation_prompt_part() -> None:
    (found,) = parts("opens thoughts in its generation prompt only", turns("1?", "one"))
    assert found == ("one", "<|im_start|>user\n1?<|im_end|>\n<|im_start|>assistant\n")


def test_thoughts_that_a_template_drops_from_the_last_answer_are_put_back() -> None:
    thinking = "<think>\nhm\n</think>\n\none"
    (found,) = parts("opens thoughts and forgets them in answers", turns("1?", thinking))
    assert found == (thinking, "<s><|User|>1?<|Assistant|>")


def test_earlier_thoughts_stay_dropped_where_the_template_drops_them() -> None:
    chat = turns("1?", "<think>\nhm\n</think>\n\none", "2?", "two")
    assert [answer for answer, _ in parts("opens thoughts and forgets them in answers", chat)] == [
        "two"
    ]


def test_an_earlier_answer_that_is_written_otherwise_is_not_trained_on_and_counted() -> None:
    chats = ChatFormat.of(byte_tokenizer(FAMILIES["puts empty thoughts before the last answer"]))
    written = write_chat(chats, turns("1?", "one", "2?", "two"))
    assert (len(written.spans), written.skipped) == (1, 1)
    assert written.text[written.spans[0].start :].startswith("<think>\n\n</think>\n\ntwo")


def test_an_earlier_answer_without_the_end_that_comes_once_is_trained_on() -> None:
    found = parts("ends once after the whole chat", turns("1?", "one", "2?", "two"))
    assert [answer for answer, _ in found] == ["one", "two"]


def test_a_turn_of_weight_nought_is_not_trained_on() -> None:
    chat: list[dict[str, Any]] = turns("1?", "one", "2?", "two")
    chat[1]["weight"] = 0
    assert [answer for answer, _ in parts("plain", chat)] == ["two"]


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_the_answer_is_found_after_the_very_prompt_that_a_scoring_asks(name: str) -> None:
    chats = ChatFormat.of(byte_tokenizer(FAMILIES[name]))
    chat = turns("How many  rings?", "Seven, it\nseems", "Sure?", "Yes \n2 + 5")
    written = write_chat(chats, chat)
    last = written.spans[-1]
    assert written.text[: last.start] == chats.prompt(chat[:-1])
    assert written.text[last.start : last.answer].endswith("Yes \n2 + 5")
