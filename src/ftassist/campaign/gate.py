"""The review gate at work: decides on proposals that need no person, in the runner's name.

When one needs none is `review.accepts_alone`.
"""

from __future__ import annotations

import time

from ftassist.campaign.budget import spent
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.review import accepts_alone, parse_review
from ftassist.errors import StaleDecisionError
from ftassist.journal.events import Kind
from ftassist.journal.state import State, Trial
from ftassist.journal.store import refuse_stale


def let_through(campaign: Campaign, state: State, slots: int) -> bool:
    """Accepts the pending proposals that need no person; False when there was none.

    Args:
        state: Its state, on which is decided.
        slots: How many trials may run at once.
    """
    review = parse_review(state.review)
    passed = False
    for trial in state.pending:
        if trial.proposal.beside:
            continue  # a person asked for it, to choose
        reason = accepts_alone(review, trial, time.time())
        if not reason:
            continue
        if trial.proposal.backend == state.settings.backend:
            passed = _decide(campaign, Kind.DECISION_ACCEPTED, trial, reason, state.seq) or passed
        else:
            passed = _let_outside(campaign, trial, reason, state.seq, slots) or passed
    return passed


def _let_outside(campaign: Campaign, trial: Trial, reason: str, seen: int, slots: int) -> bool:
    """Decides on a proposal that nobody here asked for once there is a place for it.

    Several may wait at once; only then is it known whether there is budget left for it.
    """
    state = campaign.refresh()
    if len(state.with_status("accepted", "running")) >= slots:
        return False
    kind = Kind.DECISION_ACCEPTED
    if over := spent(state):
        kind, reason = Kind.DECISION_VETOED, f"the budget is spent: {over}"
    return _decide(campaign, kind, trial, reason, seen)


def _decide(campaign: Campaign, kind: Kind, trial: Trial, reason: str, seen: int) -> bool:
    """Decides on a proposal, unless a person did so in this very moment."""

    def check(_: int) -> None:
        refuse_stale(seen, campaign.refresh().trials[trial.id].changed, trial.id)

    try:
        campaign.journal.append_when(
            check,
            actor="runner",
            kind=kind,
            trial=trial.id,
            payload={"reason": reason, "seen": seen},
        )
    except StaleDecisionError:
        return False
    return True
