"""A chat template that asks, wherever it is used as it stands, what a scoring asked.

A scoring leaves out what a template adds to prompts and never writes before an answer, and the
system turn of its own that a task does without (see `ftassist.models.chat_format`). Other
runtimes know nothing of that: so it is written into the template itself. A template that already
asks the same stays as it is, to the letter.
"""

from __future__ import annotations

import json

from ftassist.models.chat_format import ChatFormat

_EMPTY = "{{ '' }}"
"""Keeps blocks beside the original from eating its white space."""


def as_scored(chats: ChatFormat) -> str:
    """The template of a base, so that it asks as a scoring of this format does."""
    original = str(chats.tokenizer.get_chat_template())
    changes = [*_system_turn(chats), *_prefill(chats)]
    after = _opening(chats)
    if not changes and not after:
        return original
    # Where a template ends in a line break, Jinja drops it; inside another one it would not.
    inner = original.removesuffix("\n")
    head = f"{{% set written %}}{_EMPTY}{inner}{_EMPTY}{{% endset %}}{_EMPTY}"
    return f"{head}{''.join(changes)}{{{{- written -}}}}{after}"


def as_it_stands(chats: ChatFormat) -> ChatFormat:
    """The format of a template without any of our adjustments, as other runtimes use it."""
    return ChatFormat(chats.tokenizer, chats.day, parts=chats.parts, no_system=chats.no_system)


def _system_turn(chats: ChatFormat) -> list[str]:
    start, end = chats.left_out
    if end <= start:
        return []
    cut = f"{{%- set written = written[:{start}] + written[{end}:] -%}}"
    return [f"{{%- if messages[0]['role'] != 'system' -%}}{cut}{{%- endif -%}}"]


def _prefill(chats: ChatFormat) -> list[str]:
    if not chats.prefill:
        return []
    length = len(chats.prefill)
    test = f"add_generation_prompt and written[-{length}:] == {json.dumps(chats.prefill)}"
    cut = f"{{%- set written = written[:-{length}] -%}}"
    return [f"{{%- if {test} -%}}{cut}{{%- endif -%}}"]


def _opening(chats: ChatFormat) -> str:
    if not chats.opening:
        return ""
    text = f"{{{{- {json.dumps(chats.opening)} -}}}}"
    return f"{{%- if add_generation_prompt -%}}{text}{{%- endif -%}}"
