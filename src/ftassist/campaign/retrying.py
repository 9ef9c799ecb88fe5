"""A trial that ended without a score, tried again: a new proposal from its cells.

The failed trial stays as it is, in the record and in the budget. Decides nothing: the new one is a
proposal like any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftassist.campaign.submitting import submit_proposal
from ftassist.journal.state import STAGES, Status, Trial

if TYPE_CHECKING:
    from ftassist.campaign.folder import CampaignFolder

RETRIED: tuple[Status, ...] = ("failed", "invalid", "stopped")


def may_be_retried(trial: Trial) -> bool:
    """Whether an edit of a trial makes a new proposal, because the trial itself is over."""
    return trial.role == "trial" and trial.status in RETRIED and bool(trial.proposal)


def propose_again(
    campaign: CampaignFolder, trial: Trial, actor: str
) -> tuple[str, dict[str, str]]:
    """Writes the proposal of a trial that ended once more.

    Args:
        campaign: The campaign.
        trial: The trial that ended.
        actor: Who wants it.

    Returns:
        The id of the new proposal, and the cells of the old one that were not proposed so: edits,
        and what was changed to run it again.
    """
    proposed = dict(trial.proposal.get("proposed") or trial.proposal)
    proposed.pop("beside", None)
    proposed["retries"] = trial.id
    proposed["why_parent"] = f"{trial.id} {trial.status} and is tried again with an edit"
    name = submit_proposal(campaign, proposed, actor)
    own = {
        stage: trial.cells[stage]
        for stage in STAGES
        if stage in trial.cells and trial.cells[stage] != proposed["cells"].get(stage)
    }
    return name, own
