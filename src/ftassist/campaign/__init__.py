"""The loop: campaigns, their budget, the review gate and the runner."""

from ftassist.campaign.campaign import Campaign
from ftassist.records.budget import Budget

__all__ = ["Budget", "Campaign"]
