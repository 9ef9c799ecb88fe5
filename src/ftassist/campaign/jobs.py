"""A trial of the journal as a job for a worker, and the evaluator it is registered with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ftassist.campaign.budget import Budget
from ftassist.campaign.campaign import Campaign
from ftassist.dojo.task import task_folders
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
        base=campaign.base_reference,
        day=campaign.day,
    )


def trial_job(campaign: Campaign, trial: Trial, evaluator: EvaluatorProcess) -> TrialJob:
    """The job of an accepted trial; registers it with the evaluator."""
    register(campaign, trial.id, evaluator)
    budget = Budget.of(campaign.state.budget)
    return TrialJob(
        campaign=str(campaign.folder),
        spec=trial_spec(campaign, trial),
        attempt=trial.attempt + 1,
        evaluator=evaluator.environment(trial.id),
        timeouts={s: min(limit, budget.seconds) for s, limit in TIMEOUTS.items()},
    )


def trial_spec(campaign: Campaign, trial: Trial) -> TrialSpec:
    """What a trial's notebook is built from."""
    return TrialSpec(
        trial=trial.id,
        task=task_reference(campaign),
        model=campaign.base_reference,
        cells=trial.cells,
        repository=repository_of(campaign),
        seed=trial.seed,
        row_cap=Budget.of(campaign.state.budget).rows,
        hypothesis=trial.hypothesis,
        parent=trial.parent or BASE,
        teacher=str(campaign.state.settings.get("teacher", "")),
        day=campaign.day,
        system_turn=campaign.card.system_turn,
        change=str(trial.proposal.get("change", {}).get("description", "")),
    )


def repository_of(campaign: Campaign) -> str:
    """What a trial loads raw sets by: the task's key, which reads the same on every machine.

    Of a task that is a folder, such as a published one that was laid out, the folder: a kernel
    without network and evaluation data could not find it from the key.
    """
    named = task_reference(campaign)
    return str(campaign.task.repository_folder) if Path(named).is_absolute() else named


def task_reference(campaign: Campaign) -> str:
    """A campaign's task as its trials name it: its key where it ships, else where it lies now."""
    ships = task_folders().get(campaign.state.task) == campaign.task.folder
    return campaign.state.task if ships else str(campaign.task.folder)
