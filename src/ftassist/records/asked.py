"""What a person asked the agent for, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import TypedDict

from ftassist.records.kinds import TrialId, document
from ftassist.records.record import Record


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
    made: str | None = None
    """The first proposal that answered the last wish; None before it."""
    failed: str = ""
    """Why the last proposal failed; "" when it did not."""
    failure: str = ""
    """What kind of failure that was: ideas, budget, call, outage, cancelled or data."""
    cancelled: int = 0
    """The sequence number of a person's last wish to end a call of the agent."""

    @property
    def cancelling(self) -> bool:
        """Whether the wish that is open was cancelled."""
        return self.cancelled > self.seq > 0


@document
class OpenWish(TypedDict):
    """The wish for proposals that the agent works on."""

    seq: int
    parent: TrialId | None
    beside: TrialId | None
    count: int
    cancelling: bool
    """Whether a person has cancelled it."""
