"""Random pipe tables and questions about them; the work quotes the cells before it concludes."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from pretraining.conversation import Exchange, Item
from pretraining.words import column_names, distinct, invented, label


@dataclass(frozen=True)
class Table:
    """A table of strings; the first column names the rows, `numeric` marks number columns."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...]

    def cell(self, row: int, column: int) -> Decimal:
        """Return a number cell."""
        return Decimal(self.rows[row][column])


def _numbers(rng: Random, count: int) -> list[str]:
    if rng.random() < 0.12:
        start = rng.randrange(1900, 2010)
        return [str(start + i) for i in range(count)]
    top = rng.choice((20, 100, 100, 1000, 1000, 5000))
    low = 0 if rng.random() < 0.7 else top // 2
    values = rng.sample(range(low, top), count)
    if rng.random() < 0.2:
        return [f"{value // 10}.{value % 10}" for value in values]
    return [str(value) for value in values]


def _column(rng: Random, count: int, number: bool) -> list[str]:
    if number:
        return _numbers(rng, count)
    pool = [label(rng) for _ in range(rng.randrange(2, count + 2))]
    return [rng.choice(pool) for _ in range(count)]


def random_table(rng: Random, most_rows: int = 8) -> Table:
    """Return a table of 2 to `most_rows` rows with at least one number column."""
    rows = rng.randrange(2, most_rows + 1)
    columns = rng.randrange(2, 6 if rows < 6 else 5)
    kinds = [True] + [rng.random() < 0.7 for _ in range(columns - 2)]
    rng.shuffle(kinds)
    keys = distinct(rng, rows) if rng.random() < 0.85 else _numbers(rng, rows)
    data = [keys, *(_column(rng, rows, number) for number in kinds)]
    header = tuple(column_names(rng, columns))
    numeric = tuple(i for i, number in enumerate(kinds, 1) if number)
    return Table(header, tuple(zip(*data, strict=True)), numeric)


def write(rng: Random, table: Table) -> str:
    """Write a table with pipes, with or without borders, a rule line and a title."""
    bordered = rng.random() < 0.6
    lines = [" | ".join(row) for row in (table.header, *table.rows)]
    rule = "|".join("---" for _ in table.header)
    if bordered:
        lines = [f"| {line} |" for line in lines]
        rule = f"|{rule}|"
    if rng.random() < 0.55:
        lines.insert(1, rule)
    title = rng.choice(("", "", "Table:", f"Table {invented(rng)}", f"Data on {invented(rng)}:"))
    return "\n".join([title, *lines]) if title else "\n".join(lines)


def _of(rng: Random, table: Table, row: int, column: int) -> str:
    key, name = table.rows[row][0], table.header[column]
    return rng.choice(
        (
            f"{name} of {key}",
            f"{name} for {key}",
            f"{key}, {name}",
            f"{key}'s {name}",
            f"the {name} of {key}",
            f"the {name} in the row {key}",
        )
    )


def _quote(table: Table, row: int, column: int) -> str:
    return f"{table.rows[row][0]} has {table.rows[row][column]}"


def _look_up(rng: Random, table: Table) -> Item:
    row, column = rng.randrange(len(table.rows)), rng.randrange(1, len(table.header))
    asked = _of(rng, table, row, column)
    frame = rng.choice(("{}?", "What is {}?", "Give {}.", "Read off {}.", "Find {}."))
    return Item(frame.format(asked), table.rows[row][column])


def _look_back(rng: Random, table: Table) -> Item:
    column = rng.choice(table.numeric)
    row = rng.randrange(len(table.rows))
    key, name, value = table.header[0], table.header[column], table.rows[row][column]
    frame = rng.choice(
        ("Which {k} has {n} {v}?", "{n} is {v} for which {k}?", "Find the {k} whose {n} is {v}.")
    )
    return Item(frame.format(k=key, n=name, v=value), table.rows[row][0])


def _extreme(rng: Random, table: Table) -> Item:
    column = rng.choice(table.numeric)
    high = rng.random() < 0.6
    rows = range(len(table.rows))
    best = (max if high else min)(rows, key=lambda row: table.cell(row, column))
    words = (
        ("highest", "largest", "most", "greatest", "maximum")
        if high
        else ("lowest", "smallest", "least", "minimum")
    )
    word, name, key = rng.choice(words), table.header[column], table.header[0]
    value = table.rows[best][column]
    listed = ", ".join(f"{table.rows[row][0]} {table.rows[row][column]}" for row in rows)
    if rng.random() < 0.5:
        plain = ", ".join(table.rows[row][column] for row in rows)
        return Item(f"The {word} {name}?", value, f"{plain}: {word} {value}")
    return Item(
        rng.choice((f"Which {key} has the {word} {name}?", f"{key} with the {word} {name}?")),
        table.rows[best][0],
        f"{listed}: {word} is {value}",
    )


def _two(rng: Random, table: Table) -> tuple[int, int, int]:
    """Return a number column and two rows, the one with the larger cell first."""
    column = rng.choice(table.numeric)
    first, second = rng.sample(range(len(table.rows)), 2)
    if table.cell(first, column) < table.cell(second, column):
        first, second = second, first
    return column, first, second


