"""Hosts whose trial has ended, kept a little for the next one.

A new host is a new process that imports Ray and this package, seconds of work on its node; one
that is there already begins at once. While it is kept it holds its devices, so it is kept for
seconds only, and let go as soon as a trial waits that cannot use it. Knows no Ray.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

IDLE_SECONDS = 15.0
"""How long a host is kept for a trial that may come."""


@dataclass(frozen=True)
class KeptHost:
    """A host that waits for a trial.

    Attributes:
        host: Whatever reaches it.
        node: The id of its node.
        asked: What of the node it holds, in Ray's words.
        since: When its last trial had ended.
    """

    host: Any
    node: str
    asked: Mapping[str, Any]
    since: float = field(default_factory=time.monotonic)


class WarmHosts:
    """The hosts of one campaign that wait.

    Args:
        end: Ends hosts.
        seconds: How long one is kept.
    """

    def __init__(
        self, end: Callable[[Sequence[Any]], None], seconds: float = IDLE_SECONDS
    ) -> None:
        self._end = end
        self._seconds = seconds
        self._kept: list[KeptHost] = []
        self._closed = False
        self._turn = threading.Lock()

    def keep(self, kept: KeptHost) -> None:
        """Keeps a host for the next trial."""
        with self._turn:
            if not self._closed:
                self._kept.append(kept)
                return
        self._end([kept.host])

    def take(self, fit: Collection[str], asked: Mapping[str, Any]) -> KeptHost | None:
        """A host on one of these nodes that holds just this, the one that waits the least.

        Without one all others are let go: what they hold may be what is waited for.
        """
        with self._turn:
            for kept in reversed(self._kept):
                if kept.node in fit and kept.asked == asked:
                    self._kept.remove(kept)
                    return kept
        self.drop()
        return None

    def drop(self, seconds: float = 0.0) -> None:
        """Lets go those that have waited for so long."""
        before = time.monotonic() - seconds
        with self._turn:
            gone = [kept for kept in self._kept if kept.since <= before]
            self._kept = [kept for kept in self._kept if kept.since > before]
        if gone:
            self._end([kept.host for kept in gone])

    def drop_old(self) -> None:
        """Lets go those that nobody came for."""
        self.drop(self._seconds)

    def close(self) -> None:
        """Lets all go, and keeps none from now on."""
        with self._turn:
            self._closed = True
        self.drop()
