"""One worker a trial: a lock beside its folder, which the system drops when its holder ends.

A worker may outlive a killed runner for a moment; the next runner's worker must not run the same
trial at the same time. Inherited by no child.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ftassist.errors import LockedError

TAKEN = 5
"""Exit code of a worker whose trial another worker still runs."""


@contextmanager
def trial_lock(folder: Path) -> Iterator[None]:
    """Holds a trial for this process.

    Args:
        folder: The trial's folder; the lock lies beside it, out of the kernel's reach.

    Raises:
        LockedError: Another worker runs the trial.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f".{folder.name}.lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(
                f"another worker still runs {folder.name}",
                where=str(folder),
                fix="wait until it has ended",
            ) from None
        yield
