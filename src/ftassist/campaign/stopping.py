"""A search that ends before its budget, since what is left to gain would not be seen.

What a campaign does then is one of its settings: it goes on to the finalist and the claim, or
waits for a person. A person's wish for a proposal is answered all the same, and one who has the
campaign go on, or raises its budget, overrules it.
"""

from __future__ import annotations

from ftassist.campaign.campaign import Campaign
from ftassist.campaign.queries import policy_of, remembered, search_tree
from ftassist.journal.events import Kind
from ftassist.journal.state import State
from ftassist.records.metric import Metric
from ftassist.search.stopping import Enough, enough


def due(state: State, metric: Metric) -> Enough | None:
    """What the search stops for now; None where it goes on. The same for the same journal."""
    if state.settings.stopping not in ("stop", "wait") or state.stopped.reason:
        return None
    return enough(policy_of(state), search_tree(state, metric))


def hold(campaign: Campaign) -> bool:
    """Whether no trial is proposed by the search now; says so once nothing is under way."""
    state = campaign.state
    if state.stopped:
        return True
    found = remembered(campaign, "stopping", state.seq, lambda: due(state, campaign.card.metric))
    if found is None:
        return False
    if not state.pending and not state.with_status("accepted", "running"):
        _stop(campaign, found)
    return True


def _stop(campaign: Campaign, found: Enough) -> None:
    state = campaign.state
    payload = {
        "reason": found.reason,
        "visible": found.visible,
        "left": found.left,
        "trials": found.trials,
        "seen": state.seq,
    }
    campaign.say(Kind.SEARCH_STOPPED, payload, actor="runner")
    if state.settings.stopping == "wait":
        asks = f"{found.reason}. Resume to search on; to end, set the budget to what is used"
        campaign.say(Kind.CAMPAIGN_PAUSED, {"reason": asks}, actor="runner")
