"""What a base's chat template is told in the trainings of a campaign."""

from __future__ import annotations

from ftassist.campaign.campaign import Campaign
from ftassist.models.clock import DAY_VARIABLE
from ftassist.models.system_turn import SYSTEM_VARIABLE


def environment_of(campaign: Campaign) -> dict[str, str]:
    """The day and the task's word on the system turn, as environment variables."""
    return {DAY_VARIABLE: campaign.day, SYSTEM_VARIABLE: campaign.card.system_turn}
