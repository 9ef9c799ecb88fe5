"""Submissions that are tried before they are proposals: each has a name at once.

A client may give a call up after a minute, and a try can take longer. So a submission that is not
settled by then comes back under a name of its own, and is asked after like a trial.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from ftassist.records.kinds import Json

MOST_AT_ONCE = 2
MOST_KEPT = 50
"""Settled submissions whose names are remembered."""


class Trying:
    """The submissions of a server."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="mcp-trying")
        self._acts: dict[str, Future[Json]] = {}
        self._count = 0

    def begin(self, act: Callable[[], Json]) -> str:
        """Begins one, and returns its name."""
        self._count += 1
        name = f"try-{self._count}"
        self._acts[name] = self._pool.submit(act)
        settled = [known for known, act in self._acts.items() if act.done()]
        for known in settled[:-MOST_KEPT]:
            del self._acts[known]
        return name

    def knows(self, name: str) -> bool:
        """Whether there is one of that name."""
        return name in self._acts

    def settled(self, name: str) -> bool:
        """Whether it became a proposal, or was refused."""
        return self._acts[name].done()

    def told(self, name: str) -> Json:
        """Where it stands: the proposal that it became, or that it is still tried.

        Raises:
            FtassistError: It was refused; says why.
        """
        if self.settled(name):
            return self._acts[name].result()
        return {
            "task": name,
            "status": "trying",
            "over": False,
            "progress": {"stage": "", "share": None, "text": "", "stages_done": []},
            "waits_for": "its cells are tried on a few rows; `wait` for this task",
        }
