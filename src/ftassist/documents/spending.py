"""What a campaign may still spend when nobody is asked about its trials any more."""

from __future__ import annotations

from ftassist.documents.words import duration, hours, listed
from ftassist.journal.state import State


def spending(state: State) -> str:
    """What is left of the budget: "5 more trials, 26 min of trials and $4 for calls of a model".

    Says nothing of money where the agent asks no model.
    """
    budget = state.budget
    trials = max(0, budget.trials - state.trials_used)
    parts = [f"{trials} more trial{'s' if trials != 1 else ''}"]
    parts.append(f"{duration(max(0.0, budget.seconds - state.seconds_used))} of trials")
    if budget.device_hours is not None:
        parts.append(hours(max(0.0, budget.device_hours - state.device_hours_used)))
    if state.settings.backend == "anthropic" or state.settings.teacher:
        left = max(0.0, budget.usd - state.calls.cost)
        parts.append(f"${left:.2f} for calls of a model")
    return listed(parts)


def runs_alone(state: State) -> str:
    """What a person should know of a review mode that asks nobody; "" of one that asks."""
    if state.review != "never":
        return ""
    return f"review: never. It goes on without asking, up to {spending(state)}."
