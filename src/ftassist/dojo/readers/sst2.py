"""SST-2: GLUE's validation sentences are the benchmark, its training sentences the raw set.

GLUE publishes no labels of its test sentences, so its validation split is what papers score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ftassist.dojo.locating import Located
from ftassist.dojo.preparing import training_rows
from ftassist.dojo.readers.record import Files, RawSet, Record, all_rows
from ftassist.dojo.task import TaskCard


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """The sentences with labels of GLUE's validation split."""
    del card
    yield from _records(all_rows(files, "evaluation"), "sst2")


def training(located: Located, card: TaskCard, unused: Sequence[Record]) -> Iterator[RawSet]:
    """GLUE's training phrases."""
    del unused
    rows = training_rows(
        card,
        _records(
            [row for part in located.files for row in all_rows(located.files, part)], "train"
        ),
    )
    yield RawSet(
        name="glue_phrases",
        title="Labelled phrases of film reviews",
        description="GLUE's training split of SST-2 with the task's prompt around each phrase.",
        rows=rows,
        provenance=f"{located.source.id}, the training split",
        notes="Many rows are short pieces of the same sentence, and some repeat.",
    )


def _records(rows: Sequence[Mapping[str, Any]], name: str) -> Iterator[Record]:
    for number, row in enumerate(rows):
        doc = {"sentence": str(row["sentence"]).strip(), "label": int(row["label"])}
        yield Record(f"{name}-{number}", "all", doc)