def _difference(rng: Random, table: Table) -> Item:
    column, high, low = _two(rng, table)
    a, b = table.cell(high, column), table.cell(low, column)
    name = table.header[column]
    shown = [(high, low), (low, high)][rng.random() < 0.5]
    keys = [table.rows[row][0] for row in shown]
    quoted = ", ".join(_quote(table, row, column) for row in shown)
    if rng.random() < 0.3:
        question = rng.choice(("Sum of {n} over {a} and {b}?", "{n} of {a} and {b} together?"))
        steps = f"{quoted}. {a} + {b} = {a + b}"
        return Item(question.format(n=name, a=keys[0], b=keys[1]), str(a + b), steps)
    question = rng.choice(
        (
            "Difference in {n} between {a} and {b}?",
            "{n}: {a} against {b}, the gap?",
            "By how much do {a} and {b} differ in {n}?",
        )
    )
    steps = f"{quoted}. {a} - {b} = {a - b}"
    return Item(question.format(n=name, a=keys[0], b=keys[1]), str(a - b), steps)


def _compare(rng: Random, table: Table) -> Item:
    column, high, low = _two(rng, table)
    more = rng.random() < 0.6
    shown = [(high, low), (low, high)][rng.random() < 0.5]
    keys = [table.rows[row][0] for row in shown]
    word = (
        rng.choice(("more", "higher", "larger"))
        if more
        else rng.choice(("less", "lower", "smaller"))
    )
    quoted = ", ".join(_quote(table, row, column) for row in shown)
    sign = f"{table.cell(high, column)} > {table.cell(low, column)}"
    frame = rng.choice(("{w} {n}: {a} or {b}?", "Who has {w} {n}, {a} or {b}?"))
    question = frame.format(w=word, n=table.header[column], a=keys[0], b=keys[1])
    return Item(question, table.rows[high if more else low][0], f"{quoted}. {sign}")


_VERDICTS = (
    ("true", "false"),
    ("yes", "no"),
    ("right", "wrong"),
    ("correct", "incorrect"),
    ("holds", "fails"),
    ("agree", "disagree"),
    ("good", "bad"),
)


def _claim(rng: Random, table: Table, verdicts: tuple[str, str]) -> Item:
    frame = rng.choice(
        (
            "Statement: {}. {} or {}?",
            "{}. {} or {}?",
            "Check: {}. {} or {}?",
            "Does this fit the table: {}? {} or {}.",
        )
    )
    if rng.random() < 0.6:
        column = rng.randrange(1, len(table.header))
        row = rng.randrange(len(table.rows))
        real = table.rows[row][column]
        others = [r[column] for r in table.rows if r[column] != real]
        fits = not others or rng.random() < 0.5
        told = real if fits else rng.choice(others)
        if not fits and column in table.numeric and "." not in real and rng.random() < 0.5:
            told = str(int(real) + rng.choice((1, 2, 5, 10, 13, 100)))
        key, name = table.rows[row][0], table.header[column]
        text = rng.choice(
            (
                f"{key} has {name} {told}",
                f"the {name} of {key} is {told}",
                f"{name} for {key} equals {told}",
            )
        )
        mark = "is" if fits else "is not"
        steps = f"{_quote(table, row, column)}. {real} {mark} {told}"
    else:
        column, high, low = _two(rng, table)
        more, fits = rng.random() < 0.6, rng.random() < 0.5
        first, second = (high, low) if more == fits else (low, high)
        word = (
            rng.choice(("more", "higher", "a larger")) if more else rng.choice(("less", "lower"))
        )
        name = table.header[column]
        text = f"{table.rows[first][0]} has {word} {name} than {table.rows[second][0]}"
        sign = ">" if first == high else "<"
        steps = (
            f"{_quote(table, first, column)}, {_quote(table, second, column)}. "
            f"{table.rows[first][column]} {sign} {table.rows[second][column]}"
        )
    return Item(frame.format(text, *verdicts), verdicts[0] if fits else verdicts[1], steps)


def _parts(rng: Random, table: Table) -> Item:
    kind = rng.randrange(4)
    rows = table.rows
    if kind == 0:
        column = rng.randrange(len(table.header))
        return Item(f"List the column {table.header[column]}.", ", ".join(r[column] for r in rows))
    if kind == 1:
        row = rng.choice(rows)
        return Item(f"Write the row of {row[0]}.", " | ".join(row))
    if kind == 2:
        listed = ", ".join(f"{i} {row[0]}" for i, row in enumerate(rows, 1))
        return Item("Number of rows?", str(len(rows)), listed)
    column = rng.choice(table.numeric)
    limit = table.cell(rng.randrange(len(rows)), column)
    found = [r[0] for i, r in enumerate(rows) if table.cell(i, column) > limit]
    steps = ", ".join(f"{r[0]} {r[column]}" for r in rows)
    return Item(
        f"Which have {table.header[column]} above {limit}?", ", ".join(found) or "none", steps
    )


def reading(rng: Random) -> Exchange:
    """Ask to read cells, rows and columns."""
    table = random_table(rng)
    makers = rng.choices((_look_up, _look_back, _parts), (5, 2, 2), k=rng.randrange(3, 9))
    return Exchange(write(rng, table), tuple(maker(rng, table) for maker in makers))


def reckoning(rng: Random) -> Exchange:
    """Ask for extremes, differences, sums and comparisons of cells."""
    table = random_table(rng, 7)
    makers = rng.choices(
        (_extreme, _difference, _compare, _look_up), (3, 4, 2, 1), k=rng.randrange(2, 7)
    )
    return Exchange(write(rng, table), tuple(maker(rng, table) for maker in makers))


def claims(rng: Random) -> Exchange:
    """Ask whether statements fit a table; verdict words vary from table to table."""
    table = random_table(rng, 7)
    verdicts = rng.choice(_VERDICTS)
    if rng.random() < 0.15:
        verdicts = (invented(rng), invented(rng))
    return Exchange(
        write(rng, table), tuple(_claim(rng, table, verdicts) for _ in range(rng.randrange(3, 8)))
    )
