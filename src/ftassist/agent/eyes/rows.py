"""Looks at raw sets: rows, counts, tokens. Training data only; no evaluation item is here."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import regex

from ftassist.agent.eyes.look import Look
from ftassist.agent.eyes.record import LookRecord, SetRow
from ftassist.agent.trial_view import Quoted, quote
from ftassist.errors import DataError
from ftassist.recipes.answers import final_answer
from ftassist.recipes.chat import chat_row, prompt_of, response_of

MOST = 20
"""Rows of one look at most."""
SEARCH_SECONDS = 5.0
"""How long a pattern may be searched for."""
_TEXT = 500
_ALL = 9_000
"""Characters of all rows of a look."""
_VALUES = 20
_TOKENS = 120
_FAMILIAR = ("prompt", "response", "any")


def read_rows(
    record: LookRecord,
    set: str,
    pattern: str = "",
    field: str = "any",
    start: int = 1,
    count: int = 10,
) -> Look:
    """Rows of a raw set."""
    table = set_rows(record, set)
    found = list(_search(table, pattern, field))
    shown: list[dict[str, Any]] = []
    size = 0
    for one in found[start - 1 : start - 1 + count]:
        told = {
            "row": one.number,
            "prompt": quote(one.prompt, _TEXT),
            "response": quote(one.response, _TEXT),
            **({"fields": quote(json.dumps(one.fields, default=str), 200)} if one.fields else {}),
        }
        size += sum(len(v.quoted) for v in told.values() if isinstance(v, Quoted))
        if shown and size > _ALL:
            break
        shown.append(told)
    value = {"set": set, "rows": len(table), "found": len(found), "shown": shown}
    about = f" with {pattern!r}" if pattern else ""
    return Look(value, f"looked at {_counted(len(shown))} of {set}{about}")


def count_rows(
    record: LookRecord,
    set: str,
    pattern: str = "",
    field: str = "any",
    by: str = "answer",
) -> Look:
    """Counts over the rows of a raw set."""
    table = set_rows(record, set)
    found = list(_search(table, pattern, field))
    value: dict[str, Any] = {"set": set, "rows": len(table), "found": len(found)}
    what = {"answer": "answers", "length": "lengths"}.get(by, f"{by} values")
    if by == "length":
        for name in ("prompt", "response"):
            sizes = sorted(len(_text(one, name)) for one in found)
            value[f"{name}_characters"] = _quantiles(sizes)
    else:
        _known_field(by, table, ("answer", "prompt", "response"))
        values = Counter(
            final_answer(one.response) if by == "answer" else _text(one, by) for one in found
        )
        value["different"] = len(values)
        value["most_frequent"] = [
            {"value": quote(text, 120), "rows": number}
            for text, number in values.most_common(_VALUES)
        ]
    about = f" with {pattern!r}" if pattern else ""
    return Look(value, f"counted {what} of {set}{about}")


def show_tokens(record: LookRecord, set: str, row: int) -> Look:
    """A row as tokens, with its trained span."""
    from ftassist.recipes.audit import marked, pieces
    from ftassist.recipes.models import load_tokenizer
    from ftassist.recipes.tokens import encode

    chat = _row(record, set, row).messages
    tokenizer = load_tokenizer(record.model())
    (coded,) = encode([chat], tokenizer, frozenset())
    shown = coded.cut(_TOKENS)
    value = {
        "set": set,
        "row": row,
        "tokens": len(coded),
        "trained_tokens": sum(coded.trained),
        "text": quote(marked(coded, tokenizer.decode), 2_000),
        "pieces": quote(
            " ".join(
                f"⟦{text}⟧" if on else f"[{text}]" for text, on in pieces(shown, tokenizer.decode)
            ),
            2_000,
        ),
    }
    said = [{"text": quote(turn["content"], 2_000)} for turn in chat]
    return Look(value, f"looked at the tokens of row {row} of {set}", material=said)


def set_rows(record: LookRecord, name: str) -> list[SetRow]:
    """The rows of a set that can be used."""
    if name in record.tables:
        return record.tables[name]
    fields = record.data.card(name).fields
    found = []
    for each in record.data.table(name, "drop").good:
        chat = chat_row(each.row, fields, source=name, number=each.number, where=each.where)
        messages = chat["messages"]
        other = {k: v for k, v in json.loads(chat["fields"]).items() if k != "ftassist"}
        found.append(
            SetRow(each.number, messages, prompt_of(messages), response_of(messages), other)
        )
    record.tables[name] = found
    return found


def _row(record: LookRecord, name: str, number: int) -> SetRow:
    for one in set_rows(record, name):
        if one.number == number:
            return one
    raise DataError(f"the set {name} has no row {number} that can be used", fix="read_rows tells")


def _search(table: Sequence[SetRow], pattern: str, field: str) -> Iterator[SetRow]:
    """The rows in which a pattern is found; a search that takes too long is given up."""
    _known_field(field, table, _FAMILIAR)
    if not pattern:
        yield from table
        return
    try:
        wanted = regex.compile(pattern)
    except regex.error as error:
        raise DataError(f"{pattern!r} is no regular expression: {error}") from error
    deadline = time.monotonic() + SEARCH_SECONDS
    for one in table:
        left = deadline - time.monotonic()
        try:
            if left <= 0:
                raise TimeoutError
            hit = wanted.search(_text(one, field), timeout=left)
        except TimeoutError as error:
            raise DataError(
                f"the search took longer than {SEARCH_SECONDS:g} s", fix="give a simpler pattern"
            ) from error
        if hit:
            yield one


def _text(row: SetRow, field: str) -> str:
    """What a pattern is searched in."""
    if field == "prompt":
        return row.prompt
    if field == "response":
        return row.response
    if field == "any":
        return f"{row.prompt}\n{row.response}\n{json.dumps(row.fields, default=str)}"
    return str(row.fields.get(field, ""))


def _known_field(field: str, table: Sequence[SetRow], more: Sequence[str]) -> None:
    known = {*more, *(name for one in table[:200] for name in one.fields)}
    if field not in known:
        raise DataError(f"the rows have no field {field!r}", fix=f"one of {sorted(known)}")


def _quantiles(sizes: list[int]) -> dict[str, int]:
    """Some quantiles of sorted numbers."""
    if not sizes:
        return {}
    at = {"least": 0.0, "p10": 0.1, "median": 0.5, "p90": 0.9, "most": 1.0}
    return {name: sizes[round(share * (len(sizes) - 1))] for name, share in at.items()}


def _counted(number: int) -> str:
    return "one row" if number == 1 else f"{number} rows"
