"""Operators that take code of one's own: map, filter, verify, generate, and join.

A function is given a row as a dict: `id`, `source`, `prompt` (of a row with one question, else all
turns before the last), `response`, `messages` and `fields` (what else the raw row holds). It is
called once for each row, in order, and what it does is counted on the data card; rows that it
changed or made say so themselves (`provenance`). Nothing here draws at random but by a seed.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Literal

from ftassist.dojo.dry_run import row_limit
from ftassist.dojo.tables.table import OnBad
from ftassist.errors import DataError
from ftassist.recipes.chat import response_of
from ftassist.recipes.checking import checked
from ftassist.recipes.curate.own_code import (
    Function,
    Losses,
    made_row,
    mapped,
    name_of,
    raised,
    shown,
    with_provenance,
)
from ftassist.recipes.curate.results import agree
from ftassist.recipes.rows import DataCard, Row, Rows, Step, count_sources, make_dataset

RETURNED_NONE = "the function returned None"
SAID_NO = "the function said no"
DISAGREES = "the program's answer is another"
CANNOT_TELL = "the program cannot tell"
MOST = 1_000_000
"""How many rows may be made; more is a slip."""


@checked
def map(rows: Rows, function: Function, *, on_bad: OnBad = "refuse") -> Rows:
    """Changes rows by a function of one's own, one row at a time.

    Args:
        rows: The rows.
        function: Takes a row as a dict (id, source, prompt, response, messages, fields) and gives
            the new response as text, or a dict with what changes (prompt, response, messages,
            fields), or None to drop the row.
        on_bad: "refuse" ends with the first row on which it fails; "drop" leaves such rows out
            and counts them.

    Raises:
        DataError: The function fails, or gives something that is no row; names the row.

    Example:
        >>> rows = curate.map(rows, lambda row: row["response"].strip())
    """
    made: list[Row] = []
    changed = 0
    losses = Losses(on_bad)
    for row in rows:
        with losses.of(row, "map", function):
            new = mapped(row, function)
            if new is None:
                losses.drop(row, RETURNED_NONE)
                continue
            made.append(new)
            changed += new is not row
    step = losses.step("map", {"function": name_of(function)}, len(rows), made)
    return _grown(rows, made, step, changed=changed)


@checked
def filter(
    rows: Rows, function: Function, *, reason: str = SAID_NO, on_bad: OnBad = "refuse"
) -> Rows:
    """Keeps the rows for which a function of one's own says yes.

    Args:
        rows: The rows.
        function: Takes a row as a dict (id, source, prompt, response, messages, fields) and gives
            whether it stays.
        reason: What the data card says of the others.
        on_bad: "refuse" ends with the first row on which it fails; "drop" leaves such rows out
            and counts them.

    Raises:
        DataError: The function fails; names the row.

    Example:
        >>> rows = curate.filter(
        ...     rows, lambda row: len(row["prompt"]) < 2000, reason="long"
        ... )
    """
    losses = Losses(on_bad)
    kept: list[Row] = []
    for row in rows:
        with losses.of(row, "filter", function):
            if function(shown(row)):
                kept.append(row)
            else:
                losses.drop(row, reason)
    return _grown(
        rows, kept, losses.step("filter", {"function": name_of(function)}, len(rows), kept)
    )


@checked
def verify(
    rows: Rows,
    function: Function,
    *,
    unknown: Literal["drop", "keep"] = "drop",
    on_bad: OnBad = "refuse",
) -> Rows:
    r"""Keeps the rows on which a program of one's own and the row's final answer agree.

    Answers are compared as final answers are: normalised, numbers by their value, True and False
    as yes and no.

    Args:
        rows: The rows; each that stays says which program agreed with it.
        function: Takes a row as a dict (id, source, prompt, response, messages, fields) and gives
            the answer as text, number or bool, or None where it cannot tell.
        unknown: What becomes of rows about which it cannot tell.
        on_bad: "refuse" ends with the first row on which it fails; "drop" leaves such rows out
            and counts them.

    Raises:
        DataError: The function fails; names the row.

    Example:
        >>> import re
        >>> def total(row):
        ...     return sum(int(number) for number in re.findall(r"\d+", row["prompt"]))
        >>> rows = curate.verify(rows, total)
    """
    losses = Losses(on_bad)
    kept: list[Row] = []
    agreed = 0
    for row in rows:
        with losses.of(row, "verify", function):
            told = function(shown(row))
            if told is None and unknown == "keep":
                kept.append(row)
            elif told is None:
                losses.drop(row, CANNOT_TELL)
            elif agree(response_of(row["messages"]), told):
                agreed += 1
                kept.append(with_provenance(row, {"verified_by": name_of(function)}))
            else:
                losses.drop(row, DISAGREES)
    arguments = {"function": name_of(function), "unknown": unknown, "agreed": agreed}
    return _grown(rows, kept, losses.step("verify", arguments, len(rows), kept))


@checked
def generate(function: Function, n: int, *, source: str = "generated", seed: int = 0) -> Rows:
    """Makes rows by a function of one's own; `curate.join` puts them beside others.

    Args:
        function: Takes a `random.Random` (the same for the same seed, source and number) and
            gives a row as a dict: prompt and response (and system, if there is one), or messages;
            what else the dict holds becomes the row's fields. None makes no row this time.
        n: How often it is called.
        source: The name the rows go by on the data card; not that of a raw set.
        seed: What is drawn.

    Raises:
        DataError: The function fails, or gives something that is no row; names the call.

    Example:
        >>> def add(draw):
        ...     one, other = draw.randint(1, 99), draw.randint(1, 99)
        ...     return {"prompt": f"{one} + {other}?", "response": str(one + other)}
        >>> made = curate.generate(add, 200, source="sums", seed=seed)
    """
    if not 0 <= n <= MOST:
        raise DataError(f"n={n} is not possible", where="generate", fix=f"give 0 to {MOST:,}")
    made: list[Row] = []
    n = n if (most := row_limit()) is None else min(n, most)
    for number in range(1, n + 1):
        place = f"generate, call {number} of {name_of(function)}"
        draw = random.Random(f"{seed}:{source}:{number}")
        try:
            given = function(draw)
        except Exception as error:  # the person's own code may raise anything
            raise raised(error, place) from error
        if given is not None:
            by = {"by": "generate", "function": name_of(function), "seed": seed}
            made.append(made_row(given, f"{source}/{number}", source, by, place))
    dataset = make_dataset(made)
    step = Step(
        "generate",
        {"function": name_of(function), "n": n, "source": source, "seed": seed},
        0,
        len(made),
        count_sources(dataset),
        {RETURNED_NONE: n - len(made)} if len(made) < n else {},
        made=len(made),
    )
    return Rows(dataset, DataCard((step,)))


@checked
def join(rows: Rows, other: Rows) -> Rows:
    """Puts rows one after another; the data card tells how both came to be.

    Args:
        rows: The first rows.
        other: What follows them.

    Raises:
        DataError: Both hold a row of the same id.

    Example:
        >>> rows = curate.join(rows, made)
    """
    table = [*rows, *other]
    known = set(rows.column("id"))
    if twice := next((name for name in other.column("id") if name in known), None):
        raise DataError(
            f"both hold the row {twice}",
            where="join",
            fix="give generate another source, or load a set once",
        )
    dataset = make_dataset(table)
    step = Step("join", {}, len(table), len(table), count_sources(dataset))
    return Rows(dataset, DataCard((*rows.card.steps, *other.card.steps, step)))


def _grown(rows: Rows, made: list[Row], step: Step, *, changed: int = 0) -> Rows:
    """The rows an operator gives, with its step added to the card."""
    dataset = make_dataset(made)
    whole = replace(step, by_source=count_sources(dataset), changed=changed)
    return Rows(dataset, DataCard((*rows.card.steps, whole)))
