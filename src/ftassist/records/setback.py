"""What the agent did that came to nothing."""

from __future__ import annotations

from dataclasses import dataclass

from ftassist.records.record import Record


@dataclass(frozen=True, slots=True)
class Setback(Record):
    """An answer that was refused, or a proposal that failed."""

    purpose: str
    """What it was asked for: "propose", "implement", "repair", ..."""
    kind: str
    """"refused" (an answer that breaks the rules), or why a proposal failed: "call", "outage",
    "cancelled", "budget", "ideas", "data"."""
    message: str
    """What was said of it; it may quote."""
    where: str
    """The trial it was about, or the place in the answer."""


@dataclass(frozen=True, slots=True)
class FailedProposal(Record):
    """Why a proposal was asked for and none came."""

    message: str = ""
    kind: str = "ideas"
    """"call", "outage", "cancelled", "budget", "ideas", "data"."""
    parent: str = ""
    """The trial it was to grow from; "" where none was chosen yet."""
