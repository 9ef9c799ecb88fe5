"""The one way a proposal gets into a campaign, whoever made it: a backend, or an agent outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ftassist.journal.events import Kind

if TYPE_CHECKING:
    from ftassist.campaign.folder import CampaignFolder


def submit_proposal(campaign: CampaignFolder, document: Mapping[str, Any], actor: str) -> str:
    """Writes a proposal under the campaign's seed; returns the id of the trial it will be.

    Nothing runs until it is accepted: by a person, by the review gate, or by
    `Environment.submit`. From there the runner does the same for all of them.

    Args:
        campaign: The campaign.
        document: The proposal as JSON values (`agent/proposal.py`).
        actor: Who made it, such as "agent:playbook".
    """
    state = campaign.refresh()
    name = state.next_id()
    seed = int(state.settings.get("seed", 0))
    campaign.say(Kind.PROPOSAL_MADE, {**document, "seed": seed}, trial=name, actor=actor)
    return name
