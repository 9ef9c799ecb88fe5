"""SST-2: GLUE's validation sentences are the benchmark, its training sentences the raw set.

GLUE publishes no labels of its test sentences, so its validation split is what papers score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ftassist.dojo.location import Located
from ftassist.dojo.preparation import training_rows
from ftassist.dojo.record import Files, RawSet, Record, all_rows
from ftassist.dojo.splits import Divided
from ftassist.dojo.task import TaskCard

SHORT = 5
"""Words of a short phrase. They are cheap to train on, and tell what single words say."""


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """The sentences with labels of GLUE's validation split."""
    del card
    yield from _records(all_rows(files, "evaluation"), "sst2")


def training(located: Located, card: TaskCard, divided: Divided) -> Iterator[RawSet]:
    """GLUE's training phrases, short ones and longer ones apart."""
    del divided
    rows = [row for part in located.files for row in all_rows(located.files, part)]
    records = list(_records(rows, "train"))
    for name, what, wanted in (
        ("short_phrases", f"of at most {SHORT} words", True),
        ("longer_phrases", f"of more than {SHORT} words", False),
    ):
        yield RawSet(
            name=name,
            title=f"Labelled phrases {what} of film reviews",
            description=f"GLUE's training split of SST-2: its phrases {what}, each with the "
            "task's prompt around it.",
            rows=training_rows(card, (r for r in records if _is_short(r) is wanted)),
            provenance=f"{located.source.id}, the training split",
            notes="Many rows are pieces of the same sentence, and some repeat.",
        )


def _is_short(record: Record) -> bool:
    return len(str(record.doc["sentence"]).split()) <= SHORT


def _records(rows: Sequence[Mapping[str, Any]], name: str) -> Iterator[Record]:
    for number, row in enumerate(rows):
        doc = {"sentence": str(row["sentence"]).strip(), "label": int(row["label"])}
        yield Record(f"{name}-{number}", "all", doc)
