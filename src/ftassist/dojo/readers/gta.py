"""GTA: the questions that are answered by words and come without a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ftassist.dojo.readers.record import Files, Record
from ftassist.dojo.task import TaskCard
from ftassist.files import read_json


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """Questions with accepted words as their answer and no image to look at."""
    del card
    for path in files["evaluation"]:
        document: dict[str, Any] = read_json(path)
        for key, row in document.items():
            if isinstance(row.get("gt_answer"), dict) and not row.get("files"):
                doc = {"dialogs": row["dialogs"], "gt_answer": row["gt_answer"]}
                question = str(row["dialogs"][0]["content"])
                yield Record(str(key), "objective", doc, {"question": question})
