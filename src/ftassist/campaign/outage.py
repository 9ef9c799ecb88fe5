"""How a campaign waits for a model service that is down: longer and longer, for a stated time.

What it waits for and until when follows from the journal, so that faces can show it and a runner
that is started again goes on waiting where the last one was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftassist.campaign.budget import call_failed
from ftassist.campaign.review import parse_review
from ftassist.journal.events import Kind
from ftassist.journal.state import State
from ftassist.records.asked import OUTAGE, Outage

if TYPE_CHECKING:
    from ftassist.campaign.campaign import Campaign

FIRST = 60.0
"""Seconds before the first of the tries after a failure."""
LONGEST = 900.0
"""Seconds between two tries at most."""
MAX_FAILED_CALLS = 3
"""Proposals in a row that may fail for a failed call before the campaign waits for a person."""
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
    return float(state.settings.agent.get("outage", PATIENCE))


def again_at(state: State, first: float = FIRST) -> float:
    """When a call that failed is made again, in seconds since 1970."""
    asked = state.asked
    return asked.failed_at + rest(asked.failures, first) if asked.failures else 0.0


def down(state: State) -> bool:
    """Whether the last proposal failed for a service that is still waited for."""
    asked = state.asked
    waited = asked.failed_at - asked.failing_since
    return asked.failure == OUTAGE and waited < patience(state)


def outage(state: State) -> Outage | None:
    """The service that a campaign waits for by itself; None where it waits for none."""
    alone = parse_review(state.review).mode != "always"
    asked = state.asked
    if not (alone and asked.failed and state.phase == "running" and down(state)) or asked.seq:
        return None
    return {
        "since": asked.failing_since,
        "tries": asked.failures,
        "again": again_at(state),
        "until": asked.failing_since + patience(state),
    }


def give_up(campaign: Campaign) -> None:
    """After a few failed calls in a row has the campaign wait for a person, losing nothing.

    A service that is down is waited for, with longer and longer rests, for as long as the
    campaign's settings say.
    """
    state = campaign.refresh()
    if not call_failed(state):
        return
    given_up = state.asked.failures >= MAX_FAILED_CALLS and not down(state)
    alone = parse_review(state.review).mode != "always"
    if alone and (given_up or state.asked.failure == "cancelled"):
        first = state.asked.failed.splitlines()[0]
        reason = f"the agent could not propose: {first}"
        campaign.say(Kind.CAMPAIGN_PAUSED, {"reason": reason}, actor="runner")
