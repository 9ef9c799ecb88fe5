"""Work beside the runner's loop, which must go on hearing people: a thread and a future."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def begin(work: Callable[[], T], name: str) -> Future[T]:
    """Begins work in a thread that the process does not wait for at its end.

    Args:
        work: The work; what it raises, whatever it is, is raised by the future's `result`.
        name: The thread's name.
    """
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised again where the result is asked for
            answer.set_exception(error)

    threading.Thread(target=run, name=name, daemon=True).start()
    return answer
