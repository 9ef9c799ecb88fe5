"""OpenFinData: one file a view; its authors ask not to train on it, so there is no raw set.

Files and fields: OpenFinData.py and OpenFinData_gen_46dedb.py of OpenCompass. Nothing there reads
an id, so that the place in the file is the id.
"""

from __future__ import annotations

from collections.abc import Iterator

from ftassist.dojo.record import Files, Record, all_rows
from ftassist.dojo.task import TaskCard


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """The questions of all views that are scored."""
    for view in card.views:
        for number, row in enumerate(all_rows(files, view)):
            options = [f"{letter}. {row[letter]}" for letter in "ABCDE" if row.get(letter)]
            yield Record(f"{view}-{number}", view, row, {"options": options})
