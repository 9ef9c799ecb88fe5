"""What rows were found to hold, kept by their text: a trial has the same rows compared twice.

Curation takes leaking rows out, and the check before training compares what is left again, as it
must: a cell may have written other rows. Trials share rows as well. What a row holds depends on
its text and the items only, so it is looked for once; what rows show as a group is judged anew
each time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from ftassist.dojo.leakage import Leak, LeakIndex, RowReading, leaks_of

MOST = 200_000
"""Rows that are kept, some 100 MB; with more, all are forgotten."""


class LeakMemory:
    """A leak index that remembers rows."""

    def __init__(self, index: LeakIndex) -> None:
        self._index = index
        self._known: dict[bytes, RowReading] = {}

    def find(self, rows: Sequence[str]) -> list[Leak]:
        """As `LeakIndex.find`."""
        keys = [hashlib.blake2b(row.encode("utf-8", "surrogatepass")).digest() for row in rows]
        new = {key: row for key, row in zip(keys, rows, strict=True) if key not in self._known}
        read = dict(zip(new, self._index.read([*new.values()]), strict=True))
        found = leaks_of([read.get(key) or self._known[key] for key in keys])
        if len(self._known) + len(read) > MOST:
            self._known.clear()
        if len(read) <= MOST:
            self._known |= read
        return found
