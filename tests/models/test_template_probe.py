"""What cannot be trained is refused by a look at the template; what is peculiar is told."""

from __future__ import annotations

import re
from datetime import date

import pytest
from tests.models.families import CHATML, FAMILIES, REFUSED, byte_tokenizer

from ftassist.errors import ModelError
from ftassist.models.template_probe import check_template

WORDS = {
    "drops the text": "drops the text",
    "raises at every chat": "closed on Sundays",
    "cannot be run": "refuses the chat",
    "is no template": "refuses the chat",
    "rewrites the question": "rewrites earlier turns",
    "ends nowhere": "never learn to stop",
    "shouts": "drops the text",
}
TOLD = {
    "plain": ["'<\\|im_end\\|>', not with eos_token"],
    "opens thoughts in its generation prompt only": ["<think>.*before no answer"],
    "forbids the system role": ["no system role, please"],
    "leaves the system turn out": ["leaves the turn out"],
    "has no generation prompt but a header": ["no generation prompt"],
    "wants parts": ["in parts"],
    "tells the date": ["always 2026-11-28"],
    "adds a system turn of its own": ["system turn of its own"],
    "puts empty thoughts before the last answer": ["only the last answer"],
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_template_that_cannot_be_trained_is_refused_in_its_own_words(name: str) -> None:
    with pytest.raises(ModelError, match=WORDS[name]) as caught:
        check_template(byte_tokenizer(REFUSED[name]), name="base", where="/there")
    assert caught.value.where == "/there"
    assert caught.value.fix


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_a_template_that_can_be_trained_is_accepted(name: str) -> None:
    told = check_template(byte_tokenizer(FAMILIES[name]), name="base", day=date(2026, 11, 28))
    for words in TOLD.get(name, []):
        assert any(re.search(words, remark) for remark in told), told


def test_nothing_is_told_of_a_plain_template() -> None:
    assert check_template(byte_tokenizer(CHATML, eos="<|im_end|>"), name="base") == ()


def test_several_templates_without_a_default_are_refused() -> None:
    with pytest.raises(ModelError, match="rag, tool_use"):
        check_template(byte_tokenizer({"rag": CHATML, "tool_use": CHATML}), name="base")


def test_an_end_that_is_no_token_is_refused_by_its_text() -> None:
    tokenizer = byte_tokenizer("")
    tokenizer.chat_template = CHATML
    with pytest.raises(ModelError, match=r"<\|im_end\|>', which is no token"):
        check_template(tokenizer, name="base")
