"""GSM8K: word problems of grade school; the answer is a number after worked steps.

The benchmark's test set is the test split; validation is drawn from its training set, of which the
rest is a raw set. The views are ours: problems by the number of steps of their solution.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from ftassist.dojo.location import Located
from ftassist.dojo.preparation import training_rows
from ftassist.dojo.readers.packed import packed_rows
from ftassist.dojo.record import Files, Part, RawSet, Record
from ftassist.dojo.splits import Divided
from ftassist.dojo.task import TaskCard

SHORT, MEDIUM = 3, 5
"""Most steps of a short and of a medium solution."""


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """The test set, then the training set, from which validation is drawn."""
    del card
    parts: tuple[tuple[str, Part], ...] = (("test", "test"), ("train", "validation"))
    for name, part in parts:
        rows = (row for path in files[name] for row in packed_rows(path))
        for number, row in enumerate(rows):
            doc = {"question": row["question"].strip(), "answer": row["answer"].strip()}
            yield Record(f"{name}-{number}", view_of(doc["answer"]), doc, part=part)


def training(located: Located, card: TaskCard, divided: Divided) -> Iterator[RawSet]:
    """The training set without the validation items, and simpler problems from elsewhere."""
    if located.source.id != card.key:
        yield _lessons(located, card)
        return
    yield RawSet(
        name="gsm8k_train",
        title="Word problems with worked solutions",
        description="GSM8K's training set without the validation items and without what is "
        "nearly the same as an evaluation item, each with the task's prompt around it.",
        rows=training_rows(card, divided.unused),
        provenance="GSM8K (MIT), its training set",
        notes="Solutions hold calculator annotations such as <<48/2=24>>, as published; a model "
        "that learns them writes them, which costs tokens and is allowed.",
    )


def _lessons(located: Located, card: TaskCard) -> RawSet:
    """Two-step problems of mini_math's lessons, their steps and number in GSM8K's form."""
    records = []
    for path in located.files["lessons"]:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            steps, _, boxed = row["solution"].partition(" \\boxed{")
            doc = {
                "question": row["problem"],
                "answer": steps.replace(". ", "\n").rstrip(".") + f"\n#### {boxed.rstrip('}')}",
            }
            records.append(Record(row["id"], view_of(doc["answer"]), doc))
    return RawSet(
        name="two_step_lessons",
        title="Generated word problems of two steps, worked",
        description="Lessons of this package's mini_math, their answers in GSM8K's form.",
        rows=training_rows(card, records),
        provenance="mini_math (CC0-1.0), generated",
        notes="Four story frames with new numbers: easier and far less varied than GSM8K.",
    )


def view_of(answer: str) -> str:
    """How long the worked solution is."""
    steps = answer.count("\n")
    return "short" if steps <= SHORT else "medium" if steps <= MEDIUM else "long"
