"""A sweep over the chat templates that ship inside trl and over those of the tests.

Held for each: the tokens before an answer are the tokens a scoring asks with, and what is trained
on is the answer, what the template has a model write around it, and the mark that ends it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import trl
from tests.models.families import FAMILIES, MARK, REFUSED, byte_tokenizer, turns

from ftassist.errors import DataError
from ftassist.models.chat_format import ChatFormat
from ftassist.recipes import audit
from ftassist.recipes.tokens import TokenRow, encode

SHIPPED = {
    path.stem: path.read_text(encoding="utf-8")
    for path in sorted((Path(trl.__file__).parent / "chat_templates").glob("*.jinja"))
}
TEMPLATES = {**SHIPPED, **FAMILIES}
AROUND = re.compile(r"(final| to=user|\s)*")
"""What templates have a model write around an answer, beside marks: channels, addressees."""


def coded(template: str, chat: list[Any]) -> tuple[ChatFormat, TokenRow]:
    tokenizer = byte_tokenizer(template)
    chats = ChatFormat.of(tokenizer)
    (row,) = encode([chat], tokenizer, frozenset({tokenizer.eos_token_id}), chats)
    return chats, row


def runs(row: TokenRow) -> list[tuple[int, int]]:
    """Where runs of trained tokens begin and end."""
    marks = [False, *row.trained, False]
    edges = [place for place in range(len(marks) - 1) if marks[place] != marks[place + 1]]
    return list(zip(edges[::2], edges[1::2], strict=True))


def holds(chats: ChatFormat, row: TokenRow, run: tuple[int, int], answer: str) -> bool:
    """Whether a run is an answer, and beside it marks and what stands around answers."""
    text = chats.tokenizer.decode(row.ids[run[0] : run[1]])
    before, found, after = text.partition(answer)
    rest = MARK.sub("", before), MARK.sub("", after)
    return bool(found) and all(AROUND.fullmatch(part) for part in rest)


def test_there_are_templates_to_sweep() -> None:
    assert len(SHIPPED) > 50


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_one_answer_is_trained_after_what_a_scoring_asks(name: str) -> None:
    chat = turns("How many rings?", "Seven rings")
    chats, row = coded(TEMPLATES[name], chat)
    (run,) = runs(row)
    assert list(row.ids[: run[0]]) == chats.prompt_ids(chat[:-1])
    assert holds(chats, row, run, "Seven rings")
    assert row.ids[run[1] - 1] == chats.end
    assert row.ids[run[0] : run[1]].count(chats.end) == 1


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_in_a_longer_chat_every_trained_answer_follows_its_prompt(name: str) -> None:
    chat = turns("How many rings?", "Seven rings", "Sure?", "Quite  sure,\nyes")
    chats, row = coded(TEMPLATES[name], chat)
    found = runs(row)
    assert len(found) + row.skipped == 2
    for run, turn in zip(reversed(found), (3, 1), strict=False):
        assert list(row.ids[: run[0]]) == chats.prompt_ids(chat[:turn])
        assert holds(chats, row, run, chat[turn]["content"])
    assert row.ids[found[-1][1] - 1] == chats.end


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_system_turn_is_in_the_prompt_or_refused_by_row(name: str) -> None:
    chat = turns("How many rings?", "Seven rings", system="Be brief.")
    try:
        chats, row = coded(TEMPLATES[name], chat)
    except DataError as error:
        assert error.where == "row 1"
        assert "takes no system turn" in error.what
        return
    (run,) = runs(row)
    assert list(row.ids[: run[0]]) == chats.prompt_ids(chat[:-1])
    assert "Be brief." in chats.tokenizer.decode(row.ids[: run[0]])
    assert holds(chats, row, run, "Seven rings")


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_thoughts_in_an_answer_are_trained_on_once(name: str) -> None:
    thinking = "<think>\ncount them\n</think>\n\nSeven rings"
    chats, row = coded(TEMPLATES[name], turns("How many rings?", thinking))
    ((start, stop),) = runs(row)
    text = chats.tokenizer.decode(row.ids[start:stop])
    assert text.count("count them") == text.count("Seven rings") == text.count("</think>") == 1
    decode = chats.tokenizer.decode
    assert audit.answers([row], [thinking], decode).passed


@pytest.mark.parametrize("name", ["shouts", "drops the text"])
def test_an_answer_that_is_not_in_what_is_trained_stops_the_training(name: str) -> None:
    chat = turns("How many rings?", "Seven rings, say all")
    try:
        chats, row = coded(REFUSED[name], chat)
    except DataError:
        pytest.fail("it is the audit that must find it")
    check = audit.answers([row], ["Seven rings, say all"], chats.tokenizer.decode)
    assert not check.passed
    assert "row 1" in check.message


def test_tokens_that_merge_across_the_end_of_a_prompt_are_kept_apart() -> None:
    """Two line breaks are one token, as in many vocabularies; a prompt ends with the first."""
    template = FAMILIES["plain"].replace(
        "{{ m.content }}",
        "{% if m.role == 'assistant' %}<think>\n\n</think>\n\n{% endif %}{{ m.content }}",
    )
    template = template.replace("assistant\n{% endif %}", "assistant\n<think>\n{% endif %}")
    tokenizer = byte_tokenizer(template, merges="ĊĊ")
    assert len(tokenizer("\n\n", add_special_tokens=False)["input_ids"]) == 1
    chats = ChatFormat.of(tokenizer)
    chat: list[Any] = turns("1?", "one")
    (row,) = encode([chat], tokenizer, frozenset(), chats)
    asked = chats.prompt_ids(chat[:1])
    assert list(row.ids[: len(asked)]) == asked
    assert tokenizer.decode(row.ids) == chats.text(chat)
    assert not any(row.trained[: len(asked)])
    assert row.trained[len(asked)]


def spaced_tokenizer(template: str) -> Any:
    """A tokenizer that puts a space before every text, as SentencePiece does."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = ["<unk>", "▁", "\n", *map(chr, range(33, 127))]
    core = Tokenizer(models.BPE({w: n for n, w in enumerate(letters)}, [], unk_token="<unk>"))
    core.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    core.decoder = decoders.Metaspace(prepend_scheme="first")
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core, eos_token="</s>", bos_token="<s>", unk_token="<unk>"
    )
    tokenizer.chat_template = template
    return tokenizer


