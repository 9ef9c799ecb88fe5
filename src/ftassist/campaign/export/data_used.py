"""The sets a trial was trained on, with their licences, as far as they are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ftassist.dojo.repository import DataRepository
from ftassist.errors import FtassistError

if TYPE_CHECKING:
    from ftassist.campaign.campaign import Campaign
    from ftassist.dojo.set_card import SetCard
    from ftassist.journal.state import Trial


@dataclass(frozen=True)
class Used:
    """A set of training rows.

    Attributes:
        name: Its name in the repository.
        rows: Rows of it that were trained on.
        licence: As its card states it; "unknown" where there is no card.
        origin: Where it is from, as its card states it.
        hub: Its id on the Hub, where it has one; "" elsewhere.
    """

    name: str
    rows: int
    licence: str
    origin: str
    hub: str = ""


def sets_used(campaign: Campaign, trial: Trial) -> list[Used]:
    """The sets of a trial's data card, most rows first; empty where it left none."""
    counted = trial.outcome.data.get("by_source")
    if not isinstance(counted, Mapping):
        return []
    rows = {str(name): n for name, n in counted.items() if isinstance(n, int)}
    return [_used(campaign, name, rows[name]) for name in sorted(rows, key=lambda n: -rows[n])]


def _used(campaign: Campaign, name: str, rows: int) -> Used:
    card = _card(campaign, name)
    if card is None:
        return Used(name, rows, "unknown", "made by the trial, or its set is gone")
    training = next((t for t in campaign.card.training if t.source.id in card.provenance), None)
    hub = training.source.id if training and training.source.host == "hub" else ""
    return Used(name, rows, card.licence or "unknown", card.provenance, hub)


def _card(campaign: Campaign, name: str) -> SetCard | None:
    try:
        return DataRepository(campaign.task.repository_folder).card(name)
    except FtassistError:
        return None
