"""Rows from a data repository, or from raw rows of one's own.

Reads raw sets through `DataRepository` and nothing else: validation and test items are not there.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ftassist.errors import DataError
from ftassist.recipes.chat import chat_row
from ftassist.recipes.rows import DataCard, Row, Rows, Step, count_sources, make_dataset

OVER_LIMIT = "over the set's limit"


def load(
    repository: str | Path,
    sets: Mapping[str, int | None] | Iterable[str],
    *,
    seed: int = 0,
) -> Rows:
    """Loads raw sets and turns them into chat rows.

    A set whose card names a data set known to hold evaluation records is loaded with a warning on
    the data card; which of its rows are evaluation items, `decontaminate` finds.

    Args:
        repository: The folder of the data repository, or the key of the task it belongs to.
        sets: At most so many rows of each named set (drawn by `seed`, kept in their order; None
            takes all), or just the names.
        seed: What is drawn.

    Raises:
        UnknownNameError: No set of that name; names the nearest.
        DataError: A row lacks a field or holds another type; names set and row.

    Example:
        >>> rows = load(repository, {"worked_a": 400, "bare": None}, seed=0)  # doctest: +SKIP
    """
    from ftassist.dojo.repository import DataRepository

    limits = dict(sets) if isinstance(sets, Mapping) else dict.fromkeys(sets)
    store = DataRepository(_repository_folder(repository))
    taken: list[Row] = []
    left_out: dict[str, list[int]] = {}
    available = 0
    warnings: list[str] = []
    for name, limit in limits.items():
        fields = store.card(name).fields
        raw = list(store.rows(name))
        warnings += [f"set {name}: {known.told()}" for known in store.known_sources(name)]
        available += len(raw)
        numbers = _draw(len(raw), limit, name, seed)
        chosen = set(numbers)
        left_out[name] = [n for n in range(1, len(raw) + 1) if n not in chosen]
        taken += [chat_row(raw[n - 1], fields, source=name, number=n) for n in numbers]
    dataset = make_dataset(taken)
    skipped = [f"{name}/{number}" for name, numbers in left_out.items() for number in numbers]
    step = Step(
        operator="load",
        arguments={"sets": limits, "seed": seed},
        rows_in=available,
        rows_out=len(taken),
        by_source=count_sources(dataset),
        dropped={OVER_LIMIT: len(skipped)} if skipped else {},
        warnings=tuple(warnings),
    )
    return Rows(dataset, DataCard((step,)))


def to_chat(
    raw: Iterable[Mapping[str, Any]],
    *,
    source: str,
    prompt: str = "",
    response: str = "",
    system: str = "",
    messages: str = "",
) -> Rows:
    """Turns raw rows of one's own into chat rows, by naming their fields.

    Args:
        raw: The raw rows, such as `read_jsonl(path)`.
        source: The name they go by on the data card.
        prompt: The field of the question.
        response: The field of the answer.
        system: The field of the system turn, if there is one.
        messages: The field of ready-made messages, instead of the three above.

    Raises:
        DataError: No mapping is given, or a row does not fit it.
    """
    named = {"prompt": prompt, "response": response, "system": system, "messages": messages}
    fields = {key: name for key, name in named.items() if name}
    if "messages" not in fields and not {"prompt", "response"} <= set(fields):
        raise DataError(
            f"to_chat was given {fields or 'no field names'}",
            where=f"source {source!r}",
            fix='name the fields: prompt="...", response="..." or messages="..."',
        )
    rows = [chat_row(r, fields, source=source, number=n) for n, r in enumerate(raw, start=1)]
    dataset = make_dataset(rows)
    step = Step("to_chat", {"source": source, **fields}, len(rows), len(rows), {source: len(rows)})
    return Rows(dataset, DataCard((step,)))


def _repository_folder(repository: str | Path) -> Path:
    """A folder as it is, or the repository of the task of that name: notebooks travel."""
    from ftassist.dojo.task import load_task

    folder = Path(repository)
    if (folder / "repository").is_dir():
        return folder / "repository"  # a task by its folder, as published tasks are laid out
    return folder if folder.is_dir() else load_task(str(repository)).repository_folder


def _draw(count: int, limit: int | None, name: str, seed: int) -> list[int]:
    """Numbers (from 1) of the rows to take of a set, in their order."""
    if limit is not None and (isinstance(limit, bool) or limit < 0):
        raise DataError(
            f"the limit of set {name!r} is {limit}", fix="give a number of rows, or None for all"
        )
    if limit is None or limit >= count:
        return list(range(1, count + 1))
    return sorted(random.Random(f"{seed}:{name}").sample(range(1, count + 1), limit))
