"""What a chat template does is found out by writing a small chat, and the same everywhere."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.models.families import CHATML, FAMILIES, REFUSED, byte_tokenizer, turns

from ftassist.errors import FtassistError
from ftassist.models.chat_format import ChatFormat, ChatTemplateError, folded

DAY = date(2026, 3, 9)


def form(name: str) -> ChatFormat:
    return ChatFormat.of(byte_tokenizer(FAMILIES[name]), DAY)


def end(chats: ChatFormat) -> str:
    return str(chats.tokenizer.decode([chats.end]))


def test_a_think_block_that_only_the_generation_prompt_opens_is_left_out_of_prompts() -> None:
    chats = form("opens thoughts in its generation prompt only")
    assert chats.prompt(turns("1?")) == "<|im_start|>user\n1?<|im_end|>\n<|im_start|>assistant\n"


def test_a_template_without_generation_prompt_gets_the_header_of_its_answers() -> None:
    chats = form("has no generation prompt but a header")
    assert chats.prompt(turns("1?")) == "<|im_start|>user\n1?<|im_end|>\n<|im_start|>assistant\n"


def test_a_forbidden_system_turn_is_refused_with_the_templates_own_words() -> None:
    chats = form("forbids the system role")
    with pytest.raises(ChatTemplateError, match="no system role, please") as caught:
        chats.text(turns("1?", "one", system="Be brief."))
    assert "fold" in caught.value.fix


def test_a_system_turn_that_would_be_left_out_in_silence_is_refused() -> None:
    chats = form("leaves the system turn out")
    with pytest.raises(ChatTemplateError, match="leaves the turn out"):
        chats.text(turns("1?", "one", system="Be brief."))


def test_a_scoring_folds_a_forbidden_system_turn_into_the_question() -> None:
    chats = form("forbids the system role")
    asked = turns("1?", system="Be brief.")
    assert chats.question_of(asked) == chats.prompt(turns("Be brief.\n\n1?"))
    assert form("plain").question_of(asked) == form("plain").prompt(asked)


def test_folding_leaves_a_chat_without_system_turn_as_it_is() -> None:
    assert folded(turns("1?", "one")) == turns("1?", "one")


def test_plain_text_is_given_as_parts_to_a_template_that_wants_them() -> None:
    assert form("wants parts").text(turns("1?", "one")) == form("plain").text(turns("1?", "one"))


def test_the_date_is_the_day_the_format_was_made_for() -> None:
    chats = form("tells the date")
    assert "Today is 09 Mar 2026." in chats.prompt(turns("1?"))
    later = ChatFormat.of(chats.tokenizer, date(2026, 3, 10))
    assert "Today is 10 Mar 2026." in later.text(turns("1?", "one"))
    assert "Today is 09 Mar 2026." in chats.text(turns("1?", "one"))


def test_the_day_comes_from_the_campaign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTASSIST_DAY", "2025-12-24")
    chats = ChatFormat.of(byte_tokenizer(FAMILIES["tells the date"]))
    assert "Today is 24 Dec 2025." in chats.prompt(turns("1?"))


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("plain", "<|im_end|>"),
        ("ends with another mark than eos, then eos", "<|end|>"),
        ("ends once after the whole chat", "<|endoftext|>"),
        ("ends with the next question's mark", "<|user|>"),
    ],
)
def test_the_end_of_an_answer_is_the_mark_the_template_writes(name: str, mark: str) -> None:
    assert end(form(name)) == mark


def test_of_several_named_templates_the_default_is_used() -> None:
    named = {"default": CHATML, "tool_use": REFUSED["drops the text"]}
    chats = ChatFormat.of(byte_tokenizer(named))
    assert chats.text(turns("1?", "one")) == form("plain").text(turns("1?", "one"))


def test_a_begin_of_text_token_comes_once() -> None:
    chats = form("forbids the system role")
    chats.tokenizer.add_bos_token = True
    ids = chats.prompt_ids(turns("1?"))
    assert ids.count(chats.tokenizer.bos_token_id) == 1


@pytest.mark.parametrize("name", ["raises at every chat", "cannot be run", "is no template"])
def test_a_template_that_fails_is_refused_in_words(name: str) -> None:
    chats: Any = ChatFormat.of(byte_tokenizer(REFUSED[name]))
    with pytest.raises(ChatTemplateError, match="refuses the chat"):
        chats.text(turns("1?", "one"))


def test_a_system_turn_that_the_template_adds_can_be_left_out() -> None:
    tokenizer = byte_tokenizer(FAMILIES["adds a system turn of its own"])
    own, bare = (ChatFormat.of(tokenizer, DAY, turn) for turn in ("own", "none"))
    assert own.prompt(turns("1?")).startswith("<|im_start|>system\nYou help.<|im_end|>\n")
    assert bare.prompt(turns("1?")) == form("plain").prompt(turns("1?"))
    assert bare.text(turns("1?", "one")) == form("plain").text(turns("1?", "one"))
    given = turns("1?", "one", system="Be brief.")
    assert bare.text(given) == own.text(given)


def test_a_begin_of_text_token_stays_where_the_system_turn_is_left_out() -> None:
    template = "{{ bos_token }}" + FAMILIES["adds a system turn of its own"]
    bare = ChatFormat.of(byte_tokenizer(template), DAY, "none")
    assert bare.prompt(turns("1?")) == "<s>" + form("plain").prompt(turns("1?"))


@pytest.mark.parametrize("name", sorted(set(FAMILIES) - {"adds a system turn of its own"}))
def test_leaving_it_out_changes_nothing_where_there_is_none(name: str) -> None:
    tokenizer = byte_tokenizer(FAMILIES[name])
    own, bare = (ChatFormat.of(tokenizer, DAY, turn) for turn in ("own", "none"))
    assert bare.prompt(turns("1?")) == own.prompt(turns("1?"))


def test_the_decision_comes_from_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = byte_tokenizer(FAMILIES["adds a system turn of its own"])
    monkeypatch.setenv("FTASSIST_SYSTEM_TURN", "none")
    assert "You help." not in ChatFormat.of(tokenizer).prompt(turns("1?"))
    monkeypatch.setenv("FTASSIST_SYSTEM_TURN", "some")
    with pytest.raises(FtassistError, match="'some' says nothing of a system turn"):
        ChatFormat.of(tokenizer)
