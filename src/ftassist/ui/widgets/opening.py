"""Which campaign a widget shows."""

from __future__ import annotations

from pathlib import Path

from ftassist.campaign import Campaign
from ftassist.errors import JournalError
from ftassist.ui.notebook_campaign import START, newest


def open_campaign(campaign: Campaign | Path | str | None) -> Campaign:
    """A campaign of the widget's own: the one given, the one in a folder, or the notebook's.

    Raises:
        JournalError: There is none.
    """
    if isinstance(campaign, Campaign):
        return Campaign.open(campaign.folder)
    if campaign is not None:
        return Campaign.open(Path(campaign))
    found = newest(Path("campaigns"))
    if found is None:
        raise JournalError(START, fix="`%ftagent task mini_math`")
    return found
