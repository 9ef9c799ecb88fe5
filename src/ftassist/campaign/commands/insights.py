"""What a person does with an insight: pins it, corrects it, removes it.

From then on it is the person's, and the agent may not change it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Unpack

from ftassist.campaign.campaign import By, Campaign
from ftassist.errors import UnknownNameError
from ftassist.journal.events import Event, Kind
from ftassist.records.insight import Insight


def pin_insight(campaign: Campaign, name: str, **by: Unpack[By]) -> Event:
    """Keeps an insight in every prompt; the agent may not take it back.

    Raises:
        UnknownNameError: There is none; names the nearest.
    """
    payload = {"insight": replace(_insight(campaign, name), pinned=True).to_dict()}
    return campaign.act(Kind.INSIGHT_ADDED, payload, **by)


def correct_insight(campaign: Campaign, name: str, text: str, **by: Unpack[By]) -> Event:
    """Puts a person's words in place of an insight's; the agent may not change them.

    Raises:
        UnknownNameError: There is none; names the nearest.
        DataError: The text is empty.
    """
    corrected = replace(_insight(campaign, name), text=text.strip(), pinned=True)
    payload = {"insight": corrected.checked().to_dict()}
    return campaign.act(Kind.INSIGHT_ADDED, payload, **by)


def delete_insight(campaign: Campaign, name: str, reason: str = "", **by: Unpack[By]) -> Event:
    """Removes an insight; the agent may not write it again.

    Raises:
        UnknownNameError: There is none; names the nearest.
    """
    _insight(campaign, name)
    payload = {"id": name, "reason": reason or "removed by a person"}
    return campaign.act(Kind.INSIGHT_RETRACTED, payload, **by)


def _insight(campaign: Campaign, name: str) -> Insight:
    known = campaign.refresh().insights
    if name not in known:
        raise UnknownNameError.of("insight", name, known)
    return known[name]
