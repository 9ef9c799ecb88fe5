"""Where an exported model comes from, as data: `ftassist.json` in its folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ftassist.campaign.campaign import Campaign
    from ftassist.journal.state import Trial


def provenance(campaign: Campaign, trial: Trial) -> dict[str, Any]:
    """Campaign, task, base, trial, its score and verdict, and the versions at work."""
    settings = campaign.state.settings
    return {
        "campaign": campaign.name,
        "task": _name(campaign.state.task),
        "base_model": _name(settings.model),
        "trial": trial.id,
        "parent": trial.parent,
        "seed": trial.seed,
        "hypothesis": trial.hypothesis,
        "validation": trial.feedback.headline.to_dict(),
        "verdict": trial.verdict.to_dict(),
        "model_digest": trial.feedback.model_digest or None,
        "versions": dict(settings.versions),
    }


def _name(reference: str) -> str:
    """A name or id as it is, of a folder its name: where it lies is nobody's business."""
    return Path(reference).name if Path(reference).is_absolute() else reference
