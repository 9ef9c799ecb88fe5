"""Chats to tokens, with a mark on every token that is trained on.

Trained are the assistant's answers, from where a scoring would have the model begin to write, up
to and with the token that ends them; never the prompts. The tokens of a prompt are those that a
scoring asks with. Where answers stand in a chat's text, `models.answers` says. Knows nothing of
batches, models or losses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ftassist.errors import DataError
from ftassist.models.answers import Span, WrittenChat, write_chat
from ftassist.models.chat_format import ChatFormat, ChatTemplateError
from ftassist.recipes.rows import Message

IGNORED = -100
"""The label of a token that is not trained on, as torch's cross entropy knows it."""

Coded = tuple[list[int], list[tuple[int, int]]]
"""Tokens, and where each of them stands in the text."""


@dataclass(frozen=True)
class TokenRow:
    """A tokenised row.

    Attributes:
        ids: Its tokens.
        trained: For each token, whether the loss is taken on it.
        skipped: Earlier answers of the chat that are not trained on, because the template writes
            them otherwise once the chat goes on.
    """

    ids: tuple[int, ...]
    trained: tuple[bool, ...]
    skipped: int = 0

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
    chats: Sequence[list[Message]],
    tokenizer: Any,
    end_ids: frozenset[int],
    form: ChatFormat | None = None,
) -> list[TokenRow]:
    """Tokenises chats and marks what is trained on.

    Args:
        chats: The messages of each row.
        tokenizer: A fast tokenizer with a chat template.
        end_ids: Tokens at which generation stops, beside the one the template ends answers with;
            what a template puts after an answer's first (such as a line break) is not trained on.
        form: What the template does, where it is known.

    Raises:
        DataError: The template refuses a chat, or writes a question otherwise when its answer
            follows (names the row).
    """
    form = form or ChatFormat.of(tokenizer)
    ends = end_ids | form.marks
    written = [_written(form, messages, row) for row, messages in enumerate(chats, start=1)]
    prompts = [[w.text[: span.start] for span in w.spans] for w in written]
    coded = iter(
        _code(tokenizer, [t for w, p in zip(written, prompts, strict=True) for t in (w.text, *p)])
    )
    rows = []
    for chat, asked in zip(written, prompts, strict=True):
        whole, *questions = [next(coded) for _ in range(1 + len(asked))]
        rows.append(_row(chat, whole, questions, tokenizer, ends))
    return rows


def count_tokens(
    chats: Sequence[list[Message]], tokenizer: Any, form: ChatFormat | None = None
) -> list[int]:
    """The number of tokens of each chat, the template's own tokens counted.

    Raises:
        DataError: The template refuses a chat (names the row).
    """
    form = form or ChatFormat.of(tokenizer)
    return [len(row) for row in encode(chats, tokenizer, frozenset(), form)]


def _written(form: ChatFormat, messages: list[Message], row: int) -> WrittenChat:
    """A chat as text; errors name the row."""
    try:
        return write_chat(form, messages)
    except (ChatTemplateError, DataError) as error:
        where = f"row {row} {error.where}".strip()
        raise DataError(error.what, where=where, fix=error.fix) from error


def _row(
    chat: WrittenChat,
    whole: Coded,
    questions: Sequence[Coded],
    tokenizer: Any,
    ends: frozenset[int],
) -> TokenRow:
    """A chat's tokens and marks; its last prompt is made of the tokens that are asked with.

    Tokens can merge across the end of a prompt, which a model that is asked never sees; then what
    is asked and what is answered are tokenised apart. An earlier answer whose prompt has other
    tokens inside the chat is not trained on.
    """
    skipped = chat.skipped
    if questions and not _begins(whole, questions[-1]):
        whole = _joined(questions[-1], chat.text, chat.spans[-1].start, tokenizer)
    ids, places = whole
    trained = [False] * len(ids)
    for span, question in zip(chat.spans, questions, strict=True):
        if not _begins(whole, question):
            skipped += 1
            continue
        for number in _answer_tokens(ids, places, span, len(question[0]), ends):
            trained[number] = True
    return TokenRow(tuple(ids), tuple(trained), skipped)


def _answer_tokens(
    ids: Sequence[int],
    places: Sequence[tuple[int, int]],
    span: Span,
    first: int,
    ends: frozenset[int],
) -> range:
    """The numbers of an answer's tokens, up to and with the first end token after its words."""
    stop = first
    for number in range(first, len(ids)):
        start, end = places[number]
        if end > span.stop:
            break
        if start < span.answer:
            stop = number + 1
        elif ids[number] in ends and end > start:
            return range(first, number + 1)
    return range(first, stop)


def _begins(whole: Coded, question: Coded) -> bool:
    return whole[0][: len(question[0])] == question[0]


def _joined(question: Coded, text: str, start: int, tokenizer: Any) -> Coded:
    """The tokens of a prompt and, apart from them, those of what follows it.

    Some tokenizers put a space before every text; a line break before it, taken off again, keeps
    that away.
    """
    rest = text[start:]
    broken, line, plain = _code(tokenizer, ["\n" + rest, "\n", rest])
    ids, places, shift = plain[0], plain[1], start
    if _begins(broken, line):
        ids, places, shift = broken[0][len(line[0]) :], broken[1][len(line[0]) :], start - 1
    moved = [(a + shift, b + shift) for a, b in places]
    return [*question[0], *ids], [*question[1], *moved]


def _code(tokenizer: Any, texts: Sequence[str]) -> list[Coded]:
    """The tokens of texts, without any that a tokenizer would add."""
    if not texts:
        return []
    coded = tokenizer(list(texts), add_special_tokens=False, return_offsets_mapping=True)
    return list(zip(coded["input_ids"], coded["offset_mapping"], strict=True))
