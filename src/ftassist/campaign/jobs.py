"""A trial of the journal as a job for a worker, and the evaluator it is registered with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ftassist.campaign.budget import Budget
from ftassist.campaign.campaign import Campaign
from ftassist.journal.state import BASE, Trial
from ftassist.trial.job import TIMEOUTS, TrialJob, TrialSpec

if TYPE_CHECKING:
    from ftassist.dojo.evaluator.process import EvaluatorProcess


def register(campaign: Campaign, trial: str, evaluator: EvaluatorProcess) -> None:
    """Makes a trial known to the evaluator, which may then score its model."""
    folder = campaign.folder / "trials" / trial
    folder.mkdir(parents=True, exist_ok=True)
    scores = campaign.folder / "scores"
    scores.mkdir(exist_ok=True)
    evaluator.register(
        trial,
        folder,
        scores=scores,
        task=str(campaign.task.folder),
        base=str(campaign.state.settings["model"]),
    )


def trial_job(campaign: Campaign, trial: Trial, evaluator: EvaluatorProcess) -> TrialJob:
    """The job of an accepted trial; registers it with the evaluator."""
    register(campaign, trial.id, evaluator)
    budget = Budget.of(campaign.state.budget)
    return TrialJob(
        campaign=str(campaign.folder),
        spec=TrialSpec(
            trial=trial.id,
            task=campaign.state.task,
            model=str(campaign.state.settings["model"]),
            cells=trial.cells,
            repository=_repository(campaign),
            seed=trial.seed,
            row_cap=budget.rows,
            hypothesis=trial.hypothesis,
            parent=trial.parent or BASE,
            change=str(trial.proposal.get("change", {}).get("description", "")),
        ),
        attempt=trial.attempt + 1,
        evaluator=evaluator.environment(trial.id),
        timeouts={s: min(limit, budget.seconds) for s, limit in TIMEOUTS.items()},
    )


def _repository(campaign: Campaign) -> str:
    """The task's key, for notebooks travel; the folder itself where the task is one."""
    if Path(campaign.state.task).is_absolute():
        return str(campaign.task.repository_folder)
    return campaign.state.task
