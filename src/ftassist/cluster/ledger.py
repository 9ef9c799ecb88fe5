"""A campaign's journal as couriers write it: each event only while its attempt is current.

One open journal and one folded state for all of them, so that an event costs what is new since the
last one, however long the campaign is. The check runs inside the transaction that appends.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ftassist.errors import StaleDecisionError
from ftassist.journal.folding import fold
from ftassist.journal.state import State
from ftassist.journal.store import Journal


class Ledger:
    """The journal, open for couriers.

    Args:
        path: The campaign's `journal.db`.
        state: What is known of it so far.
    """

    def __init__(self, path: Path, state: State | None = None) -> None:
        self._journal = Journal(path)
        self._state = state or State()
        self._turn = threading.Lock()

    def append(
        self,
        trial: str,
        attempt: int,
        kind: str,
        payload: Mapping[str, Any],
        given_up: Callable[[], bool] = lambda: False,
    ) -> None:
        """Appends an event unless the trial has gone on without the attempt that is current.

        Args:
            attempt: The attempt that must be the current one; the one before while it has not
                started.
            kind: What happened.
            payload: About it.
            given_up: Whether nobody wants to hear it any more.

        Raises:
            StaleDecisionError: It has gone on, or was given up.
        """

        def check(_: int) -> None:
            self._state = fold(self._state, self._journal.read(self._state.seq))
            found = self._state.trials[trial]
            if found.status not in ("accepted", "running") or found.attempt != attempt:
                raise StaleDecisionError(
                    f"attempt {attempt} of {trial} is not the current one any more"
                )

        with self._turn:
            if given_up():
                raise StaleDecisionError(f"{trial} was given up")
            self._journal.append_when(
                check, actor="worker", kind=kind, trial=trial, payload=dict(payload)
            )

    def close(self) -> None:
        """Closes the file."""
        with self._turn:
            self._journal.close()
