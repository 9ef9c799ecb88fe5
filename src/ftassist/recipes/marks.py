"""The marks that exported rows carry: turns that are not trained on, answers that are not wanted.

`untrained` names turns of the assistant by index; they get weight 0, as the writing of chats knows
it. `label` false marks an answer that is wrong: supervised training leaves the row out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from ftassist.errors import DataError
from ftassist.recipes import audit

Row = TypeVar("Row", bound=Mapping[str, Any])


def weighted(row: Mapping[str, Any]) -> list[Any]:
    """The messages of a row, with weight 0 on those that are not trained on."""
    marked = set(row.get("untrained") or ())
    return [
        {**turn, "weight": 0} if place in marked else turn
        for place, turn in enumerate(row["messages"])
    ]


def wanted(rows: Sequence[Row], recipe: str) -> tuple[list[Row], audit.Check]:
    """The rows whose answers are to be learned, and a remark on how many are not.

    Raises:
        DataError: No answer is wanted.
    """
    kept = [row for row in rows if row.get("label") is not False]
    if not kept:
        raise DataError(
            "every row is labelled as a wrong answer",
            where=recipe,
            fix="train with train.kto, which learns from both labels",
        )
    left, marked = len(rows) - len(kept), sum(bool(row.get("untrained")) for row in kept)
    parts = [f"{left} of {len(rows)} rows are labelled wrong and left out"] if left else []
    parts += [f"{marked} rows hold turns that are not trained on"] if marked else []
    message = "; ".join(parts) or "every answer of the rows is learned"
    detail = {"rows": len(rows), "labelled_wrong": left, "with_untrained_turns": marked}
    return kept, audit.Check("marks", True, message, detail=detail)
