"""Which campaign a notebook works on.

Running a notebook again, or after a restart of its kernel, goes on with the campaign it had: the
newest one on the same task and model that is not finished. `--new` makes another.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ftassist.ui import waiting

if TYPE_CHECKING:
    from ftassist.campaign import Campaign

_LIMITS = ("trials", "rows", "seconds", "usd", "device_hours")
_SETTINGS = ("model", "backend", "policy", "seed")


def newest(root: Path) -> Campaign | None:
    """The campaign named by FTASSIST_CAMPAIGN, or the newest below `root`; None for none."""
    from ftassist.campaign import Campaign

    if named := os.environ.get("FTASSIST_CAMPAIGN"):
        return Campaign.open(Path(named))
    found = Campaign.find(root) if root.is_dir() else []
    return Campaign.open(found[-1]) if found else None


def open_or_create(root: Path, wanted: argparse.Namespace) -> tuple[Campaign, bool]:
    """The campaign that `%ftagent task` means, and whether it was made now.

    Raises:
        UnknownNameError: No such task, policy or backend.
        BudgetError: A limit is not positive.
    """
    found = None if wanted.new else _going_on(root, wanted)
    if found is None:
        return _create(root, wanted), True
    waiting.prepare(found, wanted.review, wanted.trials)
    return found, False


def _going_on(root: Path, wanted: argparse.Namespace) -> Campaign | None:
    from ftassist.campaign import Campaign

    if wanted.folder:
        folder = Path(wanted.folder)
        return Campaign.open(folder) if (folder / "journal.db").is_file() else None
    for folder in reversed(Campaign.find(root) if root.is_dir() else []):
        campaign = Campaign.open(folder)
        if campaign.state.phase != "finished" and _same(campaign, wanted):
            return campaign
    return None


def _same(campaign: Campaign, wanted: argparse.Namespace) -> bool:
    """Whether a campaign is on the wanted task, with every setting that was named."""
    settings = campaign.state.settings
    named = {
        name: getattr(wanted, name) for name in _SETTINGS if getattr(wanted, name) is not None
    }
    return settings.get("task") == wanted.task and all(
        settings.get(name) == value for name, value in named.items()
    )


def _create(root: Path, wanted: argparse.Namespace) -> Campaign:
    from ftassist.campaign.creating import Wish, create

    wish = Wish(
        task=wanted.task,
        model=wanted.model or "tiny",
        backend=wanted.backend,
        policy=wanted.policy or "greedy",
        variants=wanted.variants or 1,
        review=wanted.review or "always",
        budget={name: getattr(wanted, name) for name in _LIMITS},
        seed=wanted.seed or 0,
        teacher=wanted.teacher or "",
        agent={
            "model": wanted.agent_model,
            "base_url": wanted.base_url,
            "thinking": wanted.thinking,
            "dialect": wanted.dialect,
            "timeout": wanted.agent_timeout,
            "outage": wanted.outage,
            "looks": wanted.looks,
            "look_tokens": wanted.look_tokens,
            "look_outside": wanted.look_outside or None,
            "recording": wanted.recording,
        },
        panel=wanted.panel,
        dry_run=wanted.dry_run,
        folder=Path(wanted.folder) if wanted.folder else None,
    )
    return create(root, wish)
