"""Real tables from plotly's `data` module as rows of a name and whole numbers.

Values are scaled and rounded to whole numbers so that a very small model can compare and subtract
them; which scaling is told in `SOURCES`. Knows nothing of questions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import plotly.data

from taskgen.splits import Part, part_of


@dataclass(frozen=True)
class Entity:
    """A row: its source, its name, its numbers by column, and the split of the row."""

    source: str
    name: str
    values: dict[str, int]
    part: Part


@dataclass(frozen=True)
class Source:
    """A table: the heading of its name column, its groups of rows, and where it is from.

    Attributes:
        key: Heading of the name column.
        about: What the numbers are.
        groups: Rows that may stand in one table (e.g. of one year).
    """

    key: str
    about: str
    groups: tuple[tuple[Entity, ...], ...]


def entity(source: str, name: str, **values: float) -> Entity:
    """A row with rounded values, in the split its name falls into."""
    whole = {column: round(float(value)) for column, value in values.items()}
    return Entity(source, name, whole, part_of("table", source, name))


def gapminder() -> Source:
    """Countries; a group is one year."""
    frame: Any = plotly.data.gapminder()
    groups = []
    for _, year in frame.groupby("year"):
        rows = [
            entity("gapminder", r.country, life=r.lifeExp, pop=r.pop / 1e6, gdp=r.gdpPercap / 100)
            for r in year.itertuples()
            if len(r.country) <= 9 and r.country.isalpha() and r.pop >= 1e6
        ]
        groups.append(tuple(rows))
    return Source(
        "country", "life in years, pop in millions, gdp a head in 100 dollars", tuple(groups)
    )


def stocks() -> Source:
    """Weeks with stock prices as an index."""
    frame: Any = plotly.data.stocks()
    rows = []
    for number, r in enumerate(frame.itertuples(), start=1):
        rows.append(
            entity(
                "stocks",
                f"w{number}",
                GOOG=100 * r.GOOG,
                AAPL=100 * r.AAPL,
                FB=100 * r.FB,
                MSFT=100 * r.MSFT,
            )
        )
    return Source("week", "price, first week = 100", (tuple(rows),))


def numbered(
    source: str, letter: str, key: str, about: str, columns: dict[str, Callable[[Any], float]]
) -> Source:
    """A table without names: rows are numbered."""
    frame: Any = getattr(plotly.data, source)()
    rows = tuple(
        entity(source, f"{letter}{number}", **{c: of(r) for c, of in columns.items()})
        for number, r in enumerate(frame.itertuples(), start=1)
    )
    return Source(key, about, (rows,))


def sources() -> tuple[Source, ...]:
    """All tables."""
    return (
        gapminder(),
        stocks(),
        numbered(
            "iris",
            "i",
            "flower",
            "millimetres",
            {
                "sepal": lambda r: 10 * r.sepal_length,
                "width": lambda r: 10 * r.sepal_width,
                "petal": lambda r: 10 * r.petal_length,
            },
        ),
        numbered(
            "tips",
            "t",
            "table",
            "dollars, dollars, persons",
            {"bill": lambda r: r.total_bill, "tip": lambda r: r.tip, "size": lambda r: r.size},
        ),
        numbered(
            "carshare",
            "s",
            "station",
            "hours of use over 100, hour of the day",
            {"use": lambda r: r.car_hours / 100, "peak": lambda r: r.peak_hour},
        ),
        numbered(
            "experiment",
            "p",
            "person",
            "results of three experiments",
            {
                "first": lambda r: r.experiment_1,
                "second": lambda r: r.experiment_2,
                "third": lambda r: r.experiment_3,
            },
        ),
    )
