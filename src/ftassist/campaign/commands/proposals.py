"""How a proposal gets into a campaign: one way for all who make one, and a failed trial's again.

Whoever makes it, a backend or an agent outside, nothing runs until it is accepted. A trial that
ended without a score may be tried again: it stays as it is, in the record and in the budget, and
its cells make a proposal like any other.
"""

from __future__ import annotations

from dataclasses import replace

from ftassist.campaign.campaign import Campaign
from ftassist.journal.events import Kind
from ftassist.journal.state import STAGES, Status, Trial
from ftassist.records.proposal import Proposal, TrialProposal

RETRIED: tuple[Status, ...] = ("failed", "invalid", "stopped")


def submit_proposal(campaign: Campaign, proposal: Proposal | TrialProposal, actor: str) -> str:
    """Writes a proposal under the campaign's seed; returns the id of the trial it will be.

    Nothing runs until it is accepted: by a person, by the review gate, or by
    `Environment.submit`. From there the runner does the same for all of them.

    Args:
        actor: Who made it, such as "agent:playbook".
    """
    state = campaign.refresh()
    name = state.next_id()
    made = {**proposal.to_dict(), "seed": state.settings.seed}
    campaign.say(Kind.PROPOSAL_MADE, made, trial=name, actor=actor)
    return name


def may_be_retried(trial: Trial) -> bool:
    """Whether an edit of a trial makes a new proposal, because the trial itself is over."""
    return trial.role == "trial" and trial.status in RETRIED and bool(trial.proposal)


def propose_again(campaign: Campaign, trial: Trial, actor: str) -> tuple[str, dict[str, str]]:
    """Writes the proposal of a trial that ended once more.

    Args:
        trial: The trial that ended.
        actor: Who wants it.

    Returns:
        The id of the new proposal, and the cells of the old one that were not proposed so: edits,
        and what was changed to run it again.
    """
    why = f"{trial.id} {trial.status} and is tried again with an edit"
    first = trial.proposal.first
    again = replace(first, beside="", round=None, retries=trial.id, why_parent=why)
    name = submit_proposal(campaign, again, actor)
    own = {
        stage: trial.cells[stage]
        for stage in STAGES
        if stage in trial.cells and trial.cells[stage] != first.cells.get(stage)
    }
    return name, own
