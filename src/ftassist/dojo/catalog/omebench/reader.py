"""oMeBench: reactions with reference mechanisms; Gold is the benchmark, Silver for training."""

from __future__ import annotations

from collections.abc import Iterator

from ftassist.dojo.location import Located
from ftassist.dojo.preparation import training_rows, unused_set
from ftassist.dojo.record import Files, RawSet, Record, all_rows
from ftassist.dojo.splits import Divided
from ftassist.dojo.task import TaskCard


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """The reactions of the Gold file."""
    del card
    yield from _records(files, "gold")


def training(located: Located, card: TaskCard, divided: Divided) -> Iterator[RawSet]:
    """The Silver file, where it is there, and Gold reactions that are in neither split.

    The Template file is left out: it states the same reactions as Gold, without substituents.
    """
    if rows := training_rows(card, _records(located.files, "silver")):
        yield RawSet(
            name="silver",
            title="Reactions of the Silver file",
            description="Reactions made from templates, with the task's prompt around them.",
            rows=rows,
            provenance=f"{located.source.id}, oMe_Silver",
            notes="Made by substitution into the templates of the Gold reactions.",
        )
    yield from unused_set(card, divided.unused)


def _records(files: Files, part: str) -> Iterator[Record]:
    for number, row in enumerate(all_rows(files, part)):
        yield Record(f"{row.get('reaction_id', part)}-{number}", "all", row)
