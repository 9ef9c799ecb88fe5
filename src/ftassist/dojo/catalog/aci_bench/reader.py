"""ACI-Bench: conversations and notes; the challenge files of its authors."""

from __future__ import annotations

from collections.abc import Iterator

from ftassist.dojo.location import Located
from ftassist.dojo.preparation import training_rows
from ftassist.dojo.record import Files, RawSet, Record, all_rows
from ftassist.dojo.splits import Divided
from ftassist.dojo.task import TaskCard


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """Visits of the validation and of the three test files."""
    del card
    for part in ("valid", "test1", "test2", "test3"):
        yield from _records(files, part)


def training(located: Located, card: TaskCard, divided: Divided) -> Iterator[RawSet]:
    """Visits of the training file."""
    del divided
    yield RawSet(
        name="challenge_train",
        title="Visits of the training file",
        description="The task's prompt around each conversation, answered with its note.",
        rows=training_rows(card, _records(located.files, "train")),
        provenance=f"{located.source.id}, train.csv",
        notes="Few and very long rows.",
    )


def _records(files: Files, part: str) -> Iterator[Record]:
    for row in all_rows(files, part):
        yield Record(f"{part}-{row['encounter_id']}", "all", row)
