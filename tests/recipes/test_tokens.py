from collections.abc import Callable
from typing import Any

import pytest

from ftassist.errors import DataError
from ftassist.recipes.audit import marked
from ftassist.recipes.rows import Message
from ftassist.recipes.tokens import TokenRow, count_tokens, encode

MakeTokenizer = Callable[[str], Any]


def chat(*turns: tuple[str, str]) -> list[Message]:
    return [Message(role=role, content=content) for role, content in turns]


QUESTION = chat(("user", "1?"), ("assistant", "one"))
TURNS = [*chat(("system", "be brief")), *QUESTION, *chat(("user", "2?"), ("assistant", "two"))]


def show(messages: list[Message], tokenizer: Any) -> str:
    (row,) = encode([messages], tokenizer, frozenset({tokenizer.eos_token_id}))
    return marked(row, tokenizer.decode)


@pytest.mark.parametrize("template", ["plain", "marked"])
def test_only_the_assistant_is_trained_up_to_and_with_the_end_token(
    template: str, tokenizer_with: MakeTokenizer
) -> None:
    assert show(TURNS, tokenizer_with(template)) == (
        "<|im_start|>system\nbe brief<|im_end|>\n<|im_start|>user\n1?<|im_end|>\n"
        "<|im_start|>assistant\n⟦one<|im_end|>⟧\n<|im_start|>user\n2?<|im_end|>\n"
        "<|im_start|>assistant\n⟦two<|im_end|>⟧\n"
    )


def test_a_template_that_rewrites_earlier_turns_is_refused(tokenizer_with: MakeTokenizer) -> None:
    rewriting = (
        "{% for m in messages %}{{ m.role if loop.last else 'x' }}: {{ m.content }}<|im_end|>"
        "{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}"
    )
    with pytest.raises(DataError, match="rewrites earlier turns") as caught:
        show(QUESTION, tokenizer_with(rewriting))
    assert "row 1" in caught.value.where


def test_the_tokens_of_the_template_are_counted(tokenizer_with: MakeTokenizer) -> None:
    tokenizer = tokenizer_with("plain")
    (row,) = encode([QUESTION], tokenizer, frozenset())
    assert count_tokens([QUESTION], tokenizer) == [len(row)]


def test_labels_hide_what_is_not_trained(tokenizer_with: MakeTokenizer) -> None:
    tokenizer = tokenizer_with("plain")
    (row,) = encode([QUESTION], tokenizer, frozenset({tokenizer.eos_token_id}))
    kept = [label for label in row.labels if label != -100]
    assert tokenizer.decode(kept) == "one<|im_end|>"


def numbered(prompt: int, answer: int) -> TokenRow:
    """Tokens 0, 1, 2, ... of which the first `prompt` are not trained."""
    return TokenRow(tuple(range(prompt + answer)), (False,) * prompt + (True,) * answer)


def test_a_row_that_fits_the_context_stays() -> None:
    assert numbered(6, 2).fitted(8) == numbered(6, 2)


def test_a_long_prompt_loses_its_beginning() -> None:
    row = numbered(90, 10).fitted(40)
    assert row.ids == tuple(range(60, 100))
    assert sum(row.trained) == 10


def test_an_answer_beside_a_long_prompt_keeps_a_quarter_of_the_context() -> None:
    row = numbered(90, 60).fitted(40)
    assert row.ids == tuple(range(60, 100))
    assert sum(row.trained) == 10


def test_a_long_answer_takes_what_a_short_prompt_leaves() -> None:
    row = numbered(5, 60).fitted(40)
    assert row.ids == tuple(range(40))
