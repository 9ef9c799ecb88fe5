"""Operators on the turns of chats."""

from __future__ import annotations

from typing import cast

from ftassist.models.chat_format import folded
from ftassist.recipes.checking import checked
from ftassist.recipes.rows import DataCard, Message, Rows, Step, count_sources, make_dataset


@checked
def fold_system(rows: Rows) -> Rows:
    """Puts each row's system turn at the head of its first question, after a blank line.

    For base models whose chat template takes no system turn; a scoring folds the system turn of
    an evaluation item in the same way.

    Args:
        rows: The rows; those without a system turn stay as they are.
    """
    table = list(rows)
    turns = [cast("list[Message]", folded(row["messages"])) for row in table]
    changed = sum(len(new) < len(row["messages"]) for new, row in zip(turns, table, strict=True))
    dataset = make_dataset(
        [{**row, "messages": new} for row, new in zip(table, turns, strict=True)]
    )
    arguments = {"rows_folded": changed}
    step = Step("fold_system", arguments, len(rows), len(rows), count_sources(dataset))
    return Rows(dataset, DataCard((*rows.card.steps, step)))
