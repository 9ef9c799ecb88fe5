"""How hard rows are to the base, and choosing by it.

`score` asks the base once for each row, or a language model through the broker, and writes what it
finds into the row; `select` chooses by what is written there. What is hardest is often what is
wrong: look before keeping only that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ftassist.dojo.dry_run import dry
from ftassist.errors import CellError, DataError
from ftassist.recipes.chat import prompt_of, response_of
from ftassist.recipes.checking import checked
from ftassist.recipes.curate.own_code import with_provenance
from ftassist.recipes.curate.synthesis import ask_broker
from ftassist.recipes.rows import RESERVED, Row, Rows, make_dataset

By = Literal["loss", "judge"]
Keep = Literal["lowest", "highest", "middle"]
UNSCORED = "nothing of it is trained on"
UNGRADED = "nobody graded it"
GRADES = (0.0, 10.0)
"""The worst and the best grade."""
_MADE_UP = 5.0
"""What a dry run grades a row with, in which nobody is asked."""


@checked
def score(
    rows: Rows,
    *,
    by: By = "loss",
    model: str = "tiny",
    instruction: str = "",
    pool: Literal["weak", "strong"] = "weak",
    most: int = 500,
) -> Rows:
    """Writes a number into each row, for `select`: how hard it is, or how good a model finds it.

    The number stands in the row's field of that name (`loss`, `judge`), which functions of
    `filter` and `map` see, too.

    Args:
        rows: The rows.
        by: "loss": nats a trained token, as the base has it before any training; "judge": a grade
            from 0 to 10 by a language model, asked through the campaign's broker.
        model: The base, for "loss".
        instruction: What the judge grades, such as "are the steps right?".
        pool: Who judges: "weak" for the cheap model, "strong" for the Executor's.
        most: Rows that are judged; the others are left out and counted.

    Raises:
        CellError: A judge is given no instruction, or an argument is out of range.
        FtassistError: There is no broker here, it refused (names why), or did not answer.

    Example:
        >>> rows = curate.score(rows, by="loss", model=model)
    """
    if by == "judge":
        return _judged(rows, instruction, pool, most)
    from ftassist.recipes.reading import losses

    found = losses(rows.column("messages"), model)
    return _scored(rows, by, found, {"by": by, "model": model}, model, UNSCORED)


def _judged(rows: Rows, instruction: str, pool: str, most: int) -> Rows:
    """Rows with grades of a language model; the broker holds the key, pays and counts."""
    if not instruction.strip() or most < 1:
        raise CellError(
            f"instruction={instruction!r}, most={most} is not possible",
            where="curate.score",
            fix="say what is to be graded, and give most=1 or more",
        )
    arguments = {"by": "judge", "instruction": instruction, "pool": pool, "most": most}
    if dry():  # nobody is asked, and nothing is paid
        return _scored(rows, "judge", [_MADE_UP] * len(rows), arguments, "nobody", UNGRADED)
    table = list(rows)[:most]
    sent = [
        {"id": str(n), "prompt": prompt_of(r["messages"]), "response": response_of(r["messages"])}
        for n, r in enumerate(table)
    ]
    request = {"kind": "grade", "instruction": instruction, "pool": pool, "samples": 1}
    answer = ask_broker({**request, "rows": sent}) if sent else {"rows": [], "provenance": {}}
    grades = {str(row["id"]): float(row["grade"]) for row in answer["rows"]}
    found = [grades.get(str(n)) for n in range(len(rows))]
    judge = str(answer["provenance"].get("model", ""))
    return _scored(rows, "judge", found, arguments, judge, UNGRADED)


def _scored(
    rows: Rows,
    by: str,
    found: Sequence[float | None],
    arguments: Mapping[str, Any],
    scorer: str,
    unscored: str,
) -> Rows:
    """Rows with their numbers; those without one are left out and counted."""
    kept = [n for n, value in enumerate(found) if value is not None]
    gone = [n for n, value in enumerate(found) if value is None]
    chosen = rows.select(kept, "score", dict(arguments), {unscored: gone})
    table = [
        _with_field(row, by, round(float(found[number] or 0.0), 4), scorer)
        for number, row in zip(kept, chosen, strict=True)
    ]
    return Rows(make_dataset(table), chosen.card)


@checked
def select(rows: Rows, size: int, *, by: str = "loss", keep: Keep = "middle") -> Rows:
    """Keeps `size` rows by a number in a field of theirs, in their order.

    Args:
        rows: The rows, such as those of `score`.
        size: Rows kept at most.
        by: The field, such as "loss".
        keep: "lowest" (easy ones), "highest" (hard ones, among them the wrong ones), or "middle"
            (neither).

    Raises:
        DataError: `size` is negative, or a row has no such number.

    Example:
        >>> rows = curate.score(rows, by="loss", model=model)
        >>> rows = curate.select(rows, 100, by="loss", keep="middle")
    """
    if size < 0:
        raise DataError(f"{size} rows were asked for", where="select", fix="give 0 or more")
    values = [_value(row, by) for row in rows]
    order = sorted(range(len(rows)), key=lambda n: (values[n], n))
    size = min(size, len(rows))
    start = {"lowest": 0, "highest": len(rows) - size, "middle": (len(rows) - size) // 2}[keep]
    kept = sorted(order[start : start + size])
    gone = sorted({*range(len(rows))} - {*kept})
    bounds = [values[n] for n in kept]
    arguments: dict[str, Any] = {"size": size, "by": by, "keep": keep}
    if bounds:
        arguments |= {"from": min(bounds), "to": max(bounds)}
    return rows.select(kept, "select", arguments, {f"not the {keep} by {by}": gone})


def _with_field(row: Row, name: str, value: float, model: str) -> Row:
    fields = json.loads(row["fields"] or "{}")
    fields[name] = value
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False)
    return with_provenance({**row, "fields": text}, {name: value, "scored_by": model})


def _value(row: Row, name: str) -> float:
    fields = {k: v for k, v in json.loads(row["fields"] or "{}").items() if k != RESERVED}
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(
            f"the field {name!r} is {value!r}, no number",
            where=f"select, row {row['id']}",
            fix="call curate.score(rows, model=model) before, or name a field of numbers",
        )
    return float(value)
