"""CS-Bench: the English questions with a scored format; its validation file is the raw set."""

from __future__ import annotations

from collections.abc import Iterator

from ftassist.dojo.location import Located
from ftassist.dojo.preparation import training_rows
from ftassist.dojo.record import Files, RawSet, Record, all_rows
from ftassist.dojo.splits import Divided
from ftassist.dojo.task import TaskCard


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """Multiple-choice questions and assertions of the test file."""
    yield from _records(files, "evaluation", card)


def training(located: Located, card: TaskCard, divided: Divided) -> Iterator[RawSet]:
    """The same of the validation file."""
    del divided
    yield RawSet(
        name="validation_questions",
        title="Questions of CS-Bench's validation file",
        description="Multiple-choice questions and assertions with the task's prompt around them.",
        rows=training_rows(card, _records(located.files, "train", card)),
        provenance=f"{located.source.id}, the validation file",
        notes="Few rows, bare answers.",
    )


def _records(files: Files, part: str, card: TaskCard) -> Iterator[Record]:
    for row in all_rows(files, part):
        if row["Format"] in card.views:
            options = [f"{letter}. {row[letter]}" for letter in "ABCD" if letter in row]
            yield Record(str(row["ID"]), row["Format"], row, {"options": options})
