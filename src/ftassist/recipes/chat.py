"""Chat rows: from raw fields to messages, and the schema every exported row must meet.

A row is `{"id", "source", "messages"}`; messages are an optional system turn, then user and
assistant turns by turns, ending with the assistant. Knows nothing of templates or tokens.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ftassist.errors import DataError
from ftassist.recipes.rows import Message, Row

_ROLES = {"human": "user", "gpt": "assistant"}


def chat_row(
    raw: Mapping[str, Any], fields: Mapping[str, str], *, source: str, number: int
) -> Row:
    """Turns a raw row into a chat row.

    Args:
        raw: The raw row.
        fields: Where things are: {"prompt": field, "response": field}, with "system" if there is
            one, or {"messages": field}.
        source: The name of the set the row comes from.
        number: The row's number in its set, from 1.

    Raises:
        DataError: A field is missing, of another type, or the messages are out of order.
    """
    where = f"set {source!r} row {number}"
    if "messages" in fields:
        messages = [_message(turn, where) for turn in _list(raw, fields["messages"], where)]
    else:
        turns = [("system", "system"), ("user", "prompt"), ("assistant", "response")]
        messages = [
            Message(role=role, content=_text(raw, fields[key], where))
            for role, key in turns
            if key in fields or key != "system"
        ]
    check_messages(messages, where)
    rest = {key: value for key, value in raw.items() if key not in fields.values()}
    extra = json.dumps(rest, sort_keys=True, ensure_ascii=False)
    return Row(id=f"{source}/{number}", source=source, messages=messages, fields=extra)


def check_messages(messages: object, where: str) -> None:
    """Checks the messages of a row.

    Raises:
        DataError: What is wrong with which turn, at `where`.
    """
    if not isinstance(messages, list) or not messages:
        raise _wrong("'messages' must be a list of turns", where)
    expected = "user"
    for position, turn in enumerate(messages, start=1):
        if not isinstance(turn, Mapping) or not {"role", "content"} <= set(turn):
            raise _wrong(f"turn {position} has no 'role' and 'content'", where)
        role, content = turn["role"], turn["content"]
        if not isinstance(content, str):
            kind = type(content).__name__
            raise _wrong(f"the content of turn {position} is {kind} {content!r}, not text", where)
        if not content.strip():
            raise _wrong(f"the content of turn {position} ({role}) is empty", where)
        if role == "system" and position == 1:
            continue
        if role != expected:
            raise _wrong(f"turn {position} is {role!r} where {expected!r} must follow", where)
        expected = "assistant" if expected == "user" else "user"
    if messages[-1]["role"] != "assistant":
        raise _wrong("the last turn is not the assistant's: nothing to learn from", where)


def check_row(row: Mapping[str, Any], where: str) -> None:
    """Checks an exported row.

    Raises:
        DataError: A field is missing, of another type, or the messages are out of order.
    """
    for name in ("id", "source"):
        if not isinstance(row.get(name), str):
            raise _wrong(f"{name!r} must be text, it is {row.get(name)!r}", where)
    check_messages(row.get("messages"), where)


def prompt_of(messages: list[Message]) -> str:
    """Everything before the last turn, one turn a line."""
    return "\n".join(turn["content"] for turn in messages[:-1])


def response_of(messages: list[Message]) -> str:
    """The last turn: the answer to learn."""
    return messages[-1]["content"]


def _message(turn: object, where: str) -> Message:
    if isinstance(turn, Mapping) and {"from", "value"} <= set(turn):
        turn = {"role": _ROLES.get(turn["from"], turn["from"]), "content": turn["value"]}
    if not isinstance(turn, Mapping) or not {"role", "content"} <= set(turn):
        raise _wrong(f"a turn has no 'role' and 'content': {turn!r:.80}", where)
    return Message(role=turn["role"], content=turn["content"])


def _text(raw: Mapping[str, Any], name: str, where: str) -> str:
    value = _field(raw, name, where)
    if not isinstance(value, str):
        kind = type(value).__name__
        raise _wrong(f"field {name!r} must be text, it is {kind} {value!r:.60}", where)
    return value


def _list(raw: Mapping[str, Any], name: str, where: str) -> list[Any]:
    value = _field(raw, name, where)
    if not isinstance(value, list):
        kind = type(value).__name__
        raise _wrong(f"field {name!r} must be a list of turns, it is {kind}", where)
    return value


def _field(raw: Mapping[str, Any], name: str, where: str) -> Any:
    if name not in raw:
        known = ", ".join(sorted(raw)) or "none"
        raise _wrong(f"field {name!r} is missing; the row has: {known}", where)
    return raw[name]


def _wrong(what: str, where: str) -> DataError:
    return DataError(what, where=where, fix="mend the row, or leave its set out")


def comparable_texts(messages: Sequence[Mapping[str, str]]) -> list[str]:
    """The texts of a chat in which an evaluation item may stand.

    That is the whole chat, and where a question could be spread over several user turns, those
    alone, without the answers between them.
    """
    asked = [turn["content"] for turn in messages if turn["role"] == "user"]
    whole = "\n".join(turn["content"] for turn in messages)
    return [whole, "\n".join(asked)] if len(asked) > 1 else [whole]
