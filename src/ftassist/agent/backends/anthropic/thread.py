"""Blocking work in a thread of its own, so that whoever waits for it can look up meanwhile.

A call that says nothing for a minute must still show that time passes, and must end at once when a
person cancels it. Knows nothing of calls.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from queue import Empty, Full, Queue
from typing import TypeVar

T = TypeVar("T")
LOOK_SECONDS = 0.2
"""How long nothing may come before the one who waits looks up."""
_WAITING = 1000


class _LeftError(Exception):
    """Nobody waits any more."""


@dataclass(frozen=True)
class _End:
    """The work is over, with an error or without."""

    error: BaseException | None


def handed_out(work: Callable[[Callable[[T], None]], None]) -> Generator[T | None, None, None]:
    """What some work hands out, as it comes; None whenever nothing came for `LOOK_SECONDS`.

    Errors of the work are raised here. Who stops reading leaves the work behind: it ends the next
    time it has something to hand out, or when it ends by itself.

    Args:
        work: Does it, and calls its argument with each thing it has.
    """
    box: Queue[T | _End] = Queue(_WAITING)
    left = threading.Event()

    def give(item: T | _End) -> None:
        while not left.is_set():
            try:
                box.put(item, timeout=LOOK_SECONDS)
                return
            except Full:
                continue
        raise _LeftError

    def run() -> None:
        error: BaseException | None = None
        try:
            work(give)
        except _LeftError:
            return
        except BaseException as caught:  # noqa: BLE001 - raised again where it is waited for
            error = caught
        try:
            give(_End(error))
        except _LeftError:
            return

    threading.Thread(target=run, name="model-call", daemon=True).start()
    try:
        while True:
            try:
                item = box.get(timeout=LOOK_SECONDS)
            except Empty:
                yield None
                continue
            if not isinstance(item, _End):
                yield item
            elif item.error is None:
                return
            else:
                raise item.error
    finally:
        left.set()
