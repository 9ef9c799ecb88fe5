"""A task as an environment that any agent can be put into.

    env = ftassist.dojo.make("mini_math", "tiny", {"trials": 5})
    env.meta(), env.repository.names(), env.submit(cells)

What an agent submits is a trial like any other: it is written to the journal as an accepted
proposal, validated, isolated and run by the campaign's runner, scored by the evaluator, and
stands in the tree. An environment is a campaign whose proposals come from outside; it adds no way
to the evaluation items or to the test split.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ftassist.campaign import commands, dry_running
from ftassist.campaign.budget import spent
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.commands import submit_proposal
from ftassist.campaign.inputs import TO_DO
from ftassist.campaign.memory_table import memory_table, model_folder
from ftassist.dojo.feedback import Feedback
from ftassist.dojo.repository import DataRepository
from ftassist.errors import BudgetError, CellError, FtassistError
from ftassist.files import read_json
from ftassist.journal.state import BASE, STAGES, Trial
from ftassist.records.budget import Budget
from ftassist.records.proposal import Change, Estimate, Hypothesis, Proposal

BACKEND = "api"
_ANYTHING = 1e9
"""Nothing is foretold."""
_OVER = ("failed", "invalid", "vetoed", "set_aside", "stopped")


class TrialFailedError(FtassistError):
    """A submitted trial that got no score.

    Attributes:
        trial: Its id.
        kind: CONFIG, OOM, DATA, ENV, TIMEOUT, KILLED, BUDGET or INVALID.
    """

    def __init__(self, trial: Trial) -> None:
        self.trial = trial.id
        self.kind = trial.failure.class_ or trial.status
        message = trial.failure.message or f"it is {trial.status}"
        super().__init__(
            f"the trial got no score: {self.kind}: {message}",
            where=trial.id,
            fix="change the cells and submit them again",
        )


class Environment:
    """A task, a base model and a budget, with the three things an agent needs.

    Args:
        campaign: The campaign that keeps what happens.

    Attributes:
        campaign: The same.
        repository: The raw training sets: list, profile, sample and load them.
    """

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        model = campaign.base_reference
        self.repository = DataRepository(campaign.task.repository_folder, model)

    def meta(self) -> dict[str, Any]:
        """What an agent may know before and between submissions, as JSON values.

        The task card (with the output contract, without test scores of its baselines), the device
        with an estimate of what fits on it, the base model, the budget with what is left of it,
        the training parameters, and all trials so far with their scores.
        """
        state = self.campaign.refresh()
        budget = state.budget
        return {
            "task": asdict(self.campaign.card.sealed),
            "device": _device(self.campaign.base_reference),
            "model": _model(self.campaign.base_reference),
            "budget": {
                **budget.to_dict(),
                "trials_left": max(0, budget.trials - state.trials_used),
                "seconds_left": max(0.0, state.seconds_left),
            },
            "training": training_parameters(),
            "trials": [_summary(trial) for trial in state.trials.values()],
        }

    def submit(
        self,
        cells: Mapping[str, str],
        parent: str = BASE,
        *,
        hypothesis: str = "",
        timeout: float | None = None,
    ) -> Feedback:
        """Runs a trial and returns what the evaluator says of its model.

        Args:
            cells: The source of each stage: curate, train and evaluate.
            parent: The trial it starts from.
            hypothesis: One line: what is tried.
            timeout: Seconds to wait at most; the trial goes on if they are not enough.

        Raises:
            BudgetError: The budget is spent.
            CellError: A stage has no cell.
            UnknownNameError: There is no such parent.
            TrialFailedError: The trial got no score; it stays in the tree with the reason.
            TimeoutError: It takes longer than `timeout`.
            FtassistError: It waits: for a base or task that is gone, or, without isolation, for a
                person's consent (`make(..., allow_unisolated=True)`).
        """
        name = self.propose(cells, parent, hypothesis=hypothesis)
        commands.accept(self.campaign, name, "submitted")
        self.campaign.start_runner()
        now = self.campaign.wait(
            lambda now: _settled(now.trials[name]) or bool(now.waits_for), timeout=timeout
        )
        found = now.trials[name]
        if now.waits_for and not _settled(found):
            what, _, fix = now.reason.partition(TO_DO)
            raise FtassistError(f"{name} waits: {what.strip()}", where=name, fix=fix)
        if not found.feedback:
            raise TrialFailedError(found)
        return Feedback.of(found.feedback.to_dict()).for_agent()

    def propose(
        self,
        cells: Mapping[str, str],
        parent: str = BASE,
        *,
        hypothesis: str = "",
        cause: str = "-",
        change: tuple[float, float] | None = None,
        agent: str = BACKEND,
        by_model: bool = False,
        looked: Sequence[str] = (),
    ) -> str:
        """Writes a proposal, which waits for whoever decides, and returns the trial's id.

        Where the campaign wants it, its cells are tried on a few rows before, as those of our own
        agents are; what breaks is no proposal.

        Args:
            cells: The source of each stage: curate, train and evaluate.
            parent: The trial it starts from.
            hypothesis: One line: what is tried.
            cause: Why it should help.
            change: The foretold change of the score against the parent, (low, high).
            agent: Who proposes, as the card names it.
            by_model: Whether a language model writes the cells: they are tried then where the
                campaign does not say.
            looked: What was looked at before, a few words each.

        Raises:
            BudgetError: The budget is spent.
            CellError: A stage has no cell, or the cells break when they are tried: says how.
            UnknownNameError: There is no such parent.
        """
        if missing := [stage for stage in STAGES if not cells.get(stage, "").strip()]:
            raise CellError(
                f"the trial has no {missing[0]} cell",
                fix=f"a trial has three cells: {', '.join(STAGES)}",
            )
        state = self.campaign.refresh()
        if reason := spent(state):
            raise BudgetError(reason, fix="make an environment with a larger budget")
        parent = self.campaign.trial(parent).id
        actor, source = f"agent:{agent}", {stage: cells[stage] for stage in STAGES}
        tried = None
        if dry_running.wanted(state, unsaid=by_model):
            tried = dry_running.tried_for(self.campaign, source, actor)
        statement = (hypothesis or "submitted through the environment")[:300]
        low, high = change or (-_ANYTHING, _ANYTHING)
        proposal = Proposal(
            parent=parent,
            hypothesis=Hypothesis(
                statement=statement,
                changes=("data", "training"),
                cause=cause,
                evidence=(),
                metric=self.campaign.card.metric.name,
                low=low,
                high=high,
                refuted_if="-",
            ),
            cells=source,
            change=Change("cells", statement),
            estimate=Estimate(),
            backend=agent,
            looked=tuple(looked),
            dry_run=tried,
        )
        return submit_proposal(self.campaign, proposal, actor)

    def close(self) -> None:
        """Ends the runner; the campaign's folder stays."""
        if self.campaign.runner_alive():
            commands.stop(self.campaign, "the environment was closed")


