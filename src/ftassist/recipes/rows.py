"""Rows: chat rows under curation, and the data card that tells how they came to be.

An operator takes `Rows` and returns new `Rows`; each leaves one `Step` on the card with rows in,
rows out and the reason of every drop. Knows nothing of tokenizers, models or files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

from ftassist.dojo.tables.turns import Message

if TYPE_CHECKING:
    from datasets import Dataset

__all__ = [
    "RESERVED",
    "DataCard",
    "Message",
    "Row",
    "Rows",
    "Step",
    "count_sources",
    "make_dataset",
]

SAMPLES = 5
"""How many ids of dropped rows a step keeps for each reason."""
RESERVED = "ftassist"
"""The field of `Row.fields` that holds what ftassist keeps with a row."""


class Row(TypedDict):
    """A chat row; `fields` holds the other fields of the raw row as JSON text."""

    id: str
    source: str
    messages: list[Message]
    fields: str


@dataclass(frozen=True)
class Step:
    """What one operator did.

    Attributes:
        operator: Its name.
        arguments: The arguments it was called with, without the rows.
        rows_in: Rows before (for `load`: rows the named sets hold).
        rows_out: Rows after.
        by_source: Rows after, by source.
        dropped: How many rows were dropped, by reason.
        samples: Ids of the first few dropped rows, by reason.
        warnings: What asks for a look, such as a set known to hold evaluation records.
        places: What was found where in the first few dropped rows: id, kind and an excerpt.
        changed: How many rows it changed.
        made: How many rows it made that were none before.
    """

    operator: str
    arguments: dict[str, Any]
    rows_in: int
    rows_out: int
    by_source: dict[str, int]
    dropped: dict[str, int] = field(default_factory=dict)
    samples: dict[str, list[str]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    places: tuple[dict[str, Any], ...] = ()
    changed: int = 0
    made: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The step as JSON; `places`, `warnings`, `changed`, `made` only where there are any."""
        return {
            **({"places": list(self.places)} if self.places else {}),
            "operator": self.operator,
            "arguments": self.arguments,
            "rows_in": self.rows_in,
            "rows_out": self.rows_out,
            "by_source": self.by_source,
            "dropped": self.dropped,
            "samples": self.samples,
            **({"warnings": list(self.warnings)} if self.warnings else {}),
            **({"changed": self.changed} if self.changed else {}),
            **({"made": self.made} if self.made else {}),
        }


@dataclass(frozen=True)
class DataCard:
    """The steps that made a training set, in order."""

    steps: tuple[Step, ...] = ()

    def emptied_by(self) -> str | None:
        """The operator after which no row was left, or None where rows are left."""
        if not self.steps or self.steps[-1].rows_out:
            return None
        return next(step.operator for step in self.steps if not step.rows_out)

    def to_dict(self) -> dict[str, Any]:
        """The card as JSON."""
        return {"steps": [step.to_dict() for step in self.steps]}


@dataclass(frozen=True)
class Rows:
    """Chat rows and their data card.

    Attributes:
        dataset: A `datasets.Dataset` with the columns of `Row`.
        card: How the rows came to be.
    """

    dataset: Dataset
    card: DataCard

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.dataset)

    def __iter__(self) -> Iterator[Row]:
        """The rows, one by one."""
        return iter(self.dataset)

    def __repr__(self) -> str:
        """One line: rows, sources and what the last operator did."""
        sources = ", ".join(f"{name} {count:,}" for name, count in self.by_source().items())
        last = self.card.steps[-1] if self.card.steps else None
        dropped = ", ".join(f"{n:,} {why}" for why, n in last.dropped.items()) if last else ""
        tail = f"; {last.operator} dropped {dropped}" if last and dropped else ""
        tail += f"; {last.changed:,} changed" if last and last.changed else ""
        tail += f"; {last.made:,} made" if last and last.made else ""
        tail += "".join(f"; beware: {warning}" for warning in last.warnings) if last else ""
        return f"{len(self):,} rows ({sources or 'none'}){tail}"

    def column(self, name: str) -> list[Any]:
        """One column as a list."""
        return list(self.dataset[:][name]) if len(self) else []

    def by_source(self) -> dict[str, int]:
        """How many rows each source has, the most common first."""
        return dict(Counter(self.column("source")).most_common())

    def select(
        self,
        kept: Sequence[int],
        operator: str,
        arguments: Mapping[str, Any],
        dropped: Mapping[str, Sequence[int]] | None = None,
        places: Sequence[Mapping[str, Any]] = (),
    ) -> Rows:
        """The rows at the indices `kept` (in that order, repeats allowed), with a step added.

        Args:
            kept: Indices into these rows.
            operator: The operator's name.
            arguments: Its arguments.
            dropped: Indices of the rows it dropped, by reason.
            places: What it found where, for the step.
        """
        ids = self.column("id")
        reasons = {reason: found for reason, found in (dropped or {}).items() if found}
        chosen = self.dataset.select(list(kept))
        step = Step(
            operator=operator,
            arguments=dict(arguments),
            rows_in=len(self),
            rows_out=len(kept),
            by_source=count_sources(chosen),
            dropped={reason: len(found) for reason, found in reasons.items()},
            samples={
                reason: [ids[index] for index in found[:SAMPLES]]
                for reason, found in reasons.items()
            },
            places=tuple(dict(place) for place in places),
        )
        return Rows(chosen, DataCard((*self.card.steps, step)))


def count_sources(dataset: Dataset) -> dict[str, int]:
    """How many rows of `dataset` each source has, the most common first."""
    return dict(Counter(dataset[:]["source"] if len(dataset) else []).most_common())


def make_dataset(rows: Iterable[Row]) -> Dataset:
    """A `datasets.Dataset` with the columns of `Row`, also when there is no row."""
    from datasets import Dataset, Features, Value

    features = Features(
        {
            "id": Value("string"),
            "source": Value("string"),
            "messages": [{"role": Value("string"), "content": Value("string")}],
            "fields": Value("string"),
        }
    )
    table = list(rows)
    columns = {name: [row[name] for row in table] for name in features}  # type: ignore[literal-required]
    return Dataset.from_dict(columns, features=features)
