"""Chat rows: from raw fields to messages, and the schema every exported row must meet.

A row is `{"id", "source", "messages"}`; messages are an optional system turn, then user and
assistant turns by turns, ending with the assistant. How data sets write them, `dojo.tables` knows.
Knows nothing of templates or tokens.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ftassist.dojo.tables.examples import Example, example_of, used_columns
from ftassist.dojo.tables.turns import check_messages, untrained_of
from ftassist.dojo.tables.values import rest_of
from ftassist.errors import DataError
from ftassist.recipes.rows import RESERVED, Message, Row

__all__ = [
    "chat_row",
    "check_messages",
    "check_row",
    "comparable_texts",
    "exported_extras",
    "prompt_of",
    "response_of",
    "without_marks",
]

_EXTRAS = ("rejected", "label", "untrained", "provenance")
"""What is written with a row beside its messages."""


def chat_row(
    raw: Mapping[str, Any],
    fields: Mapping[str, str],
    *,
    source: str,
    number: int,
    where: str = "",
) -> Row:
    """Turns a raw row into a chat row.

    Args:
        raw: The raw row.
        fields: Where things are: {"prompt": field, "response": field}, with "system" if there is
            one, or {"messages": field}; see `dojo.tables.examples`.
        source: The name of the set the row comes from.
        number: The row's number in its set, from 1.
        where: Its place, where it is known better than by set and number.

    Raises:
        DataError: A field is missing, of another type, or the messages are out of order.
    """
    place = where or f"set {source!r} row {number}"
    example = example_of(raw, fields, place, strict=True)
    rest = rest_of(raw, used_columns(raw, fields))
    if extras := _extras_of(example):
        rest[RESERVED] = extras
    extra = json.dumps(rest, sort_keys=True, ensure_ascii=False)
    return Row(id=f"{source}/{number}", source=source, messages=example.messages, fields=extra)


def check_row(row: Mapping[str, Any], where: str) -> None:
    """Checks an exported row.

    Raises:
        DataError: A field is missing, of another type, or the messages are out of order.
    """
    for name in ("id", "source"):
        if not isinstance(row.get(name), str):
            raise DataError(
                f"{name!r} must be text, it is {row.get(name)!r}",
                where=where,
                fix="mend the row, or leave its set out",
            )
    check_messages(row.get("messages"), where)
    untrained_of(row, where)


def prompt_of(messages: list[Message]) -> str:
    """Everything before the last turn, one turn a line."""
    return "\n".join(turn["content"] for turn in messages[:-1])


def response_of(messages: list[Message]) -> str:
    """The last turn: the answer to learn."""
    return messages[-1]["content"]


def exported_extras(fields: str) -> dict[str, Any]:
    """What is written with a row beside its messages: rejected, label, untrained, provenance.

    Raises:
        DataError: The reserved field is not an object.
    """
    if RESERVED not in fields:
        return {}
    found = json.loads(fields).get(RESERVED, {})
    if not isinstance(found, dict):
        raise DataError(f"the field {RESERVED!r} is reserved", fix="rename it in the raw set")
    return {key: found[key] for key in _EXTRAS if key in found}


def without_marks(fields: str) -> str:
    """The fields of a row whose turns are others now: no turn of them is marked."""
    known = json.loads(fields or "{}")
    known.get(RESERVED, {}).pop("untrained", None)
    return json.dumps(known, sort_keys=True, ensure_ascii=False)


def _extras_of(example: Example) -> dict[str, Any]:
    """What an example tells beside its messages."""
    found = {
        "rejected": example.rejected,
        "label": example.label,
        "untrained": list(example.untrained) or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def comparable_texts(messages: Sequence[Mapping[str, str]]) -> list[str]:
    """The texts of a chat in which an evaluation item may stand.

    That is the whole chat, and where a question could be spread over several user turns, those
    alone, without the answers between them.
    """
    asked = [turn["content"] for turn in messages if turn["role"] == "user"]
    whole = "\n".join(turn["content"] for turn in messages)
    return [whole, "\n".join(asked)] if len(asked) > 1 else [whole]
