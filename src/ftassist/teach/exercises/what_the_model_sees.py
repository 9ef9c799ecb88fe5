"""Exercises of notebook 02: tokens, templates, end tokens, loss masks.

Every judge encodes the same rows with the same functions as a training, with the model `tiny`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from ftassist.errors import FtassistError
from ftassist.teach.answers import function, number, tried
from ftassist.teach.exercises.exercise import Exercise

RAW_SET = "lessons_shop"
ROW = 1
"""The row that 02.1 asks about; the notebook shows the one before it."""


def _trained_tokens(answer: Any) -> str:
    row = _rows()[ROW]
    wanted, found = sum(row.trained), number(answer)
    if found == wanted:
        return ""
    if found == len(row):
        return "That is every token of the row; the prompt is read, but no loss is taken on it."
    if found == len(row) - wanted:
        return "That is the other part: the tokens that no loss is taken on."
    if found == wanted - 1:
        return "One is missing: which token does the model have to learn so that it ever stops?"
    return "Encode the row as the cell above does, and count what is inside ⟦ ⟧ (row.trained)."


def _labels(answer: Any) -> str:
    made = function(answer)
    for ids, trained in (
        ([5, 6, 7, 8], [False, False, True, True]),
        ([9, 9], [True, False]),
        ([0, 4], [True, True]),
    ):
        wanted = [i if on else -100 for i, on in zip(ids, trained, strict=True)]
        found = list(tried(made, list(ids), list(trained)))
        if found == wanted:
            continue
        if len(found) != len(ids):
            return f"{len(ids)} tokens need {len(ids)} labels; yours are {len(found)}."
        if found == [0 if label == -100 else label for label in wanted]:
            return "0 is a token of the vocabulary like any other; which label does torch ignore?"
        if found == [-100 if on else i for i, on in zip(ids, trained, strict=True)]:
            return "It is the other way round: that trains on the prompt and ignores the answer."
        if found == [*wanted[1:], -100]:
            return "Do not shift them: the model's own loss shifts labels by one."
        return f"labels({ids}, {trained}) gave {found}."
    return ""


def _max_length(answer: Any) -> str:
    wanted, found = _shortest_that_keeps_ends(), number(answer)
    if found == wanted:
        return ""
    if found == max(map(len, _rows())):
        return (
            "Close: that keeps every token. What the template writes after the end token of the "
            "longest row need not be kept, because nothing is trained on it."
        )
    if found < wanted:
        cut = sum(_last_trained(row) >= found for row in _rows())
        return f"At {found:g} tokens, {cut} of {len(_rows())} rows lose the end of their answer."
    return "No row loses its end at that length, but a shorter one does, too."


def _template(answer: Any) -> str:
    from ftassist.models.answers import write_chat
    from ftassist.models.chat_format import ChatFormat
    from ftassist.models.template_probe import check_template
    from ftassist.recipes.models import load_tokenizer

    if not isinstance(answer, str):
        return "A template is asked for: a text."
    tokenizer = load_tokenizer("tiny")
    tokenizer.chat_template = answer
    chat = [
        {"role": "user", "content": "How many LEFT?"},
        {"role": "assistant", "content": "Nine ARE left."},
    ]
    try:
        check_template(tokenizer, name="your template")
        form = ChatFormat.of(tokenizer)
        written = write_chat(form, chat).text
    except FtassistError as error:
        return f"The check says: {error.what}."
    for turn in chat:
        if turn["content"] not in written:
            return f"{turn['content']!r} is no longer in what the template writes: {written!r}."
    if form.end != tokenizer.eos_token_id:
        return "An answer has to end with the token at which generation stops, <|im_end|>."
    return ""


@cache
def _rows() -> list[Any]:
    from ftassist.recipes import curate
    from ftassist.recipes.models import load_tokenizer
    from ftassist.recipes.tokens import encode

    tokenizer = load_tokenizer("tiny")
    chats = curate.load("mini_math", [RAW_SET]).column("messages")
    return encode(chats, tokenizer, frozenset({tokenizer.eos_token_id}))


def _last_trained(row: Any) -> int:
    return max(place for place, on in enumerate(row.trained) if on)


def _shortest_that_keeps_ends() -> int:
    return 1 + max(map(_last_trained, _rows()))


EXERCISES = {
    "02.1": Exercise(
        _trained_tokens,
        "The answer's tokens and its end token: those alone are learned.",
    ),
    "02.2": Exercise(
        _labels,
        "-100 is what torch's cross entropy skips; the shift by one is the model's business.",
    ),
    "02.3": Exercise(
        _max_length,
        "Shorter, and answers that never end are learned; longer costs memory for nothing.",
    ),
    "02.4": Exercise(
        _template,
        "It keeps the text as it is, and ends an answer where generation stops.",
    ),
}
