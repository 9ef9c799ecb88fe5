from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ftassist import teach
from ftassist.recipes import curate
from ftassist.recipes.models import load_tokenizer
from ftassist.recipes.tokens import TokenRow, encode


@pytest.fixture(scope="module")
def rows() -> list[TokenRow]:
    tokenizer = load_tokenizer("tiny")
    chats = curate.load("mini_math", ["lessons_shop"]).column("messages")
    return encode(chats, tokenizer, frozenset({tokenizer.eos_token_id}))


def right_labels(ids: list[int], trained: list[bool]) -> list[int]:
    return [i if on else -100 for i, on in zip(ids, trained, strict=True)]


TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def test_the_number_of_trained_tokens_passes_and_near_misses_get_their_own_hint(
    rows: list[TokenRow],
) -> None:
    wanted = sum(rows[1].trained)
    assert teach.check("02.1", wanted)
    assert "the prompt is read" in str(teach.check("02.1", len(rows[1])))
    assert "stops" in str(teach.check("02.1", wanted - 1))
    assert "the other part" in str(teach.check("02.1", len(rows[1]) - wanted))
    assert not teach.check("02.1", 3)


def test_labels_are_tried_on_rows_that_the_reader_has_not_seen() -> None:
    assert teach.check("02.2", right_labels)
    assert not teach.check("02.2", lambda ids, trained: [-100, -100, 7, 8])


@pytest.mark.parametrize(
    ("made", "hint"),
    [
        (lambda ids, trained: [i if on else 0 for i, on in zip(ids, trained, strict=True)], "ign"),
        (
            lambda ids, trained: [-100 if on else i for i, on in zip(ids, trained, strict=True)],
            "other way round",
        ),
        (lambda ids, trained: [*right_labels(ids, trained)[1:], -100], "Do not shift"),
        (lambda ids, trained: ids[:1], "need 4 labels"),
        (lambda ids, trained: None, "returns nothing"),
        (lambda ids, trained: 1 / 0, "ZeroDivisionError"),
        (lambda: [], "TypeError"),
    ],
)
def test_a_wrong_function_gets_a_hint_of_what_it_did(made: Callable[..., Any], hint: str) -> None:
    found = teach.check("02.2", made)
    assert not found
    assert hint in str(found)


def test_the_shortest_length_that_keeps_every_end_passes_and_no_other(
    rows: list[TokenRow],
) -> None:
    ends = [max(place for place, on in enumerate(row.trained) if on) for row in rows]
    assert teach.check("02.3", max(ends) + 1)
    assert "rows lose the end" in str(teach.check("02.3", max(ends)))
    assert "need not be kept" in str(teach.check("02.3", max(map(len, rows))))
    assert "a shorter one does" in str(teach.check("02.3", 10_000))


@pytest.mark.parametrize(
    ("template", "hint"),
    [
        (TEMPLATE.replace("<|im_end|>", ""), "<|im_end|>"),
        (TEMPLATE.replace("<|im_end|>", "<|pad|>"), "<|im_end|>"),
        (TEMPLATE.replace("m['content']", "m['content'] | upper"), "drops the text"),
        (TEMPLATE.replace("{% endfor %}", ""), "The check says"),
    ],
)
def test_a_template_that_is_still_broken_gets_what_the_check_says(
    template: str, hint: str
) -> None:
    found = teach.check("02.4", template)
    assert not found
    assert hint in str(found)


def test_a_mended_template_passes() -> None:
    assert teach.check("02.4", TEMPLATE)
