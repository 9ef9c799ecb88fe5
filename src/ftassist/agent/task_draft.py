"""A task from words: a language model says what columns mean and how answers are scored.

It chooses among the metrics that tasks of one's own can have and writes no code. What it hands in
is checked by its form, then against the rows themselves; what does not fit is sent back once. Rows
are untrusted text behind a fence. Calls end at a cap in dollars. Makes no task.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ftassist.agent.backends.anthropic.calls import Ask, Caller, Tool
from ftassist.agent.backends.anthropic.client import Messages
from ftassist.agent.backends.anthropic.settings import AgentSettings
from ftassist.agent.backends.link import Link, Progress
from ftassist.agent.planted import find_planted
from ftassist.agent.prompt import process_fence, render
from ftassist.agent.trial_view import Quoted
from ftassist.errors import DataError, FtassistError
from ftassist.records.schemas import schema_of
from ftassist.records.task_draft import TaskDraft

LONGEST_TEXT = 1_500
"""Characters of a value that are shown."""
LONGEST_WISH = 2_000
ANSWER_TOKENS = 12_000


@dataclass(frozen=True)
class Drafted:
    """A draft, and what it cost.

    Attributes:
        planted: Texts in the rows that read like orders to the agent, in words.
        model: Who drafted.
        usd: Dollars spent.
    """

    draft: TaskDraft
    planted: tuple[str, ...]
    model: str
    usd: float


def draft_task(
    wish: str,
    rows: Sequence[Mapping[str, Any]],
    check: Callable[[TaskDraft], None],
    *,
    options: Mapping[str, Any] | None = None,
    usd: float = 1.0,
    client: Messages | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Drafted:
    """Has a model draft a task.

    Args:
        wish: What the person wants, in a sentence.
        rows: Some rows, as they are in the file.
        check: Raises DataError for a draft that does not fit the rows.
        options: Which model, where and how (`AgentSettings`).
        usd: US dollars that may be spent.
        client: Makes the calls; by default one of its own.
        progress: Hears how far a call has come.

    Raises:
        DataError: The wish is empty or too long, or two drafts were wrong.
        FtassistError: There is no key, no price or no money left, or no answer came.
    """
    wish = " ".join(wish.split())
    if not wish or len(wish) > LONGEST_WISH:
        raise DataError(
            "what is the task?" if not wish else f"{len(wish)} characters are too many",
            where="the sentence",
            fix="say in a sentence what the model should learn to do with these rows",
        )
    if not usd > 0:
        raise DataError(f"${usd} buys no draft", where="--usd", fix="give more than 0")
    settings = AgentSettings.resolve({"max_tokens": ANSWER_TOKENS, **(options or {})})
    spent = [0.0]

    def say(_: str, payload: Mapping[str, Any]) -> None:
        spent[0] += float(payload.get("cost", 0.0))

    link = Link(say=say, spent=lambda: spent[0], cap=usd, progress=progress)
    draft = Caller(link, settings, client).ask(
        _question(wish, rows), lambda document: _read(document, len(rows), check)
    )
    told = [found.sentence() for found in find_planted(_quoted(rows), "rows")]
    return Drafted(draft, tuple(told), settings.model("researcher"), round(spent[0], 6))


def _question(wish: str, rows: Sequence[Mapping[str, Any]]) -> Ask:
    fence = process_fence()
    numbered = enumerate(_quoted(rows), 1)
    shown = "\n".join(f"{number}: {fence.quote(row.quoted)}" for number, row in numbered)
    tool = Tool(
        "hand_in_task",
        "Hands in the task: what is asked, what is right, how it is scored, made-up answers.",
        schema_of(TaskDraft),
    )
    system = render("draft_task", fence, rows=len(rows))
    turn = f"The person wants: {wish}\n\nTheir rows:\n{shown}"
    return Ask("draft_task", "researcher", system, "", turn, tool, fence.nonce)


def _read(document: Mapping[str, Any], rows: int, check: Callable[[TaskDraft], None]) -> TaskDraft:
    """The draft in an answer.

    Raises:
        DataError: It is none, or does not fit the rows.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        draft = TypeAdapter(TaskDraft).validate_python(dict(document))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise DataError(f"{first['msg']}", where=place, fix="hand the whole task in") from error
    if (draft.metric == "regex") != bool(draft.pattern):
        raise DataError("pattern belongs to the metric regex", where="pattern", fix="name both")
    if wrong := [made.row for made in draft.items if made.row > rows]:
        raise DataError(f"there is no row {wrong[0]}", where="items", fix=f"use 1 to {rows}")
    try:
        check(draft)
    except FtassistError as error:  # of whatever kind, it is the draft that does not fit
        raise DataError(error.what, where=error.where, fix=error.fix) from error
    return draft


def _quoted(rows: Sequence[Mapping[str, Any]]) -> list[Quoted]:
    """The rows as JSON; names of columns are a stranger's words as well."""
    shown = [{str(name): _value(value) for name, value in row.items()} for row in rows]
    return [Quoted(json.dumps(row, ensure_ascii=False)) for row in shown]


def _value(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(name): _value(inner) for name, inner in list(value.items())[:40]}
    if isinstance(value, list | tuple):
        return [_value(inner) for inner in value[:40]]
    text = str(value)
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"
