"""Chats as data sets write them, read by one rule: roles, order, empty turns, tools, marks.

A chat becomes an optional system turn, then user and assistant turn by turn, ending with the
assistant. Turns are `{role, content}` or `{from, value}` under the usual names of roles; content
is text or a list of text parts. A call of a tool is text of the assistant, what the tool answered
is text of the user, so nothing is lost, whatever a model's template knows of tools. Turns marked
not to be trained on (`weight` 0, `train` false) are told by number. Knows no files and no tokens.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypedDict

from ftassist.dojo.tables.table import Row
from ftassist.dojo.tables.values import as_json, refused, written
from ftassist.errors import DataError

ROLES: Mapping[str, str] = {
    **dict.fromkeys(("system", "developer"), "system"),
    **dict.fromkeys(("user", "human", "prompter", "question", "instruction"), "user"),
    **dict.fromkeys(
        ("assistant", "gpt", "bot", "chatgpt", "model", "bard", "bing", "ai", "claude"),
        "assistant",
    ),
    **dict.fromkeys(("function_call", "tool_call"), "call"),
    **dict.fromkeys(("tool", "function", "observation", "tool_response", "ipython"), "result"),
}
"""The names of roles and what each is; "call" and "result" are turns of tools."""
_MARKS = ("train", "training", "trainable", "loss")
"""Names of a truth value that says whether a turn is trained on."""
_THOUGHTS = ("reasoning_content", "reasoning", "thinking")
"""Names of what a turn's author thought before it was said."""
CALL, RESULT = "tool_call", "tool_response"


_SPEAKER = re.compile(r"\n\n(Human|Assistant):")


class Message(TypedDict):
    """One turn of a chat: role is "system", "user" or "assistant"."""

    role: str
    content: str


@dataclass(frozen=True)
class Chat:
    """A chat, checked.

    Attributes:
        messages: Its turns; the last one is the assistant's.
        untrained: Indices of assistant turns that are not to be trained on.
    """

    messages: list[Message]
    untrained: tuple[int, ...] = ()


def transcript(text: Any) -> list[Message] | None:
    """The turns of a text that writes `Human:` and `Assistant:` before each; None for others."""
    if not isinstance(text, str) or not text.lstrip().startswith("Human:"):
        return None
    parts = _SPEAKER.split(f"\n\n{text.lstrip()}")[1:]
    turns = zip(parts[::2], parts[1::2], strict=True)
    return [
        Message(role="user" if name == "Human" else "assistant", content=said.strip())
        for name, said in turns
    ]


def read_chat(turns: Any, where: str, *, name: str = "messages", tools: Any = None) -> Chat:
    """Reads a chat.

    Args:
        turns: The list of turns, or its JSON text.
        where: The row's place.
        name: The field it is in.
        tools: Tools the assistant may call; they are told in the system turn.

    Raises:
        DataError: It does not meet the rule; names the turn.
    """
    messages: list[Message] = []
    untrained: list[int] = []
    before = ""
    for position, turn in enumerate(_listed(turns, name, where), start=1):
        kind, message, trained = _turn(turn, position, where)
        if kind == "result" and before == "result":
            joined = f"{messages[-1]['content']}\n{message['content']}"
            messages[-1] = Message(role="user", content=joined)
            continue
        before = kind
        if message["role"] == "assistant" and not trained:
            untrained.append(len(messages))
        messages.append(message)
    if tools:
        added = _with_tools(messages, tools)
        untrained = [place + added for place in untrained]
    check_messages(messages, where)
    answers = sum(turn["role"] == "assistant" for turn in messages)
    if answers == len(untrained):
        raise refused("every turn of the assistant is marked not to be trained on", where)
    return Chat(messages, tuple(untrained))


def check_messages(messages: object, where: str) -> None:
    """Checks the order and the contents of turns.

    Raises:
        DataError: What is wrong with which turn, at `where`.
    """
    if not isinstance(messages, list) or not messages:
        raise refused("'messages' must be a list of turns", where)
    expected = "user"
    for position, turn in enumerate(messages, start=1):
        if not isinstance(turn, Mapping) or not {"role", "content"} <= set(turn):
            raise refused(f"turn {position} has no 'role' and 'content'", where)
        role, content = turn["role"], turn["content"]
        if not isinstance(content, str):
            kind = type(content).__name__
            raise refused(
                f"the content of turn {position} is {kind} {content!r:.60}, not text", where
            )
        if not content.strip():
            raise refused(f"the content of turn {position} ({role}) is empty", where)
        if role == "system" and position == 1:
            continue
        if role != expected:
            raise refused(f"turn {position} is {role!r} where {expected!r} must follow", where)
        expected = "assistant" if expected == "user" else "user"
    if messages[-1]["role"] != "assistant":
        raise refused("the last turn is not the assistant's: nothing to learn from", where)


def _listed(turns: Any, name: str, where: str) -> Sequence[Any]:
    if isinstance(turns, str) and turns.lstrip().startswith("["):
        try:
            turns = json.loads(turns)
        except (ValueError, RecursionError) as error:
            raise refused(f"field {name!r} is text and no JSON list of turns", where) from error
    if hasattr(turns, "tolist"):
        turns = turns.tolist()
    if not isinstance(turns, list | tuple):
        kind = type(turns).__name__
        raise refused(f"field {name!r} must be a list of turns, it is {kind}", where)
    return turns


