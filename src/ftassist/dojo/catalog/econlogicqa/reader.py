"""EconLogicQA: four events to be put in order; three tables with the fields of the paper."""

from __future__ import annotations

from collections.abc import Iterator

from ftassist.dojo.location import Located
from ftassist.dojo.preparation import training_rows
from ftassist.dojo.record import Files, RawSet, Record, all_rows
from ftassist.dojo.splits import Divided
from ftassist.dojo.task import TaskCard


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """The questions of the validation and test files."""
    del card
    for part in ("validation", "test"):
        yield from _records(files, part)


def training(located: Located, card: TaskCard, divided: Divided) -> Iterator[RawSet]:
    """The questions of the training file."""
    del divided
    yield RawSet(
        name="train_questions",
        title="Questions of the training file",
        description="The task's prompt around each question, answered with the order.",
        rows=training_rows(card, _records(located.files, "train")),
        provenance=f"{located.source.id}, the training split",
        notes="Bare orders, no reasons.",
    )


def _records(files: Files, part: str) -> Iterator[Record]:
    for number, row in enumerate(all_rows(files, part)):
        yield Record(f"{part}-{number}", "all", row)
