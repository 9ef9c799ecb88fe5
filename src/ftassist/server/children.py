"""Processes that make one thing for a person, followed until they end: campaigns, exports.

Each says how far it is in lines of JSON (`said`): what it does, then what was made or why nothing
was. Who reads a `Child` sees that; who is asked to end one leaves the rest to its process.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from ftassist.errors import UnknownNameError
from ftassist.isolation.ending import end_group
from ftassist.records.kinds import Json
from ftassist.server.said import begin, close, follow

KEPT = 32
"""Children that have ended and are still told of."""
_ENDING_SECONDS = 10.0
log = logging.getLogger("ftassist.server")


@dataclass(kw_only=True)
class Child(ABC):
    """Something that is being made by a process, or what became of it.

    Attributes:
        process: Who makes it.
        phase: "done", "failed" or "cancelled" once it is over; a word for what is done before.
        error: Why there is nothing: what, where, fix and the name of the error.
        ended: Set once the process is gone.
    """

    process: subprocess.Popen[bytes]
    phase: str
    error: dict[str, str] | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def over(self) -> bool:
        """Whether it is known what became of it."""
        return self.phase in ("done", "failed", "cancelled")

    @abstractmethod
    def doing(self, said: Mapping[str, Any]) -> None:
        """Takes in how far it is."""

    @abstractmethod
    def made(self, said: Any) -> None:
        """Takes in what was made."""

    @abstractmethod
    def document(self) -> Json:
        """What it is, how far it is and what became of it, as JSON."""


@dataclass(kw_only=True)
class Stepping(Child):
    """A child that tells its steps.

    Attributes:
        steps: What was done so far, a line each.
    """

    steps: list[str] = field(default_factory=list)

    def doing(self, said: Mapping[str, Any]) -> None:
        """Takes in a step."""
        self.steps.append(str(said["doing"]))


Made = TypeVar("Made", bound=Child)


class Children(Generic[Made]):
    """The children of a server, by key. Any thread may call.

    Args:
        what: What they make, for sentences: "the campaign was not made".
        fix: What a person can do where a process ended without a word.
        gently: Whether one that is cancelled is asked to end first, and clears away.
        told: Called when something was made, before anybody hears of it.
    """

    def __init__(
        self, what: str, fix: str, *, gently: bool = False, told: Callable[[], None] | None = None
    ) -> None:
        self.lock = threading.RLock()
        self._what, self._fix, self._gently, self._told = what, fix, gently, told
        self._known: dict[Any, Made] = {}

    def get(self, key: Any) -> Made | None:
        """The child of a key; None for none."""
        with self.lock:
            return self._known.get(key)

    def running(self) -> list[Made]:
        """Those that are not over."""
        with self.lock:
            return [one for one in self._known.values() if not one.ended.is_set()]

    def start(
        self,
        key: Any,
        command: Sequence[str],
        asked: Mapping[str, Any],
        folder: Path,
        child: Callable[[subprocess.Popen[bytes]], Made],
    ) -> Made:
        """Starts a process, asks it one thing, and follows it from a thread of its own."""
        with self.lock:
            started = child(begin(command, asked, folder))
            self._known.pop(key, None)
            self._known[key] = started
            over = [name for name, one in self._known.items() if one.ended.is_set()]
            for name in over[:-KEPT]:
                del self._known[name]
        threading.Thread(target=self._follow, args=(started,), daemon=True).start()
        return started

    def cancel(self, child: Made) -> None:
        """Ends one, and waits for it; does nothing where it is over."""
        if child.ended.is_set():
            return
        with self.lock:
            child.phase = "cancelled"
        if self._gently:
            with suppress(ProcessLookupError):
                child.process.send_signal(signal.SIGTERM)
            if child.ended.wait(_ENDING_SECONDS):
                return
        end_group(child.process.pid)
        child.ended.wait(_ENDING_SECONDS)

    def close(self) -> None:
        """Ends all of them."""
        for child in self.running():
            end_group(child.process.pid)

    def _follow(self, child: Made) -> None:
        """Takes in what the process says until it ends."""
        status = follow(child.process, lambda said: self._hear(child, said))
        with self.lock:
            if not child.over:
                child.phase, child.error = "failed", self._ended(status)
                log.warning("%s: the process ended with %s", self._what, status)
        close(child.process)
        child.ended.set()

    def _hear(self, child: Made, said: Mapping[str, Any]) -> None:
        if "made" in said and self._told:  # whoever hears that it is done finds it in the list
            self._told()
        with self.lock:
            if child.over:
                return
            if "doing" in said:
                child.doing(said)
            elif "made" in said:
                child.made(said["made"])
                child.phase = "done"
            elif "error" in said:
                child.phase, child.error = "failed", dict(said["error"])

    def _ended(self, status: int) -> dict[str, str]:
        return {
            "error": "FtassistError",
            "what": f"{self._what}: the process ended with {status}",
            "where": "",
            "fix": self._fix,
        }


class KeptChildren(Generic[Made]):
    """Children that a client asks about, the last one of each key. Any thread may call."""

    def __init__(self, children: Children[Made]) -> None:
        self._children = children

    def get(self, key: Any) -> Made | None:
        """The child of a key; None for none."""
        return self._children.get(key)

    def cancel(self, key: Any) -> Made | None:
        """Ends a child; what becomes of what it had begun, its process knows."""
        child = self.get(key)
        if child is not None:
            self._children.cancel(child)
        return child

    def close(self) -> None:
        """Ends all of them."""
        self._children.close()


class ById(KeptChildren[Made]):
    """Children that a client was given the ids of. Any thread may call.

    Args:
        none: What is said of an id that is none: what (the id in the place of {}), and the fix.
    """

    def __init__(self, children: Children[Made], none: tuple[str, str]) -> None:
        super().__init__(children)
        self._none = none

    def get(self, key: str) -> Made:
        """The child of an id.

        Raises:
            UnknownNameError: There is none; a server that was started anew knows none of before.
        """
        if (known := super().get(key)) is not None:
            return known
        what, fix = self._none
        raise UnknownNameError(what.format(repr(key)), where="id", fix=fix)
