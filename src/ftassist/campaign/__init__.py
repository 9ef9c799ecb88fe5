"""The loop: campaigns, their budget, the review gate and the runner."""

from ftassist.campaign.budget import Budget
from ftassist.campaign.campaign import Campaign

__all__ = ["Budget", "Campaign"]
