"""From a raw row and the names of its fields to what is asked and what is answered.

One function for training and evaluation, for sets of a task folder and for rows of one's own. The
fields are those of a set's card: `prompt` and `response` (fields, paths or templates, see
`templates`), or `messages`; beside them `system`, `tools`, `options`, `rejected`, `label`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ftassist.dojo.tables.options import Options, letter_of, lettered, options_of
from ftassist.dojo.tables.table import Row
from ftassist.dojo.tables.templates import columns_of, is_template, text_at, value_of
from ftassist.dojo.tables.turns import Message, check_messages, read_chat, transcript
from ftassist.dojo.tables.values import accepted, is_nothing, refused, scalar
from ftassist.errors import DataError

PLACES = ("prompt", "response", "messages", "system", "tools", "options", "rejected", "label")
"""The parts a field can play."""
FIRST_OPTION = "first_option"
"""Beside `options`: the number of the first one, "0" or "1", where answers are numbers."""


@dataclass(frozen=True)
class Example:
    """A row as the program uses it.

    Attributes:
        messages: The chat; its last turn is the answer.
        answers: The answers that are right, the one in the chat first.
        untrained: Indices of turns that are not to be trained on.
        rejected: A worse answer, of a preference pair.
        label: Whether the answer is wanted, where the row says so.
    """

    messages: list[Message]
    answers: tuple[str, ...]
    untrained: tuple[int, ...] = ()
    rejected: str | None = None
    label: bool | None = None

    @property
    def prompt(self) -> str:
        """Everything before the answer, one turn a line."""
        return "\n".join(turn["content"] for turn in self.messages[:-1])

    @property
    def response(self) -> str:
        """The answer."""
        return self.messages[-1]["content"]


def check_fields(fields: Mapping[str, Any], where: str) -> None:
    """Checks that fields say what is asked and what is answered.

    Raises:
        DataError: They do not, or one plays a part that there is not.
    """
    names = set(fields) - {FIRST_OPTION}
    main = names & {"prompt", "response", "messages"}
    right = main in ({"messages"}, {"prompt", "response"}) and names <= set(PLACES)
    if not right or not all(isinstance(value, str) and value for value in fields.values()):
        raise DataError(
            "fields must map prompt and response, or messages; "
            f"it maps {sorted(map(str, fields))}",
            where=where,
            fix="write fields: {prompt: <field>, response: <field>} or {messages: <field>}; "
            f"{', '.join(PLACES[3:])} may be named beside them",
        )


def used_columns(row: Row, fields: Mapping[str, str]) -> set[str]:
    """The columns of a row that play a part."""
    found: set[str] = set()
    for name, source in fields.items():
        if name == "options" and "," in source:
            found |= set(source.split(","))
        elif name != FIRST_OPTION:
            found |= columns_of(source, row)
    return found


def text_fields(fields: Mapping[str, str]) -> list[str]:
    """The fields that a row needs, of those that are no templates."""
    names = ("prompt", "response", "messages", "rejected")
    return [fields[name] for name in names if name in fields and not is_template(fields[name])]


def example_of(
    row: Row, fields: Mapping[str, str], where: str, *, strict: bool = False
) -> Example:
    """Reads a row.

    Args:
        row: The raw row.
        fields: Which field plays which part.
        where: The row's place.
        strict: Whether a number is refused where a text is asked for.

    Raises:
        DataError: A field is missing, of another kind, or the turns are out of order.
    """
    if strict and "options" not in fields:
        _refuse_numbers(row, fields, where)
    tools = row.get(fields["tools"]) if "tools" in fields else None
    if "messages" in fields:
        name = fields["messages"]
        turns = [*_system(row, fields, where), *_turns(value_of(row, name, where), name, where)]
        chat = read_chat(turns, where, name=name, tools=tools)
        return Example(
            chat.messages,
            (chat.messages[-1]["content"],),
            chat.untrained,
            _rejected(row, fields, [], where),
            _label(row, fields, where),
        )
    options = options_of(row, fields["options"], where) if "options" in fields else {}
    asked = _asked(row, fields, options, where)
    before, answers = _answers(row, fields, options, where)
    if before:  # a completion that is a whole chat
        asked = before
    turns = [*_system(row, fields, where, asked), *asked]
    answer = {"role": "assistant", "content": answers[0]}
    chat = read_chat([*turns, answer], where, tools=tools)
    check_messages(chat.messages, where)
    return Example(
        chat.messages,
        answers,
        chat.untrained,
        _rejected(row, fields, before, where),
        _label(row, fields, where),
    )


def _refuse_numbers(row: Row, fields: Mapping[str, str], where: str) -> None:
    for field in text_fields(fields):
        value = scalar(value_of(row, field, where))
        if isinstance(value, bool | int | float):
            raise refused(
                f"field {field!r} must be text, it is {type(value).__name__} {value!r:.60}",
                where,
                "write it as a string",
            )


def _system(
    row: Row, fields: Mapping[str, str], where: str, asked: list[Any] | None = None
) -> list[Message]:
    """The system turn, where a field holds one that is not empty."""
    source = fields.get("system", "")
    if not source:
        return []
    if not is_template(source) and is_nothing(value_of(row, source, where)):
        return []
    told = asked and isinstance(asked[0], Mapping) and asked[0].get("role") == "system"
    text = text_at(row, source, where)
    return [] if told or not text.strip() else [Message(role="system", content=text)]


def _asked(row: Row, fields: Mapping[str, str], options: Options, where: str) -> list[Any]:
    """The turns before the answer."""
    source = fields["prompt"]
    if not is_template(source):
        value = value_of(row, source, where)
        if source == fields["response"]:
            return []  # a whole chat, which `_answers` reads
        if _is_chat(value):
            return _turns(value, source, where)

    def render(value: Any, name: str) -> str | None:
        del value
        return lettered(options) if options and name in ("options", fields["options"]) else None

    known = {**row, "options": options} if options and "options" not in row else row
    return [Message(role="user", content=text_at(known, source, where, render))]


def _answers(
    row: Row, fields: Mapping[str, str], options: Options, where: str
) -> tuple[list[Any], tuple[str, ...]]:
    """The turns of a chat before its answer, where the answer is a chat; and right answers."""
    source = fields["response"]
    if is_template(source):
        return [], (text_at(row, source, where),)
    value = _spoken(value_of(row, source, where), fields)
    if options:
        value = scalar(value)
        listed = value if isinstance(value, list) else [value]
        first = int(fields.get(FIRST_OPTION, "0"))
        letters = [letter_of(each, options, first, where) for each in listed]
        return [], accepted(letters, source, where)
    if _is_chat(value):
        turns = _turns(value, source, where)
        whole = read_chat(
            turns if len(turns) > 1 else [{"role": "user", "content": "?"}, *turns], where
        )
        return (turns[:-1], (whole.messages[-1]["content"],))
    return [], accepted(value, source, where)


def _rejected(row: Row, fields: Mapping[str, str], before: list[Any], where: str) -> str | None:
    """The worse answer of a pair.

    Raises:
        DataError: The pair's chats differ before their last turns.
    """
    if "rejected" not in fields:
        return None
    source = fields["rejected"]
    alone = {"response": source} | ({} if before else {"prompt": fields.get("prompt", "")})
    turns, answers = _answers(row, alone, {}, where)
    if turns and before and turns != before:
        raise refused("the chats of the pair differ before their answers", where)
    return answers[0]


def _label(row: Row, fields: Mapping[str, str], where: str) -> bool | None:
    """Whether the answer is wanted."""
    if "label" not in fields:
        return None
    value = scalar(value_of(row, fields["label"], where))
    known = {"true": True, "1": True, "false": False, "0": False}
    if str(value).strip().lower() not in known:
        raise refused(f"the label is {value!r:.40}: neither true nor false", where)
    return known[str(value).strip().lower()]


def _spoken(value: Any, fields: Mapping[str, str]) -> Any:
    """A pair's transcript as turns, where the whole of it is the answer's column."""
    whole = fields.get("prompt", fields["response"]) == fields["response"]
    return (transcript(value) or value) if whole else value


def _is_chat(value: Any) -> bool:
    """Whether a value is a list of turns."""
    if hasattr(value, "tolist") and not isinstance(value, str):
        value = value.tolist()
    return (
        isinstance(value, list | tuple)
        and bool(value)
        and all(isinstance(turn, Mapping) and {"role", "from"} & set(turn) for turn in value)
    )


def _turns(value: Any, name: str, where: str) -> list[Any]:
    """The turns of a value; anything else is refused by `read_chat`, which knows the words."""
    if hasattr(value, "tolist") and not isinstance(value, str):
        value = value.tolist()
    if isinstance(value, str):
        import json

        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    if not isinstance(value, list | tuple):
        kind = type(value).__name__
        raise refused(f"field {name!r} must be a list of turns, it is {kind}", where)
    return list(value)
