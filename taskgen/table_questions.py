"""The kinds of questions of mini_tables, their wordings, answers and worked solutions."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from taskgen.rawset import Pair
from taskgen.table_sources import Entity

HIGHEST = 130
"""Largest number in a sum or difference."""


@dataclass(frozen=True)
class Table:
    """A small table as it is shown."""

    key: str
    columns: tuple[str, ...]
    rows: tuple[Entity, ...]

    def text(self) -> str:
        """The table with pipes, heading first."""
        lines = [" | ".join((self.key, *self.columns))]
        return "\n".join([*lines, *map(self.line, self.rows)])

    def line(self, row: Entity) -> str:
        """A row with pipes."""
        return " | ".join((row.name, *(str(row.values[c]) for c in self.columns)))

    def column(self, name: str) -> list[int]:
        """All values of a column."""
        return [row.values[name] for row in self.rows]

    def origin(self) -> tuple[str, ...]:
        """The source and name of each row."""
        return tuple(f"{row.source}/{row.name}" for row in self.rows)


@dataclass(frozen=True)
class Draft:
    """A question with its answer and the work that leads to it."""

    question: str
    work: str
    answer: str


Kind = Callable[[Table, random.Random], Draft | None]


def final(answer: str) -> str:
    """The answer as the task wants it."""
    return f"Final Answer: {answer}"


def pair(table: Table, draft: Draft, view: str, *, show_work: bool) -> Pair:
    """The draft as a pair under its table."""
    work = f"{draft.work}. " if show_work else ""
    return Pair(
        f"{table.text()}\n{draft.question}",
        work + final(draft.answer),
        draft.answer,
        view,
        table.origin(),
    )


def found(table: Table, row: Entity, *columns: str) -> str:
    """A row as a reader copies it out, then the cells that matter with their columns."""
    wanted = [f"{c} {row.values[c]}" for c in columns]
    return f"{table.line(row)}. {' '.join(wanted)}"


def both_found(table: Table, first: Entity, second: Entity, column: str) -> str:
    """The same for two rows and one column."""
    return f"{found(table, first, column)}. {found(table, second, column)}"


def value(table: Table, rng: random.Random) -> Draft:
    """The value of a cell."""
    row, column = rng.choice(table.rows), rng.choice(table.columns)
    text = rng.choice(("What is the {c} of {r}?", "{r}: {c}?", "Give the {c} for {r}."))
    return Draft(
        text.format(c=column, r=row.name), found(table, row, column), str(row.values[column])
    )


def which_column(table: Table, rng: random.Random) -> Draft | None:
    """The column in which a row has a value."""
    row, column = rng.choice(table.rows), rng.choice(table.columns)
    wanted = row.values[column]
    if sum(row.values[c] == wanted for c in table.columns) > 1:
        return None
    text = rng.choice(("Which column of {r} holds {v}?", "In which column has {r} {v}?"))
    return Draft(text.format(r=row.name, v=wanted), found(table, row, column), column)


def sum_in_row(table: Table, rng: random.Random) -> Draft | None:
    """The sum of two cells of a row."""
    row = rng.choice(table.rows)
    first, second = rng.sample(table.columns, 2)
    x, y = row.values[first], row.values[second]
    if x + y > HIGHEST:
        return None
    text = rng.choice(("Add {c} and {d} of {r}.", "What are {c} and {d} of {r} together?"))
    return Draft(
        text.format(c=first, d=second, r=row.name),
        f"{found(table, row, first, second)}. {x} + {y} = {x + y}",
        str(x + y),
    )


def difference_of_rows(table: Table, rng: random.Random) -> Draft | None:
    """How much larger a cell is than the cell of another row."""
    column = rng.choice(table.columns)
    first, second = rng.sample(table.rows, 2)
    x, y = first.values[column], second.values[column]
    if x < y or x > HIGHEST:
        return None
    text = rng.choice(("How much more {c} has {r} than {s}?", "{c} of {r} minus {c} of {s}?"))
    return Draft(
        text.format(c=column, r=first.name, s=second.name),
        f"{both_found(table, first, second, column)}. {x} - {y} = {x - y}",
        str(x - y),
    )


def extreme_of_row(table: Table, rng: random.Random) -> Draft:
    """The highest or lowest number of a row."""
    row = rng.choice(table.rows)
    word, pick = rng.choice((("highest", max), ("lowest", min)))
    text = rng.choice(("What is the {w} number of {r}?", "Give the {w} number of {r}."))
    return Draft(
        text.format(w=word, r=row.name),
        found(table, row, *sorted(table.columns, key=row.values.__getitem__)),
        str(pick(row.values[c] for c in table.columns)),
    )


def claim_value(table: Table, rng: random.Random) -> Draft | None:
    """Whether a cell has a value; a wrong claim uses another value of the column."""
    row, column = rng.choice(table.rows), rng.choice(table.columns)
    true = rng.random() < 0.5
    others = sorted({v for v in table.column(column) if v != row.values[column]})
    if not others:
        return None
    said = row.values[column] if true else rng.choice(others)
    text = rng.choice(("The {c} of {r} is {v}.", "{r} has {c} {v}."))
    return Draft(
        claim(text.format(c=column, r=row.name, v=said), rng),
        f"{found(table, row, column)} {'is' if true else 'not'} {said}",
        verdict(true),
    )


def claim_in_row(table: Table, rng: random.Random) -> Draft | None:
    """Whether a row has more in one column than in another."""
    row = rng.choice(table.rows)
    first, second = rng.sample(table.columns, 2)
    x, y = row.values[first], row.values[second]
    if x == y:
        return None
    text = rng.choice(("{r} has more {c} than {d}.", "For {r}, {c} is above {d}."))
    return Draft(
        claim(text.format(c=first, d=second, r=row.name), rng),
        f"{found(table, row, first, second)}. {compared(x, y)}",
        verdict(x > y),
    )


def claim_of_rows(table: Table, rng: random.Random) -> Draft | None:
    """Whether one row has more than another in a column."""
    column = rng.choice(table.columns)
    first, second = rng.sample(table.rows, 2)
    x, y = first.values[column], second.values[column]
    if x == y:
        return None
    text = rng.choice(("{r} has more {c} than {s}.", "The {c} of {r} is above that of {s}."))
    return Draft(
        claim(text.format(c=column, r=first.name, s=second.name), rng),
        f"{both_found(table, first, second, column)}. {compared(x, y)}",
        verdict(x > y),
    )


def compared(x: int, y: int) -> str:
    """Two different numbers with the sign between them."""
    return f"{x} {'>' if x > y else '<'} {y}"


def claim(text: str, rng: random.Random) -> str:
    """A statement to be judged."""
    return rng.choice(("True or false: {t}", "{t} True or false?")).format(t=text)


def verdict(true: bool) -> str:
    """The answer to a statement."""
    return "true" if true else "false"


KINDS: dict[str, tuple[Kind, ...]] = {
    "fact_checking": (claim_value, claim_in_row, claim_of_rows),
    "numerical_reasoning": (sum_in_row, difference_of_rows, extreme_of_row),
    "lookup": (value, which_column),
}
