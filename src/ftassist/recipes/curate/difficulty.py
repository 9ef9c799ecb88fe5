"""How hard rows are to the base, and choosing by it.

`score` asks the base once for each row and writes what it finds into the row; `select` chooses by
what is written there. What is hardest is often what is wrong: look before keeping only that.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from ftassist.errors import DataError
from ftassist.recipes.checking import checked
from ftassist.recipes.curate.own_code import with_provenance
from ftassist.recipes.rows import RESERVED, Row, Rows, make_dataset

By = Literal["loss"]
Keep = Literal["lowest", "highest", "middle"]
UNSCORED = "nothing of it is trained on"


@checked
def score(rows: Rows, *, by: By = "loss", model: str = "tiny") -> Rows:
    """Writes into each row how hard its answer is to a model, for `select`.

    Args:
        rows: The rows.
        by: "loss": nats a trained token, as the model has it before any training. It stands in
            the row's field `loss`, which functions of `filter` and `map` see, too.
        model: The model: the base.

    Example:
        >>> rows = curate.score(rows, by="loss", model=model)
    """
    from ftassist.recipes.reading import losses

    found = losses(rows.column("messages"), model)
    kept = [n for n, value in enumerate(found) if value is not None]
    gone = [n for n, value in enumerate(found) if value is None]
    chosen = rows.select(kept, "score", {"by": by, "model": model}, {UNSCORED: gone})
    table = [
        _with_field(row, by, round(float(found[number] or 0.0), 4), model)
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
