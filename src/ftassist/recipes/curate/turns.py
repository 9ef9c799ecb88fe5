"""Operators on the turns of chats."""

from __future__ import annotations

import json
from typing import cast

from ftassist.models.chat_format import folded
from ftassist.recipes.checking import checked
from ftassist.recipes.rows import (
    RESERVED,
    DataCard,
    Message,
    Row,
    Rows,
    Step,
    count_sources,
    make_dataset,
)

UNTRAINED = "untrained"


@checked
def fold_system(rows: Rows) -> Rows:
    """Puts each row's system turn at the head of its first question, after a blank line.

    For base models whose chat template takes no system turn; a scoring folds the system turn of
    an evaluation item in the same way.

    Args:
        rows: The rows; those without a system turn stay as they are.

    Example:
        >>> rows = curate.fold_system(rows)
    """
    table = list(rows)
    new = [_folded(row) for row in table]
    changed = sum(len(a["messages"]) < len(b["messages"]) for a, b in zip(new, table, strict=True))
    dataset = make_dataset(new)
    arguments = {"rows_folded": changed}
    sources = count_sources(dataset)
    step = Step("fold_system", arguments, len(rows), len(rows), sources, changed=changed)
    return Rows(dataset, DataCard((*rows.card.steps, step)))


def _folded(row: Row) -> Row:
    """The row without a system turn; marks of turns that are not trained on move with them."""
    turns = cast("list[Message]", folded(row["messages"]))
    gone = len(row["messages"]) - len(turns)
    fields = json.loads(row["fields"] or "{}")
    kept = fields.get(RESERVED)
    if gone and isinstance(kept, dict) and kept.get(UNTRAINED):
        kept[UNTRAINED] = [place - gone for place in kept[UNTRAINED] if place >= gone]
        text = json.dumps(fields, sort_keys=True, ensure_ascii=False)
        return {**row, "messages": turns, "fields": text}
    return {**row, "messages": turns}
