"""Rows by where they would pull the base: towards a few that show what is wanted, or away."""

from __future__ import annotations

from ftassist.errors import DataError
from ftassist.recipes.checking import checked
from ftassist.recipes.curate.own_code import with_provenance
from ftassist.recipes.rows import Rows, make_dataset

OTHERS = "others pull more the same way"


@checked
def influential(rows: Rows, to: Rows, size: int, *, model: str = "tiny", seed: int = 0) -> Rows:
    """Keeps the rows whose training would move the base most as that of others would (LESS-like).

    How much a row pulls the same way is the cosine of its gradient with the nearest one of `to`;
    it stands in its `provenance`. Every row takes a backward pass, some 20 ms of the tiny model:
    draw a few hundred before.

    Args:
        rows: The rows.
        to: Rows that show what is wanted, such as a few good ones of the weakest view; they are
            not added (see `join`).
        size: Rows kept at most.
        model: The base.
        seed: Of the random projection.

    Raises:
        DataError: There is nothing to be compared with, or `size` is negative.

    Example:
        >>> few = curate.sample(rows, 60, seed=seed)
        >>> rows = curate.influential(few, made, 20, model=model, seed=seed)
    """
    from ftassist.recipes.gradients import gradients

    if size < 0 or not len(to):
        raise DataError(
            f"{size} rows were asked for, with {len(to)} to compare with",
            where="influential",
            fix="give 0 or more, and rows that show what is wanted",
        )
    table = gradients([*rows.column("messages"), *to.column("messages")], model, seed)
    own, wanted = table[: len(rows)], table[len(rows) :]
    pulls = (own @ wanted.T).max(axis=1) if len(rows) else []
    order = sorted(range(len(rows)), key=lambda n: (-pulls[n], n))
    kept = sorted(order[:size])
    gone = sorted(order[size:])
    arguments = {"size": size, "to": to.by_source(), "model": model, "seed": seed}
    chosen = rows.select(kept, "influential", arguments, {OTHERS: gone})
    told = [
        with_provenance(row, {"pull": round(float(pulls[n]), 4)})
        for n, row in zip(kept, chosen, strict=True)
    ]
    return Rows(make_dataset(told), chosen.card)