def test_a_tokenizer_that_puts_spaces_before_texts_puts_none_before_answers() -> None:
    template = (
        "{% for m in messages %}{{ m.role }}: {{ m.content }}"
        "{% if m.role == 'assistant' %}</s>{% endif %}\n{% endfor %}"
        "{% if add_generation_prompt %}assistant: {% endif %}"
    )
    tokenizer = spaced_tokenizer(template)
    chats = ChatFormat.of(tokenizer)
    chat: list[Any] = turns("1?", "one")
    (row,) = encode([chat], tokenizer, frozenset({tokenizer.eos_token_id}), chats)
    asked = chats.prompt_ids(chat[:1])
    assert list(row.ids[: len(asked)]) == asked
    trained = [i for i, on in zip(row.ids, row.trained, strict=True) if on]
    assert tokenizer.convert_ids_to_tokens(trained) == ["o", "n", "e", "</s>"]


def test_an_answer_with_letters_the_tokenizer_does_not_know_stops_the_training() -> None:
    tokenizer = spaced_tokenizer(FAMILIES["ends once after the whole chat"])
    chat: list[Any] = turns("1?", "größer")
    (row,) = encode([chat], tokenizer, frozenset({tokenizer.eos_token_id}))
    check = audit.answers([row], ["größer"], tokenizer.decode)
    assert not check.passed
    assert "größer" in check.message


def test_trimmed_white_space_does_not_count_as_lost() -> None:
    chats, row = coded(FAMILIES["forbids the system role"], turns("1?", "  one\n\n two \n"))
    assert audit.answers([row], ["  one\n\n two \n"], chats.tokenizer.decode).passed


def test_a_marked_template_trains_the_same_as_one_without_marks() -> None:
    marked = FAMILIES["plain"].replace(
        "{{ m.content }}<|im_end|>\n",
        "{% if m.role == 'assistant' %}{% generation %}{{ m.content }}{% endgeneration %}"
        "{% else %}{{ m.content }}{% endif %}<|im_end|>\n",
    )
    chat = turns("1?", "one", "2?", "two")
    assert coded(marked, chat)[1] == coded(FAMILIES["plain"], chat)[1]
