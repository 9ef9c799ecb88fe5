"""How a campaign waits for a model service that is down: longer and longer, for a stated time."""

from __future__ import annotations

from ftassist.journal.state import State

LONGEST = 900.0
"""Seconds between two tries at most."""
PATIENCE = 3600.0
"""Seconds a campaign waits in all, where its settings do not say (`agent.outage`)."""


def rest(failed: int, first: float) -> float:
    """Seconds until the next try, after so many that failed.

    >>> [rest(number, 60.0) for number in (1, 2, 3, 9)]
    [60.0, 120.0, 240.0, 900.0]
    """
    return min(first * 2.0 ** min(failed - 1, 20), LONGEST)


def patience(state: State) -> float:
    """Seconds for which a service may be down before a campaign pauses."""
    return float(state.settings.get("agent", {}).get("outage", PATIENCE))
