"""Whether a journal may have changed, told by its files without opening it."""

from __future__ import annotations

import os
import time
from pathlib import Path

FRESH_SECONDS = 2.0
"""A file changed less than this long ago may change again without another time stamp."""
Mark = tuple[tuple[int, int, int], ...]


def journal_mark(journal: Path) -> Mark:
    """File number, size and time of a journal and of its write-ahead log."""
    found = []
    for path in (journal, journal.with_name(f"{journal.name}-wal")):
        try:
            status = os.stat(path)  # noqa: PTH116
            found.append((status.st_ino, status.st_size, status.st_mtime_ns))
        except OSError:
            found.append((0, 0, 0))
    return tuple(found)


def is_fresh(mark: Mark) -> bool:
    """Whether the files are so new that an equal mark does not mean an equal journal."""
    return time.time() - max(moment for *_, moment in mark) / 1e9 < FRESH_SECONDS
