"""What a backend is: four methods from what happened to what to do next.

The protocol and the records that go through it. A backend gets a `Context` and nothing else: it
reads no files and no journal, runs nothing, and decides nothing about acceptance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from ftassist.agent.context import Context, Veto
from ftassist.agent.insight_changes import InsightChange
from ftassist.errors import FtassistError
from ftassist.records.proposal import Proposal
from ftassist.records.understanding import Understanding


class OutOfIdeasError(FtassistError):
    """The backend has nothing to propose from this trial that was not tried or vetoed."""


@dataclass(frozen=True)
class Analysis:
    """What a backend makes of a finished trial.

    Attributes:
        text: A few sentences with numbers, each of them in the context.
        causes: Supposed causes, the likeliest first.
        try_next: What to try from here.
        avoid: What not to try again, and why.
        unverified: Numbers it cites that are not in the record; such an analysis is marked.
    """

    text: str
    causes: tuple[str, ...] = ()
    try_next: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The payload of a `trial.analysed` event."""
        payload: dict[str, Any] = {
            "text": self.text,
            "causes": list(self.causes),
            "try_next": list(self.try_next),
            "avoid": list(self.avoid),
        }
        if self.unverified:
            numbers = ", ".join(self.unverified[:8])
            payload["text"] = f"[not in the record: {numbers}] {self.text}"
            payload["unverified"] = list(self.unverified)
        return payload


class Backend(Protocol):
    """Who thinks. Every backend promises: valid proposals; the same trials are not run twice."""

    @property
    def name(self) -> str:
        """The name used in commands and campaign settings."""
        ...

    def propose(self, context: Context, parent: str, k: int = 1) -> list[Proposal]:
        """One to `k` different proposals from a parent, the best first.

        A proposal may name another parent than the one asked for (a failed child to be mended,
        the grandparent after a tie); `why_parent` then says why.

        Raises:
            OutOfIdeasError: There is nothing left to propose from here.
            UnknownNameError: The context holds no such trial.
        """
        ...

    def analyse(self, context: Context, trial: str) -> Analysis:
        """What a finished trial tells.

        Raises:
            UnknownNameError: The context holds no such trial.
        """
        ...

    def distil(self, context: Context) -> list[InsightChange]:
        """Insights to add or to take back, given all trials so far."""
        ...

    def understand(self, context: Context, veto: Veto) -> Understanding | None:
        """How the reason of a veto is meant; None where rules read it as well."""
        ...
