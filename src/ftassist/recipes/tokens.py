"""Chats to tokens, with a mark on every token that is trained on.

Trained are the assistant's turns, up to and with the end token; never the prompts. Where the
chat template marks them with `{% generation %}`, its marks count; elsewhere a turn is what the
template adds to the text before it. Nothing here guesses: a template that rewrites earlier turns
is refused. Knows nothing of batches, models or losses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ftassist.errors import DataError
from ftassist.recipes.rows import Message

IGNORED = -100
"""The label of a token that is not trained on, as torch's cross entropy knows it."""

_MARKERS = re.compile(r"\{%-?\s*generation\s*-?%\}")


@dataclass(frozen=True)
class TokenRow:
    """A tokenised row.

    Attributes:
        ids: Its tokens.
        trained: For each token, whether the loss is taken on it.
    """

    ids: tuple[int, ...]
    trained: tuple[bool, ...]

    def __len__(self) -> int:
        """The number of tokens."""
        return len(self.ids)

    @property
    def labels(self) -> list[int]:
        """The tokens, with -100 where they are not trained on."""
        return [i if on else IGNORED for i, on in zip(self.ids, self.trained, strict=True)]

    def cut(self, length: int) -> TokenRow:
        """The first `length` tokens."""
        return TokenRow(self.ids[:length], self.trained[:length])

    def fitted(self, context: int) -> TokenRow:
        """The row in a model that reads `context` tokens, cut as the evaluator cuts.

        A longer row loses the beginning of its prompt; a long answer gets a quarter of the
        context at most, where its prompt fills the rest, and loses its end.
        """
        if len(self) <= context:
            return self
        prompt = next((place for place, on in enumerate(self.trained) if on), len(self))
        kept = min(prompt, context - min(len(self) - prompt, context // 4))
        start = prompt - kept
        return TokenRow(self.ids[start:], self.trained[start:]).cut(context)


def encode(
    chats: Sequence[list[Message]], tokenizer: Any, end_ids: frozenset[int]
) -> list[TokenRow]:
    """Tokenises chats and marks what is trained on.

    Args:
        chats: The messages of each row.
        tokenizer: A fast tokenizer with a chat template.
        end_ids: Tokens at which generation stops; what a template puts after the last one of a
            turn (such as a line break) is not trained on.

    Raises:
        DataError: The template rewrites earlier turns of a chat of several turns.
    """
    if not chats:
        return []
    if _MARKERS.search(str(tokenizer.chat_template)):
        coded = tokenizer.apply_chat_template(
            list(chats), tokenize=True, return_dict=True, return_assistant_tokens_mask=True
        )
        marks = [[bool(mark) for mark in row] for row in coded["assistant_masks"]]
    else:
        spans = [_answer_spans(m, tokenizer, row) for row, m in enumerate(chats, start=1)]
        texts = render(chats, tokenizer)
        coded = tokenizer(texts, add_special_tokens=False, return_offsets_mapping=True)
        marks = [
            [any(a <= start and end <= b for a, b in found) for start, end in offsets]
            for found, offsets in zip(spans, coded["offset_mapping"], strict=True)
        ]
    return [
        TokenRow(tuple(ids), tuple(_stop_at_end(ids, mark, end_ids)))
        for ids, mark in zip(coded["input_ids"], marks, strict=True)
    ]


def count_tokens(chats: Sequence[list[Message]], tokenizer: Any) -> list[int]:
    """The number of tokens of each chat, the template's own tokens counted."""
    if not chats:
        return []
    coded = tokenizer(render(chats, tokenizer), add_special_tokens=False)
    return [len(ids) for ids in coded["input_ids"]]


def render(chats: Sequence[list[Message]], tokenizer: Any) -> list[str]:
    """Each chat as the text the model is trained on."""
    return list(tokenizer.apply_chat_template(list(chats), tokenize=False))


def _answer_spans(messages: list[Message], tokenizer: Any, row: int) -> list[tuple[int, int]]:
    """Character spans of the assistant's turns in the rendered chat."""
    whole = tokenizer.apply_chat_template(messages, tokenize=False)
    spans = []
    for turn, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        before = tokenizer.apply_chat_template(
            messages[:turn], tokenize=False, add_generation_prompt=True
        )
        after = tokenizer.apply_chat_template(messages[: turn + 1], tokenize=False)
        if not (whole.startswith(before) and whole.startswith(after)):
            raise DataError(
                "the chat template rewrites earlier turns, so what to train on is not certain",
                where=f"row {row} turn {turn + 1}",
                fix="use rows of one question and one answer, or a template with "
                "{% generation %} marks",
            )
        spans.append((len(before), len(after)))
    return spans


def _stop_at_end(
    ids: Sequence[int], trained: Sequence[bool], end_ids: frozenset[int]
) -> list[bool]:
    """Unmarks what follows the last end token of each trained run."""
    marks = list(trained)
    position = 0
    while position < len(marks):
        if not marks[position]:
            position += 1
            continue
        stop = position
        while stop < len(marks) and marks[stop]:
            stop += 1
        ends = [place for place in range(position, stop) if ids[place] in end_ids]
        if ends:
            marks[ends[-1] + 1 : stop] = [False] * (stop - ends[-1] - 1)
        position = stop
    return marks
