"""How a search ends: its best trial runs again on fresh seeds, then the claim is made."""

from __future__ import annotations

from typing import Any

from ftassist.campaign import judging, queries, rungs
from ftassist.campaign.budget import out_of_ideas, spent
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.open_wishes import repeat
from ftassist.journal.events import Kind
from ftassist.journal.state import BASE, State
from ftassist.search.best import yardstick


def finish(campaign: Campaign, state: State) -> bool:
    """Does the next thing towards the claim once the search is over; False when there is none.

    Args:
        campaign: The campaign, none of whose trials runs.
        state: Its state; what is to be asked of the finalist in general has been.
    """

    def say(kind: Kind, payload: dict[str, Any], trial: str | None = None) -> None:
        campaign.say(kind, payload, trial=trial, actor="runner")

    if state.pending or state.with_status("accepted", "running"):
        return False
    if state.phase == "finished":
        return False
    stopped = state.stopped.reason if state.stopped else ""
    over = spent(state) or stopped or out_of_ideas(state)
    over = over or rungs.unpaid(state, campaign.card.metric)
    if not over:
        return False
    best = queries.best(campaign)
    if best is None or best == BASE:
        say(Kind.CAMPAIGN_FINISHED, {"reason": f"{over}; nothing beat the base"})
    elif state.finalist is None:
        ranked_by = yardstick(queries.policy_of(state))
        say(Kind.FINALIST_CHOSEN, {"reason": f"the best {ranked_by}"}, best)
    elif len(state.replicates(state.finalist)) < state.fresh_seeds:
        repeat(campaign, state.trials[state.finalist])
    elif not state.fresh_seeds:
        say(Kind.CAMPAIGN_FINISHED, {"reason": over})
    else:
        verdict = judging.claim(campaign, state.trials[state.finalist])
        say(Kind.CLAIM_MADE, {"verdict": verdict.to_dict()}, state.finalist)
        say(Kind.CAMPAIGN_FINISHED, {"reason": over})
    return True