def make(
    task: str,
    model: str = "tiny",
    budget: Mapping[str, float] | None = None,
    *,
    folder: Path | str | None = None,
    allow_unisolated: bool = False,
    dry_run: bool = False,
) -> Environment:
    """Makes an environment; the task's own budget holds where `budget` says nothing.

    Args:
        task: A task's key or folder, `KEY@released` or `harness:NAME`.
        model: The base model.
        budget: Any of trials, rows (training rows a trial) and seconds.
        folder: Where the campaign lies; else a folder among the temporary files.
        allow_unisolated: A person's consent: the agent's cells may run without isolation.
        dry_run: Whether cells are tried on a few rows before they cost a trial; what breaks is
            raised as a `CellError`.

    Raises:
        UnknownNameError: No such task.
        BudgetError: A limit is not positive.
        FtassistError: The folder holds a campaign already.
    """
    from ftassist.dojo.task_loader import load_task

    loaded = load_task(task)
    place = Path(folder) if folder else Path(tempfile.mkdtemp(prefix="ftassist-env-")) / "campaign"
    campaign = Campaign.create(
        place,
        task=task,
        model=model,
        review="always",
        budget=Budget.of({**loaded.card.budget, **(budget or {})}),
        dry_run=dry_run,
    )
    if allow_unisolated:
        commands.allow_unisolated(campaign, "asked for when the environment was made")
    return Environment(campaign)


def training_parameters() -> dict[str, dict[str, Any]]:
    """What `train.sft` takes: each parameter's type and default."""
    import inspect

    from ftassist.recipes import train

    return {
        name: {
            "type": str(parameter.annotation),
            "default": None if parameter.default is parameter.empty else parameter.default,
        }
        for name, parameter in inspect.signature(train.sft).parameters.items()
    }


def _settled(trial: Trial) -> bool:
    """Whether nothing more will be said about a trial that an agent waits for."""
    ended = bool(trial.finished) or trial.status in _OVER
    return ended and (trial.status != "scored" or bool(trial.verdict))


def _summary(trial: Trial) -> dict[str, Any]:
    """A trial in a line."""
    return {
        "id": trial.id,
        "parent": trial.parent,
        "status": trial.status,
        "score": trial.feedback.score if trial.feedback else None,
        "verdict": trial.verdict.kind,
        "failure": trial.failure.class_ or None,
    }


def _device(model: str) -> dict[str, Any]:
    """What there is to train on, and what fits on it."""
    import os

    import psutil

    from ftassist.trial.gpu import list_gpus
    from ftassist.trial.sandbox import default_limits

    gpus = [gpu.to_dict() for gpu in list_gpus()]
    # A trial has one GPU, any of them, or several that each hold the whole model.
    room = min(gpu["memory_mb"] for gpu in gpus) if gpus else default_limits().memory_mb
    return {
        "gpus": gpus,
        "most_devices": max(1, len(gpus)),
        "cores": os.cpu_count(),
        "memory_mb": round(psutil.virtual_memory().total / 2**20),
        "memory_table": memory_table(model, room, gpu=bool(gpus)),
    }


def _model(name: str) -> dict[str, Any]:
    """The base model's name and, where it lies on this machine, its card."""
    folder = model_folder(name)
    if folder is None:
        return {"name": name, "card": "", "config": {}}
    card = next((p for p in (folder / "MODEL_CARD.md", folder / "README.md") if p.is_file()), None)
    return {
        "name": name,
        "card": card.read_text(encoding="utf-8") if card else "",
        "config": read_json(folder / "config.json"),
    }
