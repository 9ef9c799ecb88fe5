"""FinanceIQ: ten exams, cut as FT-Dojo cuts them, with worked examples from the dev part.

Of each subject the last `min(ceil(n / 2), 100)` rows are the benchmark, and the rows before them
the raw training set. The dev rows are the five worked examples of the prompt and train nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ftassist.dojo.location import Located
from ftassist.dojo.preparation import training_rows
from ftassist.dojo.record import Files, RawSet, Record
from ftassist.dojo.splits import Divided
from ftassist.dojo.tables.reader import read_rows
from ftassist.dojo.task import TaskCard

MOST = 100
EXAMPLES = 5
_FIELDS = ("Question", "A", "B", "C", "D", "Answer")


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """The last rows of each subject, in their order."""
    for subject in card.views:
        shown = _rows(files["dev"], subject)[:EXAMPLES]
        rows = _rows(files["test"], subject)
        first = len(rows) - benchmark_size(len(rows))
        for number, row in enumerate(rows[first:], start=first):
            yield Record(f"{subject}-{number}", subject, row, {"examples": shown})


def training(located: Located, card: TaskCard, divided: Divided) -> Iterator[RawSet]:
    """The rows of each subject that are not the benchmark, without worked examples."""
    del divided
    records = []
    for subject in card.views:
        rows = _rows(located.files["test"], subject)
        kept = rows[: len(rows) - benchmark_size(len(rows))]
        records += [
            Record(f"train-{subject}-{number}", subject, row, {"examples": []})
            for number, row in enumerate(kept)
        ]
    yield RawSet(
        name="financeiq_rest",
        title="Exam questions that are not the benchmark",
        description="FinanceIQ's other rows, subject by subject, with the option as the answer.",
        rows=training_rows(card, records),
        provenance=f"{located.source.id}, revision {located.source.revision[:12]}",
        notes="Options only, no worked solutions. Some questions repeat in other wording.",
    )


def benchmark_size(rows: int) -> int:
    """How many of a subject's rows are the benchmark."""
    return min((rows + 1) // 2, MOST)


def _rows(paths: Sequence[Path], subject: str) -> list[dict[str, Any]]:
    """The rows of a subject's file."""
    path = next(path for path in paths if path.stem == subject)
    return [
        {**{key: str(row[key]) for key in _FIELDS}, "subject": subject} for row in read_rows(path)
    ]
