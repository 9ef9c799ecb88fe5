"""Whether a campaign's budget is used up. Counting is in the state."""

from __future__ import annotations

from ftassist.journal.state import State


def spent(state: State) -> str:
    """Which limit is reached, in words; "" while there is budget left."""
    budget = state.budget
    if state.trials_used >= budget.trials:
        return f"all {budget.trials} trials are used"
    if state.seconds_used >= budget.seconds:
        return f"{budget.seconds:.0f} s of trials are used"
    return ""