def _turn(turn: Any, position: int, where: str) -> tuple[str, Message, bool]:
    """The kind of a turn, the turn, and whether it is trained on."""
    if not isinstance(turn, Mapping):
        raise refused(f"turn {position} has no 'role' and 'content': {turn!r:.60}", where)
    said = next((turn[key] for key in ("role", "from") if turn.get(key) is not None), None)
    kind = ROLES.get(str(said).strip().lower())
    if said is None or not {"content", "value", "tool_calls", "function_call"} & set(turn):
        raise refused(f"turn {position} has no 'role' and 'content'", where)
    if kind is None:
        raise refused(
            f"turn {position} has the role {said!r}, which is none of {', '.join(ROLES)}", where
        )
    text = _content(turn, position, where)
    trained = _trained(turn, position, where)
    if kind == "call":
        return kind, Message(role="assistant", content=_tagged(CALL, text)), trained
    if kind == "result":
        return kind, Message(role="user", content=_tagged(RESULT, text)), trained
    if thoughts := _thoughts(turn, position, where):
        text = f"<think>\n{thoughts}\n</think>\n\n{text}"
    if calls := turn.get("tool_calls") or turn.get("function_call"):
        text = "\n".join([*filter(None, [text]), *_calls(calls, position, where)])
    return kind, Message(role=kind, content=text), trained


def _content(turn: Mapping[str, Any], position: int, where: str) -> str:
    """What a turn says: a text, or the texts of its parts."""
    content = turn["content"] if turn.get("content") is not None else turn.get("value")
    name = f"turn {position}"
    if content is not None and hasattr(content, "tolist"):
        content = content.tolist()
    if content is None and (turn.get("tool_calls") or turn.get("function_call")):
        return ""
    if isinstance(content, list):
        return "".join(_part(part, position, where) for part in content)
    if isinstance(content, Mapping) and ROLES.get(str(turn.get("role") or turn.get("from"))) in (
        "call",
        "result",
    ):
        return as_json(content)
    if not isinstance(content, str):
        kind = type(content).__name__
        raise refused(f"the content of turn {position} is {kind} {content!r:.60}, not text", where)
    return written(content, name, where)


def _thoughts(turn: Mapping[str, Any], position: int, where: str) -> str:
    """Thinking that is kept beside the content of an assistant's turn; "" where there is none."""
    for name in _THOUGHTS:
        if isinstance(value := turn.get(name), str) and value.strip():
            return written(value.strip(), f"{name} of turn {position}", where)
    return ""


def _part(part: Any, position: int, where: str) -> str:
    if isinstance(part, str):
        return written(part, f"turn {position}", where)
    kind = part.get("type", "text") if isinstance(part, Mapping) else type(part).__name__
    text = part.get("text") if isinstance(part, Mapping) else None
    if kind not in ("text", "input_text", "output_text") or not isinstance(text, str):
        raise refused(f"turn {position} holds a part of the kind {kind!r}, not text", where)
    return written(text, f"turn {position}", where)


def _trained(turn: Mapping[str, Any], position: int, where: str) -> bool:
    """Whether a turn is trained on.

    Raises:
        DataError: Its mark is neither yes nor no.
    """
    weight = turn.get("weight")
    marks = [turn[name] for name in _MARKS if turn.get(name) is not None]
    for mark in (*marks, *([] if weight is None else [weight])):
        if mark not in (0, 1):
            raise refused(
                f"turn {position} is marked {mark!r}: a turn is trained on (1) or not (0)", where
            )
    return all(mark == 1 for mark in marks) and weight in (None, 1)


def _calls(calls: Any, position: int, where: str) -> list[str]:
    """The calls of tools in a turn, each as text."""
    found = []
    for call in calls if isinstance(calls, list | tuple) else [calls]:
        function = call.get("function", call) if isinstance(call, Mapping) else None
        if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
            raise refused(f"turn {position} calls a tool without a name", where)
        arguments = function.get("arguments", {})
        if isinstance(arguments, str):
            # Arguments that a model wrote badly are kept as the text they are.
            with suppress(ValueError, RecursionError):
                arguments = json.loads(arguments or "{}")
        told = as_json({"name": function["name"], "arguments": arguments})
        found.append(_tagged(CALL, told))
    return found


def _tagged(tag: str, text: str) -> str:
    """A text in a tag of its own; empty texts stay empty, so that they are found."""
    return f"<{tag}>\n{text.strip()}\n</{tag}>" if text.strip() else ""


def _with_tools(messages: list[Message], tools: Any) -> int:
    """Tells the tools in the system turn; returns how many turns were put in front."""
    told = tools if isinstance(tools, str) else as_json(tools)
    text = f"You may call these tools:\n{told.strip()}"
    if messages and messages[0]["role"] == "system":
        messages[0] = Message(role="system", content=f"{messages[0]['content']}\n\n{text}")
        return 0
    messages.insert(0, Message(role="system", content=text))
    return 1


def untrained_of(row: Row, where: str) -> tuple[int, ...]:
    """The turns of an exported row that are not trained on.

    Raises:
        DataError: The mark names turns that are not the assistant's.
    """
    marked = row.get("untrained") or []
    messages = row["messages"]
    right = isinstance(marked, list) and all(
        isinstance(place, int)
        and not isinstance(place, bool)
        and 0 <= place < len(messages)
        and messages[place]["role"] == "assistant"
        for place in marked
    )
    if not right:
        raise DataError(
            f"untrained={marked!r} names turns that are not the assistant's",
            where=where,
            fix="give indices of assistant turns",
        )
    return tuple(marked)
