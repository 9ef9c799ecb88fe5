"""Which campaign a notebook works on.

Running a notebook again, or after a restart of its kernel, goes on with the campaign it had: the
newest one on the same task and model that is not finished. `--new` makes another.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.ui import waiting
from ftassist.ui.verbs.beginning import wish

if TYPE_CHECKING:
    from ftassist.campaign import Campaign

START = (
    "No campaign here yet. In a notebook: `%load_ext ftassist`, then `%ftagent task mini_math`."
)
_SETTINGS = ("model", "backend", "policy", "seed")


def newest(root: Path) -> Campaign | None:
    """The campaign named by FTASSIST_CAMPAIGN, or the newest below `root`; None for none."""
    from ftassist.campaign import Campaign

    if named := os.environ.get("FTASSIST_CAMPAIGN"):
        return Campaign.open(Path(named))
    found = Campaign.find(root) if root.is_dir() else []
    return Campaign.open(found[-1]) if found else None


def open_or_create(
    root: Path, task: str, wanted: Mapping[str, Any], *, new: bool
) -> tuple[Campaign, bool]:
    """The campaign that `%ftagent task` means, and whether it was made now.

    Args:
        root: Where campaigns are.
        wanted: The options of `ui.verbs.beginning.wish`, None where one was not named.
        new: Whether another is wanted in any case.

    Raises:
        UnknownNameError: No such task, policy or backend.
        BudgetError: A limit is not positive.
    """
    from ftassist.campaign.creating import CampaignWish, create

    found = None if new else _going_on(root, task, wanted)
    if found is None:
        return create(root, CampaignWish(**wish(task, **wanted))), True
    allowed = wanted["allow_unisolated"]
    waiting.prepare(found, wanted["review"], wanted["trials"], allow_unisolated=allowed)
    return found, False


def _going_on(root: Path, task: str, wanted: Mapping[str, Any]) -> Campaign | None:
    from ftassist.campaign import Campaign

    if folder := wanted["folder"]:
        return Campaign.open(folder) if (folder / "journal.db").is_file() else None
    for folder in reversed(Campaign.find(root) if root.is_dir() else []):
        campaign = Campaign.open(folder)
        if campaign.state.phase != "finished" and _same(campaign, task, wanted):
            return campaign
    return None


def _same(campaign: Campaign, task: str, wanted: Mapping[str, Any]) -> bool:
    """Whether a campaign is on the wanted task, with every setting that was named."""
    settings = campaign.state.settings
    named = {name: wanted[name] for name in _SETTINGS if wanted[name] is not None}
    return settings.task == task and all(
        getattr(settings, name) == value for name, value in named.items()
    )
