"""What the agent called models for and looked at, and what the calls came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ftassist.records.record import Record
from ftassist.records.survey import OutsideSource


@dataclass(frozen=True, slots=True)
class ModelCalls(Record):
    """All calls of a campaign together; false before the first one."""

    count: int = 0
    input: int = 0
    """Tokens that were sent."""
    cached: int = 0
    """Those of them that the server had kept."""
    output: int = 0
    """Tokens that were answered."""
    cost: float = 0.0
    """US dollars."""

    def __bool__(self) -> bool:
        """Whether there was any."""
        return self.count > 0


NO_CALLS = ModelCalls()


@dataclass(frozen=True, slots=True)
class MadeCall(Record):
    """A call of a model that was paid for."""

    purpose: str = ""
    """What it was made for: "propose", "implement", "analyse", ..."""
    prompt: str = ""
    """The digest of a question that the agent is not to ask twice; "" for any other."""
    tokens: Mapping[str, int] = field(default_factory=dict)
    """Of what was sent ("input", "cached") and answered ("output")."""
    cost: float = 0.0
    """US dollars."""
    reply: str | None = None
    """What came; None where the call failed."""
    error: str = "it failed"
    """Why it failed."""
    stop: str = ""
    """What ended the answer."""
    looks: tuple[Mapping[str, Any], ...] = ()
    """What was asked to be looked at: id, name and input of each."""


@dataclass(frozen=True, slots=True)
class MadeLook(Record):
    """Something an agent looked at: what was asked, and what was done in words."""

    tool: str
    trail: str
    failed: bool = False
    sources: tuple[OutsideSource, ...] = ()
