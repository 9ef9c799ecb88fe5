"""Hallmarks of Cancer: abstracts with their hallmarks; the data set has no split of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ftassist.dojo.locating import Located
from ftassist.dojo.preparing import unused_set
from ftassist.dojo.readers.record import Files, RawSet, Record, all_rows
from ftassist.dojo.task import TaskCard


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """All abstracts."""
    del card
    for row in all_rows(files, "evaluation"):
        doc = {name: row[name] for name in ("document_id", "sentences", "hallmarks")}
        text = " ".join(row["sentences"])
        yield Record(str(row["document_id"]), "all", doc, {"abstract": text})


def training(located: Located, card: TaskCard, unused: Sequence[Record]) -> Iterator[RawSet]:
    """Abstracts that are in neither split."""
    del located
    yield from unused_set(card, unused)
