"""A status line in a notebook: one output that is updated in place while something is awaited.

In a terminal IPython, and wherever outputs cannot be updated, each change is a line of its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ftassist.ui.telling import Tell, plain_lines

_UPDATE_SECONDS = 0.5


@contextmanager
def status_line(shell: Any) -> Iterator[Tell]:
    """Gives a function that shows a line; it is taken away when all went well."""
    if getattr(shell, "kernel", None) is None:
        with plain_lines() as write:
            yield write
        return
    from IPython.display import display

    handle = display({"text/plain": "starting"}, raw=True, display_id=True)
    shown, shown_at = "starting", 0.0

    def tell(line: str) -> None:
        nonlocal shown, shown_at
        now = time.monotonic()
        if line != shown and now - shown_at >= _UPDATE_SECONDS:
            handle.update({"text/plain": line}, raw=True)
            shown, shown_at = line, now

    failed = True
    try:
        yield tell
        failed = False
    finally:
        handle.update({"text/plain": f"stopped at: {shown}" if failed else ""}, raw=True)
