"""Whether an artefact is asked, and ends, as the trial was: token by token, before any score.

A changed template, a lost end token or another way to generate can leave a score as it is on
easy items and break the model in use. Compares what an artefact's runtime makes of chats with
what the evaluator made of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from ftassist.dojo.artefacts.runtimes import Runtime
from ftassist.dojo.evaluator.models import Base
from ftassist.models.chat_format import QUESTION, SYSTEM, Turn

PROMPTS = 10
"""How many of a task's prompts are compared."""

_AROUND = 3
"""Tokens shown before a difference."""


def differences(runtime: Runtime, base: Base, chats: Sequence[Sequence[Turn]]) -> list[str]:
    """What differs, one sentence each, in the order it was met; empty where nothing does.

    Args:
        runtime: The artefact.
        base: The base as the trial was scored on it.
        chats: Chats of the task; `PROMPTS` of them, evenly spread, are compared, and a chat with
            and one without a system turn.
    """
    found = []
    for name, chat in _compared(chats):
        told = _prompt_difference(name, runtime, base, chat)
        if told:
            found.append(told)
            break
    lost = base.chats.end is not None and base.chats.end not in runtime.end_ids
    if lost:
        ends = _pieces(runtime, sorted(runtime.end_ids)) or "none"
        written = base.tokenizer.decode([base.chats.end])
        found.append(
            f"end token: the trial ends an answer with {written!r}, the export ends at {ends}"
        )
    for name, value in runtime.settings().items():
        found.append(f"generation: the trial was scored greedily, the export has {name} = {value}")
    return found


def compared(chats: Sequence[Sequence[Turn]]) -> int:
    """How many prompts a comparison looks at."""
    return len(_compared(chats))


def _compared(chats: Sequence[Sequence[Turn]]) -> list[tuple[str, Sequence[Turn]]]:
    step = max(1, len(chats) // PROMPTS)
    spread = list(enumerate(chats))[::step][:PROMPTS]
    question = {"role": "user", "content": QUESTION}
    return [
        *((f"prompt of item {number + 1}", chat) for number, chat in spread),
        ("a prompt without a system turn", [question]),
        ("a prompt with a system turn", [{"role": "system", "content": SYSTEM}, question]),
    ]


def _prompt_difference(
    name: str, runtime: Runtime, base: Base, chat: Sequence[Turn]
) -> str | None:
    """The first token that differs in a prompt, told; None where none does."""
    text = base.chats.question_of(chat)
    ours = list(base.tokenizer(text, add_special_tokens=False)["input_ids"])
    theirs = runtime.prompt_ids(chat)
    if ours == theirs:
        return None
    place = next(
        (n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b),
        min(len(ours), len(theirs)),
    )
    before = base.tokenizer.decode(ours[max(0, place - _AROUND) : place])
    one = repr(base.tokenizer.decode(ours[place : place + 1])) if place < len(ours) else "its end"
    other = repr(runtime.piece(theirs[place])) if place < len(theirs) else "its end"
    return (
        f"template: in {name}, token {place + 1} of {len(ours)}: after {before!r} the trial was "
        f"asked with {one}, the export is asked with {other}"
    )


def _pieces(runtime: Runtime, tokens: Sequence[int]) -> str:
    return ", ".join(repr(runtime.piece(token)) for token in tokens)
