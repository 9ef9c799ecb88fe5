"""Leakage: rows that repeat evaluation items are dropped, as the evaluator names them.

The comparison happens on the evaluator's side; what comes back is which of our rows, and why.
This module never sees an evaluation item.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Protocol

from ftassist.recipes.rows import Rows


class Leak(Protocol):
    """What the evaluator says of one row: its index, the kind of match, the matching span."""

    @property
    def row(self) -> int:
        """Index into the texts that were sent."""
        ...

    @property
    def kind(self) -> str:
        """The kind of match, such as "exact" or "n-gram"."""
        ...


FindLeaks = Callable[[list[str]], Sequence[Leak]]


def decontaminate(rows: Rows, *, find: FindLeaks | None = None) -> Rows:
    """Drops the rows in which the evaluator finds validation or test items.

    Args:
        rows: The rows; prompt and response of each are sent as one text.
        find: Who to ask; by default the evaluator process of the campaign.

    Raises:
        EvaluatorError: There is no evaluator to ask.
    """
    ask = find if find is not None else _ask_evaluator()
    texts = ["\n".join(turn["content"] for turn in m) for m in rows.column("messages")]
    dropped: dict[str, list[int]] = defaultdict(list)
    gone: set[int] = set()
    for leak in ask(texts) if texts else []:
        if leak.row not in gone:
            gone.add(leak.row)
            dropped[f"leaks an evaluation item ({leak.kind})"].append(leak.row)
    kept = [index for index in range(len(rows)) if index not in gone]
    return rows.select(kept, "decontaminate", {}, dropped)


def _ask_evaluator() -> FindLeaks:
    from ftassist.dojo.evaluator.client import find_leaks

    return find_leaks
