"""A draft of a task on a terminal: what it says, and made-up answers as its scorer judges them.

Texts from data and from the model are cleaned and never read as markup.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ftassist.documents import words
from ftassist.dojo.own_draft import DraftStanding, JudgedAnswer, Looked, OwnDraft

_PROMPT, _ANSWER = 300, 120


def page(draft: OwnDraft, looked: Sequence[Looked], standing: DraftStanding) -> RenderableType:
    """The draft, then each row with its right answers and the made-up ones."""
    columns = {part: source for part, source in vars(draft.names).items() if source}
    unused = f" · not used: {', '.join(standing.unused)}" if standing.unused else ""
    mapping = " · ".join(f"{part} from {source}" for part, source in columns.items())
    parts: list[RenderableType] = [
        Text(words.one_line(draft.title, 120), style="bold"),
        Text(words.one_line(draft.about, 1000)),
        Text(f"columns: {words.one_line(mapping + unused, 400)}"),
        Text(
            f"rows: {standing.train:,} to train on, {standing.evaluation:,} to score on "
            f"({standing.validation:,} validation, {standing.test:,} test)"
        ),
        Text(f"metric: {words.clean(draft.metric)} ({words.one_line(draft.why, 200)})"),
    ]
    parts += [Text(words.one_line(told, 300), style="yellow") for told in draft.planted[:5]]
    parts += [_row(row) for row in looked]
    judged = [one for row in looked for one in row.judged]
    wrong = [one for one in judged if not one.agrees]
    parts.append(Text(_sum(judged, wrong), style="bold"))
    return Group(*parts)


def _row(row: Looked) -> RenderableType:
    gold = " | ".join(words.one_line(text, _ANSWER) for text in row.right)
    head = Text(f"\n{row.number}  {words.one_line(row.prompt, _PROMPT)}\n   right: {gold}")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_header=False)
    for one in row.judged:
        says = f"scorer says {one.score:.2f}"
        should = f"should be {one.answer.should} ({one.answer.by})"
        mark, style = ("✓", "") if one.agrees else ("✕", "bold yellow")
        text = words.one_line(one.answer.text, _ANSWER) or "(nothing)"
        table.add_row(*(Text(cell, style=style) for cell in (one.label, mark, text, should, says)))
    return Group(head, table)


def _sum(judged: Sequence[JudgedAnswer], wrong: Sequence[JudgedAnswer]) -> str:
    if not judged:
        return "there are no made-up answers"
    if not wrong:
        return f"the scorer says what it should of all {len(judged)} made-up answers"
    labels = ", ".join(one.label for one in wrong[:12])
    return f"the scorer says of {len(wrong)} of {len(judged)} what it should not: {labels}"
