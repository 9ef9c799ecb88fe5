"""What reaches the host of a trial on its node, whoever carries the calls (see `ray_host`)."""

from __future__ import annotations

from typing import Any, Protocol

from ftassist.errors import FtassistError

CALL_SECONDS = 120.0
"""How long an answer may take before a node counts as lost; slow is not lost."""


class LostError(FtassistError):
    """A node, or the trial's host on it, is gone."""


class Line(Protocol):
    """Calls the host of one trial."""

    heard: float

    def call(self, method: str, *arguments: Any, seconds: float = CALL_SECONDS) -> Any:
        """Calls a method of the host; raises LostError when it is gone."""
        ...

    def gone_for_good(self) -> bool:
        """Whether the host died on a node that is there, which is no fault of the node."""
        ...

    def clear(self) -> bool:
        """Ends all that is left of the trial on its node; whether that is certain."""
        ...

    def leave(self) -> None:
        """The trial has ended: clears up after it, and lets its host wait for another."""
        ...

    def end(self) -> None:
        """Ends the host, however it is, unless it was left."""
        ...
