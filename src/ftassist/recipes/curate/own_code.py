"""A row as a function of one's own sees it, and what becomes of what the function gives.

What a function may fail at is told with the row; what it made is checked like any other row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from ftassist.dojo.tables.table import OnBad
from ftassist.dojo.tables.turns import check_messages
from ftassist.errors import DataError
from ftassist.recipes.chat import prompt_of, response_of, without_marks
from ftassist.recipes.checking import nearest
from ftassist.recipes.rows import RESERVED, SAMPLES, Message, Row, Step

Function = Callable[..., Any]
FAILED = "the function failed"
_GIVEN = ("id", "source", "prompt", "response", "messages", "fields")
_CHAT = frozenset({"prompt", "response", "messages", "system"})


@dataclass
class Losses:
    """Rows that fall out, with their reasons; a context for the call of a function."""

    on_bad: OnBad
    dropped: dict[str, list[str]] = field(default_factory=dict)
    _row: Row | None = None
    _said: str = ""

    def of(self, row: Row, operator: str, function: Function) -> Losses:
        """A context in which the function is called with that row."""
        self._row, self._said = row, f"{operator}, {name_of(function)}, row {row['id']}"
        return self

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Exception) or self._row is None:
            return False
        if self.on_bad == "drop":
            self.drop(self._row, FAILED)
            return True
        if isinstance(error, DataError):
            return False
        raise raised(error, self._said) from error

    def drop(self, row: Row, reason: str) -> None:
        """Leaves a row out."""
        self.dropped.setdefault(reason, []).append(row["id"])

    def step(self, operator: str, arguments: dict[str, Any], before: int, made: list[Row]) -> Step:
        """The operator's step."""
        lost = {reason: len(ids) for reason, ids in self.dropped.items()}
        samples = {reason: ids[:SAMPLES] for reason, ids in self.dropped.items()}
        return Step(operator, arguments, before, len(made), {}, lost, samples)


def shown(row: Row) -> dict[str, Any]:
    """A row as a function sees it; what it does to it changes nothing here."""
    messages = [dict(turn) for turn in row["messages"]]
    fields = {k: v for k, v in json.loads(row["fields"] or "{}").items() if k != RESERVED}
    return {
        "id": row["id"],
        "source": row["source"],
        "prompt": _question(row["messages"]),
        "response": response_of(row["messages"]),
        "messages": messages,
        "fields": fields,
    }


def _question(messages: list[Message]) -> str:
    """The one question of a chat; of a longer one, all turns before the last."""
    asked = [turn["content"] for turn in messages if turn["role"] == "user"]
    return asked[0] if len(asked) == 1 else prompt_of(messages)


def mapped(row: Row, function: Function) -> Row | None:
    """The row as the function wants it; the same object where nothing changed."""
    before = shown(row)
    given = function(shown(row))
    if given is None:
        return None
    if isinstance(given, str):
        given = {"response": given}
    if not isinstance(given, Mapping):
        raise _no_row(given, "text, a dict or None", f"map, row {row['id']}")
    after = {**before, **given}
    _only_known(after, f"map, row {row['id']}")
    differing = {name for name in _GIVEN if after[name] != before[name]}
    if differing & {"id", "source"}:
        raise DataError("id and source are the row's name", where=f"map, row {row['id']}")
    if not differing:
        return row
    messages = _changed_messages(row, after, differing)
    check_messages(messages, f"map, row {row['id']}")
    fields = _fields_of(after["fields"], f"map, row {row['id']}")
    kept = json.loads(row["fields"] or "{}").get(RESERVED)
    old = json.dumps({**fields, **({RESERVED: kept} if kept else {})}, ensure_ascii=False)
    turned = [t["role"] for t in messages] != [t["role"] for t in row["messages"]]
    base: Row = {
        **row,
        "messages": messages,
        "fields": without_marks(old) if turned else old,
        "id": f"{row['id']}#mapped",
    }
    by = {"by": "map", "function": name_of(function), "from": row["id"]}
    return with_provenance(base, by)


