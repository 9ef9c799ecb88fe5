"""What the agent's calls of models came to."""

from __future__ import annotations

from dataclasses import dataclass

from ftassist.records.record import Record


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
