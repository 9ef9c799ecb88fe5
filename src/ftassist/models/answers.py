"""Where the answers of a chat stand in the text that a template makes of it.

An answer is trained on where the model will write it: right after what a scoring asks with. So a
span begins where the text and the generation prompt part. An earlier answer counts only where the
template writes it the same whether the chat goes on or not. Knows characters, not tokens.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ftassist.errors import DataError
from ftassist.models.chat_format import ANSWERS, ChatFormat, Turn, shared_start

OPEN, CLOSE = "<think>", "</think>"


@dataclass(frozen=True)
class Span:
    """An answer in a text.

    Attributes:
        start: Where the model begins to write.
        answer: Where the answer's own words end; `start` where they are not in the text.
        stop: Up to where the text is what the model would write.
    """

    start: int
    answer: int
    stop: int


@dataclass(frozen=True)
class WrittenChat:
    """A chat as text.

    Attributes:
        spans: The answers to train on, in order; the last is the chat's own.
        skipped: Earlier answers that are not trained on, because the template writes them
            otherwise once the chat goes on.
    """

    text: str
    spans: tuple[Span, ...]
    skipped: int = 0


def write_chat(chats: ChatFormat, messages: Sequence[Turn]) -> WrittenChat:
    """Writes a chat and finds its answers; turns of weight 0 are not trained on.

    Raises:
        ChatTemplateError: The template refuses the chat.
        DataError: It rewrites the question when the answer comes, so that a model would be asked
            otherwise than it was trained.
    """
    turns = [n for n, turn in enumerate(messages) if turn["role"] == "assistant"]
    wanted = [n for n in turns if messages[n].get("weight", 1) != 0]
    whole = chats.text(messages)
    last = len(messages) - 1
    spans: list[Span] = []
    for turn in wanted:
        prompt = chats.prompt(messages[:turn])
        if turn == last:
            whole, span = _final(chats, messages, prompt, whole)
            spans.append(span)
        elif span_of_earlier := _earlier(chats, messages, turn, prompt, whole):
            spans.append(span_of_earlier)
    return WrittenChat(whole, tuple(spans), len(wanted) - len(spans))


def _final(
    chats: ChatFormat, messages: Sequence[Turn], prompt: str, whole: str
) -> tuple[str, Span]:
    """The last answer; thoughts in it that the template drops or doubles are put right."""
    answer = str(messages[-1].get("content") or "")
    if CLOSE in answer:
        whole = _with_thoughts(chats, messages, prompt, whole)
    if not whole.startswith(prompt):
        raise DataError(
            "the chat template rewrites earlier turns when an answer follows, so a model would be "
            "asked otherwise than it was trained",
            where=f"turn {len(messages)}",
            fix="use a base model whose template writes a question the same with and without its "
            "answer",
        )
    end = end_of(answer, whole, len(prompt))
    return whole, Span(len(prompt), len(prompt) if end is None else end, len(whole))


def _with_thoughts(chats: ChatFormat, messages: Sequence[Turn], prompt: str, whole: str) -> str:
    """The chat with the thoughts of its last answer in it once.

    As the template writes it; else with the thoughts apart, where it wants them so; else as the
    answer stands, in the place the template has for one.
    """
    last = messages[-1]
    answer = str(last["content"]).strip()
    thoughts, _, words = answer.removeprefix(OPEN).partition(CLOSE)
    apart = {**last, "content": words.strip(), "reasoning_content": thoughts.strip()}
    for text in (whole, chats.text([*messages[:-1], apart])):
        once = text[len(prompt) :].count(CLOSE) == answer.count(CLOSE)
        if once and end_of(answer, text, len(prompt)) is not None:
            return text
    model = chats.text([*messages[:-1], {**last, "content": ANSWERS[0]}])
    place = model.find(ANSWERS[0], len(prompt))
    lead = bare(model[len(prompt) : place])
    if place < 0 or not model.startswith(prompt) or lead not in ("", CLOSE, OPEN + CLOSE):
        return whole
    if lead:  # an empty think block, in whose place the answer's own comes
        place = len(prompt)
    if prompt.rstrip().endswith(OPEN):
        answer = answer.removeprefix(OPEN).lstrip()
    return model[:place] + answer + model[model.index(ANSWERS[0], place) + len(ANSWERS[0]) :]


def _earlier(
    chats: ChatFormat, messages: Sequence[Turn], turn: int, prompt: str, whole: str
) -> Span | None:
    """An answer that the chat goes on after, if it is written as it would be without that."""
    alone = chats.text(messages[: turn + 1])
    if not (whole.startswith(prompt) and alone.startswith(prompt)):
        return None
    stop = shared_start(alone, whole)
    end = end_of(str(messages[turn].get("content") or ""), whole[:stop], len(prompt))
    return None if end is None else Span(len(prompt), end, stop)


def end_of(answer: str, text: str, start: int) -> int | None:
    """Where an answer ends that begins at or after `start`; None if it is not there.

    White space does not count: templates trim and re-arrange it. A think tag that the text has
    just before `start` need not come again.
    """
    words = bare(answer)
    before = text[:start].rstrip()
    if before.endswith(OPEN):
        words = words.removeprefix(OPEN)
    places = [place for place in range(start, len(text)) if not text[place].isspace()]
    found = "".join(text[place] for place in places).find(words)
    if found < 0 or not words:
        return None
    return places[found + len(words) - 1] + 1


def bare(text: str) -> str:
    """A text without white space."""
    return "".join(text.split())


def same_letters(text: str) -> str:
    """A text without white space, in compatible letters of one case: what tokenizers may alter."""
    return bare(unicodedata.normalize("NFKC", text)).casefold()
