"""What a person asked the agent for, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import TypedDict

from ftassist.records.kinds import TrialId, document
from ftassist.records.record import Record

OUTAGE = "outage"
"""The kind of a failure of the service itself, which may be back later."""
OF_CALLS = ("call", "cancelled", OUTAGE)
"""Kinds of failures that are the call's, and may pass."""


@dataclass(frozen=True, slots=True)
class Asked(Record):
    """A person's wish for proposals, and what came of the last one."""

    seq: int = 0
    """The sequence number of the wish while nothing answers it; 0 for none."""
    parent: str | None = None
    """The parent that it names, if any."""
    beside: str | None = None
    """The proposal that it wants alternatives to, if any."""
    count: int = 1
    """How many proposals it is for."""
    words: str = ""
    """What is wished for, in words; "" for nothing in particular."""
    by: str = ""
    """Who wishes for it in words: "person:<name>", or "agent:<name>" of one outside."""
    made: str | None = None
    """The first proposal that answered the last wish; None before it."""
    failed: str = ""
    """Why the last proposal failed; "" when it did not."""
    failure: str = ""
    """What kind of failure that was: ideas, budget, call, outage, cancelled or data."""
    failures: int = 0
    """How many calls failed in a row; 0 after one that did not."""
    failing_since: float = 0.0
    """When the first of them failed, in seconds since 1970."""
    failed_at: float = 0.0
    """When the last of them failed."""
    cancelled: int = 0
    """The sequence number of a person's last wish to end a call of the agent."""

    @property
    def cancelling(self) -> bool:
        """Whether the wish that is open was cancelled."""
        return self.cancelled > self.seq > 0


@document
class Outage(TypedDict):
    """A service of the agent's model that is down and waited for."""

    since: float
    """When it was first found to be down, in seconds since 1970."""
    tries: int
    """How often it was asked in vain."""
    again: float
    """When it is asked again."""
    until: float
    """When the campaign stops waiting and pauses."""


@document
class OpenWish(TypedDict):
    """The wish for proposals that the agent works on."""

    seq: int
    parent: TrialId | None
    beside: TrialId | None
    count: int
    words: str
    """What is wished for, in words; "" for nothing in particular."""
    cancelling: bool
    """Whether a person has cancelled it."""
