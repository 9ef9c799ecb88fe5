"""Whether a campaign's budget is used up, or its agent out of ideas. Counting is in the state."""

from __future__ import annotations

from ftassist.campaign.review import parse_review
from ftassist.journal.state import HOUR, State
from ftassist.records.asked import OF_CALLS
from ftassist.records.budget import Budget


def spent(state: State) -> str:
    """Which limit is reached, in words; "" while there is budget left."""
    budget = state.budget
    if state.trials_used >= budget.trials:
        return f"all {budget.trials} trials are used"
    return time_spent(state)


def time_spent(state: State) -> str:
    """Which limit on the time of trials is reached, in words; "" while there is time left."""
    budget = state.budget
    if state.seconds_used >= budget.seconds:
        return f"{budget.seconds:.0f} s of trials are used"
    if budget.device_hours is not None and state.device_hours_used >= budget.device_hours:
        return f"{budget.device_hours:g} device-hours are used"
    return ""


def out_of_ideas(state: State) -> str:
    """What an agent that has no idea left said of it; "" while it is not asked to go on alone."""
    if parse_review(state.review).mode == "always" or call_failed(state):
        return ""
    return state.asked.failed


def call_failed(state: State) -> bool:
    """Whether the last proposal failed for a reason that may pass."""
    return bool(state.asked.failed) and state.asked.failure in OF_CALLS


def longest(budget: Budget) -> float:
    """Seconds that one stage may take at most, by the caps on all trials together."""
    if budget.device_hours is None:
        return budget.seconds
    return min(budget.seconds, HOUR * budget.device_hours)
