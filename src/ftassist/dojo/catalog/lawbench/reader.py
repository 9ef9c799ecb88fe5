"""LawBench: one file a view; the raw set is what the splits leave over, for it has no other."""

from __future__ import annotations

from collections.abc import Iterator

from ftassist.dojo.location import Located
from ftassist.dojo.preparation import unused_set
from ftassist.dojo.record import Files, RawSet, Record, all_rows
from ftassist.dojo.splits import Divided
from ftassist.dojo.task import TaskCard


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """The zero-shot questions of all views that are scored."""
    for view in card.views:
        for number, row in enumerate(all_rows(files, view)):
            doc = {name: row[name] for name in ("instruction", "question", "answer")}
            yield Record(f"{view}-{number}", view, doc)


def training(located: Located, card: TaskCard, divided: Divided) -> Iterator[RawSet]:
    """Questions that are in neither split."""
    del located
    yield from unused_set(card, divided.unused)
