"""Export: curated rows as files a train cell reads, checked and counted by the program.

Writes `train.jsonl` (one `{"id", "source", "messages"}` a line) and `card.json`, each whole or
not at all. The row cap is counted here, over what is really written.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ftassist.errors import BudgetError, DataError
from ftassist.files import write_atomic, write_json
from ftassist.recipes.chat import check_row, exported_extras
from ftassist.recipes.checking import checked
from ftassist.recipes.rows import Rows

ROW_CAP = "FTASSIST_ROW_CAP"
"""The environment variable a trial's kernel gets its row cap by."""


@checked
def export(rows: Rows, folder: str | Path, *, row_cap: int | None = None) -> Rows:
    """Writes `folder`/train.jsonl and `folder`/card.json.

    Args:
        rows: The rows to train on.
        folder: Where to; made if it is not there.
        row_cap: Most rows allowed; the smaller one of this and the trial's own cap counts.

    Returns:
        The rows, unchanged, so that the cell shows them.

    Raises:
        DataError: No row is left (names the operator that dropped the last one), or a row does
            not meet the schema (names it).
        BudgetError: There are more rows than the cap allows.

    Example:
        >>> curate.export(rows, "data")
    """
    if not len(rows):
        raise DataError(
            f"empty data after filters: {rows.card.emptied_by() or 'load'} left no row",
            where="export",
            fix="loosen that operator, or load other sets; card.json tells what each step dropped",
        )
    check_row_cap(len(rows), row_cap)
    lines = []
    for number, row in enumerate(rows, start=1):
        check_row(row, f"exported row {number} ({row['id']})")
        kept: dict[str, Any] = {
            "id": row["id"],
            "source": row["source"],
            "messages": row["messages"],
        }
        kept |= exported_extras(row["fields"])
        lines.append(json.dumps(kept, ensure_ascii=False) + "\n")
    target = Path(folder)
    card = {"rows": len(rows), "by_source": rows.by_source(), **rows.card.to_dict()}
    write_json(target / "card.json", card)
    write_atomic(target / "train.jsonl", "".join(lines))
    return rows


def check_row_cap(count: int, row_cap: int | None = None) -> None:
    """Checks a number of training rows against the cap.

    Raises:
        BudgetError: There are more rows than `row_cap` or the trial's own cap
            (`FTASSIST_ROW_CAP`) allows.
    """
    caps = [row_cap] if row_cap is not None else []
    if text := os.environ.get(ROW_CAP):
        if not text.isdecimal():
            raise BudgetError(f"{ROW_CAP}={text!r} is not a number of rows", fix="set a number")
        caps.append(int(text))
    if caps and count > min(caps):
        raise BudgetError(
            f"{count:,} training rows, the cap is {min(caps):,}",
            where="the rows to train on",
            fix=f"add curate.sample(rows, {min(caps)}, seed=seed) before export",
        )
