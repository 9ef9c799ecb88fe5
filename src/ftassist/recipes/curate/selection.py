"""Which rows, how many, how often and in what order: sample, balance, mix, repeat, order.

All draws come from the seed alone: the same rows and seed give the same rows.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median_low

from ftassist.errors import DataError, UnknownNameError
from ftassist.recipes.answers import final_answer
from ftassist.recipes.chat import prompt_of, response_of
from ftassist.recipes.checking import checked
from ftassist.recipes.rows import Row, Rows

NOT_DRAWN = "not drawn"
MOST_TIMES = 10_000
"""How often a row may be repeated; more is a slip."""


@checked
def sample(rows: Rows, size: int, *, seed: int = 0) -> Rows:
    """Draws at most `size` rows at random and keeps their order.

    Raises:
        DataError: `size` is negative.

    Example:
        >>> rows = curate.sample(rows, 1000, seed=seed)
    """
    _not_negative(size, "sample")
    indices = range(len(rows))
    kept = sorted(random.Random(seed).sample(indices, min(size, len(rows))))
    return _keep(rows, kept, "sample", {"size": size, "seed": seed})


@checked
def balance(
    rows: Rows,
    *,
    by: str | Sequence[str] = "answer",
    at_most: int | None = None,
    seed: int = 0,
) -> Rows:
    """Cuts large groups down, so that groups come closer to the same size.

    Args:
        rows: The rows.
        by: What makes a group: "answer" (the final answer), "source", or a field of the raw
            rows; several names make a group of each combination.
        at_most: Rows a group may keep; by default the median group size (the lower one of two),
            so that one rare answer does not empty all the others.
        seed: What is drawn.

    Raises:
        DataError: A raw row has no such field.

    Example:
        >>> rows = curate.balance(rows, by="answer", at_most=200, seed=seed)
    """
    names = [by] if isinstance(by, str) else list(by)
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        groups[tuple(_value(row, name) for name in names)].append(index)
    limit = at_most
    if limit is None:
        limit = median_low(len(members) for members in groups.values()) if groups else 0
    _not_negative(limit, "balance")
    generator = random.Random(seed)
    kept: list[int] = []
    for key in sorted(groups):
        members = groups[key]
        kept += generator.sample(members, min(limit, len(members)))
    arguments = {"by": by if isinstance(by, str) else names, "at_most": limit, "seed": seed}
    return _keep(rows, sorted(kept), "balance", arguments, f"group holds more than {limit}")


@checked
def mix(rows: Rows, *, weights: Mapping[str, float], total: int, seed: int = 0) -> Rows:
    """Draws `total` rows with the given shares of each source.

    A source with fewer rows than its share gives all it has and the mix is smaller; the step's
    `by_source` tells. Use `repeat` first to draw on a small source more than once.

    Args:
        rows: The rows.
        weights: Share of each source; they need not add up to 1. Other sources get none.
        total: Rows wanted.
        seed: What is drawn.

    Raises:
        UnknownNameError: A source that no row has.
        DataError: A weight or `total` is negative, or all weights are zero.

    Example:
        >>> rows = curate.mix(rows, weights={"worked": 3, "bare": 1}, total=800, seed=seed)
    """
    _not_negative(total, "mix")
    sources = rows.column("source")
    for name, weight in weights.items():
        if weight < 0:
            raise DataError(f"weight {weight} of {name!r}", where="mix", fix="give 0 or more")
        if sources and name not in set(sources):
            raise UnknownNameError.of("source", name, set(sources))
    whole = sum(weights.values())
    if whole <= 0:
        raise DataError("all weights are zero", where="mix", fix="give one source a share")
    generator = random.Random(seed)
    kept: list[int] = []
    for name, weight in sorted(weights.items()):
        members = [index for index, source in enumerate(sources) if source == name]
        wanted = round(total * weight / whole)
        kept += generator.sample(members, min(wanted, len(members)))
    arguments = {"weights": dict(weights), "total": total, "seed": seed}
    return _keep(rows, sorted(kept), "mix", arguments)


@checked
def repeat(rows: Rows, *, times: Mapping[str, int]) -> Rows:
    """Repeats the rows of some sources; repeated rows count against the row cap.

    Args:
        rows: The rows.
        times: How often each named source occurs in the end; 1 leaves it as it is.

    Raises:
        UnknownNameError: A source that no row has.
        DataError: A source is to occur less than once.

    Example:
        >>> rows = curate.repeat(rows, times={"worked": 2})
    """
    sources = rows.column("source")
    for name, count in times.items():
        if not 1 <= count <= MOST_TIMES:
            what = f"times: {name!r} {count} times"
            raise DataError(what, where="repeat", fix=f"give 1 to {MOST_TIMES:,}")
        if sources and name not in set(sources):
            raise UnknownNameError.of("source", name, set(sources))
    rounds = max(times.values(), default=1)
    kept = [
        index
        for turn in range(rounds)
        for index, source in enumerate(sources)
        if turn < times.get(source, 1)
    ]
    return rows.select(kept, "repeat", {"times": dict(times)})


@checked
def order(rows: Rows, *, by: str = "length", seed: int = 0) -> Rows:
    """Orders the rows; training keeps an order only with `train.sft(..., order="given")`.

    Args:
        rows: The rows.
        by: "length" (short ones first), "source" or "random".
        seed: The order of "random".

    Raises:
        UnknownNameError: Another `by`.

    Example:
        >>> rows = curate.order(rows, by="length")
    """
    indices = list(range(len(rows)))
    if by == "length":
        sizes = [len(prompt_of(m)) + len(response_of(m)) for m in rows.column("messages")]
        indices.sort(key=lambda index: sizes[index])
    elif by == "source":
        sources = rows.column("source")
        indices.sort(key=lambda index: sources[index])
    elif by == "random":
        random.Random(seed).shuffle(indices)
    else:
        raise UnknownNameError.of("order", by, ["length", "source", "random"])
    return rows.select(indices, "order", {"by": by, "seed": seed})


def _value(row: Row, name: str) -> str:
    if name == "answer":
        return final_answer(response_of(row["messages"]))
    if name == "source":
        return row["source"]
    fields = json.loads(row["fields"])
    if name not in fields:
        raise DataError(
            f"there is no field {name!r}; the row has: {', '.join(sorted(fields)) or 'none'}",
            where=f"balance, row {row['id']}",
            fix='balance by "answer", "source" or a field that all sets have',
        )
    return str(fields[name])


def _keep(
    rows: Rows,
    kept: list[int],
    operator: str,
    arguments: Mapping[str, object],
    reason: str = NOT_DRAWN,
) -> Rows:
    chosen = set(kept)
    rest = [index for index in range(len(rows)) if index not in chosen]
    return rows.select(kept, operator, arguments, {reason: rest})


def _not_negative(size: int, operator: str) -> None:
    if size < 0:
        raise DataError(f"{size} rows were asked for", where=operator, fix="give 0 or more")
