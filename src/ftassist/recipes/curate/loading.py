"""Rows from a data repository, or from raw rows of one's own.

Reads raw sets through `DataRepository` and nothing else: validation and test items are not there.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from ftassist.dojo.dry_run import dry, row_limit, shares
from ftassist.dojo.tables.table import BadRow, OnBad, Rejects, check_on_bad
from ftassist.errors import DataError
from ftassist.recipes.chat import chat_row
from ftassist.recipes.checking import checked
from ftassist.recipes.rows import (
    SAMPLES,
    DataCard,
    Row,
    Rows,
    Step,
    count_sources,
    make_dataset,
)

OVER_LIMIT = "over the set's limit"
CANNOT_BE_USED = "cannot be used"


@checked
def load(
    repository: str | Path,
    sets: Mapping[str, int | None] | Iterable[str],
    *,
    seed: int = 0,
    on_bad: OnBad | None = None,
) -> Rows:
    """Loads raw sets and turns them into chat rows.

    A set whose card names a data set known to hold evaluation records is loaded with a warning on
    the data card; which of its rows are evaluation items, `decontaminate` finds.

    Args:
        repository: The folder of the data repository, or the key of the task it belongs to.
        sets: At most so many rows of each named set (drawn by `seed`, kept in their order; None
            takes all), or just the names, or one.
        seed: What is drawn.
        on_bad: "drop" leaves rows that cannot be used out and counts them on the data card,
            "refuse" names the first one; by default what the set's own card says, else "refuse".

    Raises:
        UnknownNameError: No set of that name; names the nearest.
        DataError: A row lacks a field or holds another type; names file and row.

    Example:
        >>> rows = curate.load(
        ...     repository, {"worked": 400, "bare": None}, seed=seed
        ... )
    """
    from ftassist.dojo.repository import DataRepository

    names = [sets] if isinstance(sets, str) else sets
    limits = dict(names) if isinstance(names, Mapping) else dict.fromkeys(names)
    chosen = check_on_bad(on_bad) if on_bad is not None else None
    store = DataRepository(_repository_folder(repository))
    read = {name: store.table(name, chosen) for name in limits}
    if dry():
        limits |= _of_a_dry_run({name: len(found.good) for name, found in read.items()}, limits)
    taken: list[Row] = []
    over: list[str] = []
    bad: list[BadRow] = []
    available = 0
    warnings: list[str] = []
    for name, limit in limits.items():
        fields, found = store.card(name).fields, read[name]
        warnings += [f"set {name}: {known.told()}" for known in store.known_sources(name)]
        available += len(found.good) + len(found.bad)
        bad += found.bad
        drawn = set(_draw(len(found.good), limit, name, seed))
        for place, each in enumerate(found.good, start=1):
            if place not in drawn:
                over.append(f"{name}/{each.number}")
                continue
            taken.append(
                chat_row(each.row, fields, source=name, number=each.number, where=each.where)
            )
    arguments = {"sets": limits, "seed": seed} | ({"on_bad": chosen} if chosen else {})
    dataset = make_dataset(taken)
    step = Step(
        operator="load",
        arguments=arguments,
        rows_in=available,
        rows_out=len(taken),
        by_source=count_sources(dataset),
        dropped=({OVER_LIMIT: len(over)} if over else {})
        | ({CANNOT_BE_USED: len(bad)} if bad else {}),
        samples=_samples(bad),
        warnings=tuple(warnings),
    )
    return Rows(dataset, DataCard((step,)))


@checked
def to_chat(
    raw: Iterable[Mapping[str, Any]],
    *,
    source: str,
    prompt: str = "",
    response: str = "",
    system: str = "",
    messages: str = "",
    tools: str = "",
    rejected: str = "",
    label: str = "",
    on_bad: OnBad = "refuse",
) -> Rows:
    r"""Turns raw rows of one's own into chat rows, by naming their fields.

    A field may be a path (`answers.text`) or a template over several (`{instruction}\n{input?}`).

    Args:
        raw: The raw rows, such as `read_jsonl(path)`.
        source: The name they go by on the data card.
        prompt: The field of the question.
        response: The field of the answer.
        system: The field of the system turn, if there is one.
        messages: The field of ready-made messages, instead of the three above; turns are
            {role, content} or {from, value}.
        tools: The field of the tools that may be called, if there is one.
        rejected: The field of a worse answer, for `train.dpo`.
        label: The field that says whether the answer is wanted, for `train.kto`.
        on_bad: "drop" leaves rows that do not fit out and counts them; "refuse" names the first.

    Raises:
        DataError: No mapping is given, or a row does not fit it.

    Example:
        >>> own = [{"q": "2 + 2?", "a": "4"}]
        >>> more = curate.to_chat(own, source="own", prompt="q", response="a")
    """
    named = {
        "prompt": prompt,
        "response": response,
        "system": system,
        "messages": messages,
        "tools": tools,
        "rejected": rejected,
        "label": label,
    }
    fields = {key: name for key, name in named.items() if name}
    if "messages" not in fields and not {"prompt", "response"} <= set(fields):
        raise DataError(
            f"to_chat was given {fields or 'no field names'}",
            where=f"source {source!r}",
            fix='name the fields: prompt="...", response="..." or messages="..."',
        )
    rejects = Rejects(check_on_bad(on_bad))
    rows: list[Row] = []
    total = 0
    for total, each in enumerate(islice(raw, row_limit()), start=1):
        try:
            rows.append(chat_row(each, fields, source=source, number=total))
        except DataError as error:
            rejects.add(error)
    dataset = make_dataset(rows)
    step = Step(
        "to_chat",
        {"source": source, **fields, **({"on_bad": on_bad} if on_bad != "refuse" else {})},
        total,
        len(rows),
        {source: len(rows)},
        {CANNOT_BE_USED: len(rejects.rows)} if rejects.rows else {},
        _samples(rejects.rows),
    )
    return Rows(dataset, DataCard((step,)))


def _of_a_dry_run(
    there: Mapping[str, int], limits: Mapping[str, int | None]
) -> dict[str, int | None]:
    """How many rows of each set a dry run reads; what is no number of rows is told as ever."""
    asked = {name: limits[name] for name in there}
    wanted = {
        name: there[name] if limit is None else min(limit, there[name])
        for name, limit in asked.items()
        if limit is None or limit >= 0
    }
    return {**shares(wanted)}


def _samples(bad: Sequence[BadRow]) -> dict[str, list[str]]:
    """The first few bad rows, each with its reason."""
    return {CANNOT_BE_USED: [f"{b.where}: {b.what}" for b in bad[:SAMPLES]]} if bad else {}


def _repository_folder(repository: str | Path) -> Path:
    """A folder as it is, or the repository of the task of that name: notebooks travel."""
    from ftassist.dojo.task_loader import load_task

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
