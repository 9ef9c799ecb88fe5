"""Leakage: rows that repeat evaluation items are dropped, as the evaluator names them.

The comparison happens on the evaluator's side; what comes back is which of our rows, and why.
This module never sees an evaluation item.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ftassist.recipes.chat import comparable_texts
from ftassist.recipes.checking import checked
from ftassist.recipes.excerpts import excerpt
from ftassist.recipes.rows import Rows

PLACES = 20
"""Most dropped rows whose matching text is kept on the data card."""


class FoundLeak(Protocol):
    """What the evaluator says of one row: its index, the kind of match, the matching span."""

    @property
    def row(self) -> int:
        """Index into the texts that were sent."""
        ...

    @property
    def kind(self) -> str:
        """The kind of match, such as "exact" or "ngram"."""
        ...

    @property
    def span(self) -> tuple[int, int]:
        """Where in the text, in characters: start and end."""
        ...


FindLeaks = Callable[[list[str]], Sequence[FoundLeak]]


@checked
def decontaminate(rows: Rows, *, find: FindLeaks | None = None) -> Rows:
    """Drops the rows in which the evaluator finds validation or test items.

    Args:
        rows: The rows; all turns of each are sent as one text, and several user turns once more
            without the answers between them.
        find: Who to ask; by default the evaluator process of the campaign.

    Raises:
        EvaluatorError: There is no evaluator to ask.

    Example:
        >>> rows = curate.decontaminate(rows)
    """
    ask = find if find is not None else _ask_evaluator()
    chats = rows.column("messages")
    compared = [(n, text) for n, chat in enumerate(chats) for text in comparable_texts(chat)]
    dropped: dict[str, list[int]] = defaultdict(list)
    ids = rows.column("id")
    places: list[dict[str, Any]] = []
    gone: set[int] = set()
    for leak in ask([text for _, text in compared]) if compared else []:
        row, text = compared[leak.row]
        if row not in gone:
            gone.add(row)
            dropped[f"leaks an evaluation item ({leak.kind})"].append(row)
            places.append({"id": ids[row], "kind": leak.kind, **excerpt(text, leak.span)})
    kept = [index for index in range(len(rows)) if index not in gone]
    return rows.select(kept, "decontaminate", {}, dropped, places[:PLACES])


def _ask_evaluator() -> FindLeaks:
    from ftassist.dojo.evaluator.client import find_leaks

    return find_leaks
