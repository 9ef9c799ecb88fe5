"""Whether a base's chat template and tokenizer can be trained with, before any trial is paid for.

Writes a small chat and looks whether a training would learn what a scoring asks for. What cannot
be is refused in the template's own words; what is peculiar is told. Loads no weights.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from ftassist.errors import DataError, ModelError
from ftassist.models.answers import same_letters, write_chat
from ftassist.models.chat_format import (
    ANSWERS,
    QUESTION,
    SYSTEM,
    ChatFormat,
    ChatTemplateError,
)

_CHAT = (
    {"role": "user", "content": QUESTION},
    {"role": "assistant", "content": ANSWERS[0]},
)


def check_template(
    tokenizer: Any,
    *,
    name: str,
    where: str = "",
    day: date | None = None,
    system_turn: str | None = None,
) -> tuple[str, ...]:
    """Checks that a base can be trained with its template, and tells what is peculiar of it.

    Args:
        tokenizer: The base's tokenizer.
        name: The base's name.
        where: Its folder.
        day: The day that the template is told; by default the campaign's.
        system_turn: Whether its own system turn is written; by default as the task decides.

    Raises:
        ModelError: It cannot; what the template says, or what becomes of an answer.
    """
    named = tokenizer.chat_template
    if isinstance(named, dict) and "default" not in named:
        raise ModelError(
            f"{name!r} has several chat templates and none of them is the default: "
            f"{', '.join(sorted(named))}",
            where=where,
            fix='name one of them "default" in the base\'s folder',
        )
    chats = ChatFormat.of(tokenizer, day, system_turn)
    try:
        if not chats.keeps_text():
            chats.text(_CHAT)
            chats.prompt(_CHAT[:1])
            raise _unusable("it drops the text of a chat", name, where)
        written = write_chat(chats, _CHAT)
    except (ChatTemplateError, DataError) as error:
        raise _unusable(error.what, name, where) from error
    (span,) = written.spans
    if span.answer <= span.start:
        raise _unusable("the chat template alters the text of answers", name, where)
    if chats.end is None:
        after = written.text[span.answer :].strip()
        what = f"{after!r}, which is no token of its tokenizer" if after else "nothing"
        raise _unusable(
            f"after an answer the chat template writes {what}: a model would never learn to stop",
            name,
            where,
        )
    answer = written.text[span.start : span.answer]
    ids = tokenizer(answer, add_special_tokens=False)["input_ids"]
    if same_letters(ANSWERS[0]) not in same_letters(tokenizer.decode(ids)):
        raise _unusable(
            f"the tokenizer makes {tokenizer.decode(ids)!r} of {answer!r}", name, where
        )
    return tuple(_peculiar(chats))


def _unusable(what: str, name: str, where: str) -> ModelError:
    fix = "use another base model, or mend chat_template.jinja in its folder"
    return ModelError(f"{name!r} cannot be trained: {what}", where=where, fix=fix)


def _peculiar(chats: ChatFormat) -> list[str]:
    """What a person should know of a template, one sentence each."""
    found = []
    if chats.no_system:
        found.append(
            f"its chat template takes no system turn ({chats.no_system}): rows that have one need "
            "curate.fold_system, and a scoring folds a task's into the question"
        )
    if chats.prefill.strip():
        found.append(
            f"its generation prompt ends with {chats.prefill!r}, which it writes before no "
            "answer: models are trained and scored without it"
        )
    if chats.opening.strip():
        found.append(
            f"its chat template has no generation prompt: {chats.opening!r} is used, which it "
            "writes before answers"
        )
    if chats.parts:
        found.append("its chat template wants content in parts: plain text is given as one part")
    ends = chats.tokenizer.convert_ids_to_tokens([chats.end])[0]
    if chats.end != chats.tokenizer.eos_token_id:
        found.append(
            f"its chat template ends an answer with {ends!r}, not with eos_token "
            f"({chats.tokenizer.eos_token!r}): generation stops at both"
        )
    if len(written := write_chat(chats, [*_CHAT, *_CHAT]).spans) < 2:
        found.append(
            f"of a longer chat only the last answer is trained on ({len(written)} of 2 in a trial "
            "of it): its chat template writes earlier ones otherwise"
        )
    if "strftime_now" in str(chats.tokenizer.chat_template):
        found.append(f"its chat template writes the date: always {chats.day.isoformat()}")
    alone = chats.prompt(_CHAT[:1])
    if not chats.no_system and SYSTEM not in alone and _adds_system(chats, alone):
        found.append("its chat template adds a system turn of its own where a chat has none")
    if chats.left_out != (0, 0):
        found.append(
            "its chat template adds a system turn of its own where a chat has none: this task "
            "leaves it out, in training and scoring alike"
        )
    return found


def _adds_system(chats: ChatFormat, alone: str) -> bool:
    """Whether much stands before a first question, in which a system turn takes no more room."""
    before = alone[: alone.find(QUESTION)]
    given = chats.prompt([{"role": "system", "content": SYSTEM}, _CHAT[0]])
    return len(before) > len(given[: given.find(QUESTION)].replace(SYSTEM, ""))