def _changed_messages(row: Row, after: Mapping[str, Any], differing: set[str]) -> list[Message]:
    """The turns of a row after what the function changed."""
    where = f"map, row {row['id']}"
    if "messages" in differing:
        if differing & {"prompt", "response"}:
            raise DataError(
                "it changes messages, and prompt or response as well",
                where=where,
                fix="change messages alone, or prompt and response",
            )
        return cast("list[Message]", after["messages"])
    turns = [Message(role=turn["role"], content=turn["content"]) for turn in row["messages"]]
    if "response" in differing:
        turns[-1] = Message(role="assistant", content=after["response"])
    if "prompt" in differing:
        asked = [place for place, turn in enumerate(turns) if turn["role"] == "user"]
        if len(asked) != 1:
            raise DataError(
                f"it changes the prompt of a row with {len(asked)} questions",
                where=where,
                fix="give messages",
            )
        turns[asked[0]] = Message(role="user", content=after["prompt"])
    return turns


def made_row(given: Any, name: str, source: str, by: Mapping[str, Any], place: str) -> Row:
    """A row that a function made."""
    if not isinstance(given, Mapping):
        raise _no_row(given, "a dict or None", place)
    if "messages" in given:
        messages = given["messages"]
    elif {"prompt", "response"} <= set(given):
        messages = [
            {"role": "user", "content": given["prompt"]},
            {"role": "assistant", "content": given["response"]},
        ]
        if given.get("system"):
            messages.insert(0, {"role": "system", "content": given["system"]})
    else:
        raise _no_row([str(key) for key in given], "prompt and response, or messages", place)
    check_messages(messages, place)
    fields = _fields_of({k: v for k, v in given.items() if k not in _CHAT}, place)
    row = Row(
        id=name,
        source=source,
        messages=messages,
        fields=json.dumps(fields, sort_keys=True, ensure_ascii=False),
    )
    return with_provenance(row, by)


def with_provenance(row: Row, by: Mapping[str, Any]) -> Row:
    """The row, saying what was done to it; what was done before stays told."""
    fields = json.loads(row["fields"] or "{}")
    kept = dict(fields.get(RESERVED, {}))
    before = kept.get("provenance")
    told = {**by, "before": before} if before and "by" in by else {**(before or {}), **by}
    fields[RESERVED] = {**kept, "provenance": told}
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False)
    return {**row, "fields": text}


def _fields_of(fields: Any, place: str) -> dict[str, Any]:
    """Fields that can be written; the reserved one is left out."""
    if not isinstance(fields, Mapping):
        raise _no_row(fields, "a dict as fields", place)
    kept = {str(key): value for key, value in fields.items() if key != RESERVED}
    try:
        json.dumps(kept)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"the fields cannot be written as JSON: {error}",
            where=place,
            fix="keep texts, numbers, lists and dicts",
        ) from error
    return kept


def _only_known(given: Mapping[str, Any], place: str) -> None:
    for name in given:
        if name not in _GIVEN:
            raise DataError(
                f"a row has no {name!r}", where=place, fix=nearest(str(name), list(_GIVEN))
            )


def _no_row(given: Any, wanted: str, place: str) -> DataError:
    return DataError(
        f"the function gave {type(given).__name__} {given!r:.80}, which is no row",
        where=place,
        fix=f"give {wanted}",
    )


def raised(error: Exception, place: str) -> DataError:
    """What is told of a function that failed."""
    return DataError(
        f"the function failed: {type(error).__name__}: {str(error)[:200]}",
        where=place,
        fix="mend the function; on_bad='drop' leaves rows out on which it fails",
    )


def name_of(function: Function) -> str:
    """The name a function goes by on the data card."""
    return str(getattr(function, "__name__", type(function).__name__))
