"""A campaign: one search on one task with one budget; a folder with a journal.

This is what every face talks to: it reads the state and starts the runner; decisions and wishes
have files of their own. It runs no trial and thinks up no proposal itself.

    campaigns/mini_math-1/
      journal.db                    the only truth
      trials/t0001/                 trial.ipynb, data/, model/, metrics.jsonl, result.json
      scores/t0001.validation.json  item scores, written by the evaluator
      cache/                        finished stages by content
      logs/                         runner, workers, evaluator
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.agent.backends.link import Link
from ftassist.campaign import consent, decisions, requests
from ftassist.campaign.base_template import base_notes
from ftassist.campaign.budget import Budget
from ftassist.campaign.folder import CampaignFolder, person
from ftassist.campaign.model_reference import checked_base, model_reference, teacher_reference
from ftassist.campaign.places import (
    Place,
    model_place,
    task_mark,
)
from ftassist.campaign.review import parse_review
from ftassist.dojo.loading import load_task
from ftassist.dojo.task import CATALOG, Task, task_folders
from ftassist.errors import FtassistError
from ftassist.journal.events import Event, Kind
from ftassist.journal.store import Journal
from ftassist.models import resolve
from ftassist.models.clock import template_day
from ftassist.search.insight import Insight

if TYPE_CHECKING:
    from ftassist.campaign.attribution import Worth

_RECORDED = ("ftassist", "torch", "transformers", "trl", "peft", "datasets", "lm-eval")


class Campaign(CampaignFolder):
    """An open campaign. Use `Campaign.create` or `Campaign.open`.

    Attributes:
        folder: Its folder.
        journal: Its journal.
    """

    def __init__(self, folder: Path, journal: Journal) -> None:
        super().__init__(folder, journal)
        self._worths: tuple[tuple[Any, ...], Mapping[str, Sequence[Worth]]] = ((), {})

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        task: str,
        model: str = "tiny",
        backend: str = "playbook",
        policy: str = "greedy",
        review: str = "always",
        budget: Budget | None = None,
        seed: int = 0,
        actor: str | None = None,
        agent: Mapping[str, Any] | None = None,
        teacher: str = "",
    ) -> Campaign:
        """Makes a campaign in an empty or new folder; `agent` holds settings of its backend.

        A `teacher` is the folder of a stronger model that trainings may learn from.

        Raises:
            UnknownNameError: The task, policy or backend does not exist.
            DataError: The review mode does not exist.
            ModelError: The base cannot be fine-tuned or scored.
            FtassistError: The folder already holds a campaign, or cannot be written.
        """
        from ftassist.agent.backends import check_backend
        from ftassist.search.policies import policy_by_name

        loaded = load_task(task)
        check_backend(backend)
        settings = _agent_settings(backend, agent or {})
        policy_by_name(policy)
        mode = parse_review(review)
        budget = budget or Budget.of(loaded.card.budget)
        if (folder / "journal.db").exists():
            raise FtassistError(
                "there is a campaign here already",
                where=str(folder),
                fix="open it, or name another folder",
            )
        reference = model_reference(model)
        base = checked_base(reference)
        notes = base_notes(base, loaded.card.system_turn)
        shown = teacher_reference(teacher) if teacher else ""
        campaign = cls(folder.resolve(), Journal(folder.resolve() / "journal.db", create=True))
        campaign._task = loaded
        named = _lasting_name(loaded, task)
        campaign.journal.append(
            actor=actor or person(),
            kind=Kind.CAMPAIGN_CREATED,
            payload={
                "name": folder.resolve().name,
                "task": named,
                "model": reference,
                "backend": backend,
                "policy": policy,
                "review": str(mode),
                "budget": budget.to_dict(),
                "seed": seed,
                "day": template_day().isoformat(),
                "versions": _versions(),
                "card": asdict(loaded.card),
                "places": _places(folder.resolve(), loaded, reference),
                **({"agent": settings} if settings else {}),
                **({"teacher": shown} if shown else {}),
                **({"base_notes": list(notes)} if notes else {}),
            },
        )
        campaign.refresh()
        return campaign

    def allow_unisolated(self, reason: str = "") -> Event:
        """Lets cells that a model wrote run here without isolation (see `consent`)."""
        return consent.give(self, reason)

    def worths(self) -> Mapping[str, Sequence[Worth]]:
        """What is known of the changes of trials that were taken apart, by trial.

        Computed from item scores once for each set of verdicts it rests on.
        """
        from ftassist.campaign.attribution import all_worths, rests_on

        basis = rests_on(self.refresh())
        if basis != self._worths[0]:
            self._worths = (basis, all_worths(self))
        return self._worths[1]

    def accept(self, trial: str, reason: str = "", *, seen: int | None = None) -> Event:
        """Accepts a proposal: it will run (see `decisions.accept`)."""
        return decisions.accept(self, trial, reason, seen=seen)

    def veto(self, trial: str, reason: str, *, seen: int | None = None) -> Event:
        """Vetoes a proposal, or a trial that runs (see `decisions.veto`)."""
        return decisions.veto(self, trial, reason, seen=seen)

    def edit(
        self,
        trial: str,
        stage: str,
        source: str,
        *,
        prediction: tuple[float, float] | None = None,
        reason: str = "",
        seen: int | None = None,
    ) -> Event:
        """Replaces the source of one cell of a proposal (see `decisions.edit`)."""
        cells = {stage: source}
        return decisions.edit(self, trial, cells, prediction=prediction, reason=reason, seen=seen)

    def ask(self, parent: str | None = None) -> int:
        """Asks the campaign's agent for a proposal and returns the wish's sequence number.

        A runner is started when none is alive; the proposal comes as an event.
        """
        event = requests.ask_proposal(self, parent)
        self.start_runner()
        return event.seq

    def cancel(self) -> None:
        """Ends the call that the agent makes now; what it has cost is spent."""
        self.say(Kind.PROPOSAL_CANCELLED)

    def pin_insight(self, name: str) -> Event:
        """Keeps an insight in every prompt; the agent may not take it back."""
        return self.say(Kind.INSIGHT_ADDED, {"insight": {**self.insight(name), "pinned": True}})

    def correct_insight(self, name: str, text: str) -> Event:
        """Puts a person's words in place of an insight's; the agent may not change them.

        Raises:
            DataError: The text is empty.
        """
        raw = {**self.insight(name), "text": text.strip(), "pinned": True}
        return self.say(Kind.INSIGHT_ADDED, {"insight": Insight.from_dict(raw).to_dict()})

    def delete_insight(self, name: str, reason: str = "") -> Event:
        """Removes an insight; the agent may not write it again."""
        self.insight(name)
        payload = {"id": name, "reason": reason or "removed by a person"}
        return self.say(Kind.INSIGHT_RETRACTED, payload)

    def pause(self, reason: str = "") -> None:
        """Starts no new trial until `resume`; what runs ends where it can go on from later.

        A supervised training ends at its next step, with a checkpoint; every other stage, and
        a training by another method, at its end.
        """
        self.say(Kind.CAMPAIGN_PAUSED, {"reason": reason})

    def resume(self) -> None:
        """Goes on after `pause` or `stop`."""
        self.say(Kind.CAMPAIGN_RESUMED)
        self.start_runner()

    def stop(self, reason: str = "") -> None:
        """Stops what runs and ends the runner; `resume` or `run` goes on later."""
        self.say(Kind.CAMPAIGN_STOPPED, {"reason": reason or "asked for"})

    def set_review(self, mode: str) -> None:
        """Changes the review mode."""
        self.say(Kind.REVIEW_CHANGED, {"review": str(parse_review(mode))})

    def set_budget(self, budget: Budget) -> None:
        """Changes the budget; a finished campaign goes on when there is budget again."""
        self.say(Kind.BUDGET_CHANGED, {"budget": budget.to_dict()})


def _agent_settings(backend: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a backend, checked; none for one that has none."""
    if backend == "anthropic":
        from ftassist.agent.backends.anthropic.settings import AgentSettings

        return AgentSettings.resolve(options).to_dict()
    given = {key: value for key, value in options.items() if value is not None}
    if backend == "replay":
        from ftassist.agent.backends.replay import SETTING, Replay

        folder = str(Path(str(given.get(SETTING, ""))).resolve()) if given.get(SETTING) else ""
        Replay(Link(settings={SETTING: folder}))
        return {SETTING: folder}
    return {}


def _lasting_name(loaded: Task, task: str) -> str:
    """A task as the journal keeps it: by key where it is found by that from anywhere.

    A folder that only the current folder makes a name of is kept by its path.
    """
    known = task_folders().get(task)
    found = known is not None and known.resolve() == loaded.folder
    return loaded.key if found and not (Path(task) / "card.yaml").is_file() else str(loaded.folder)


def _places(folder: Path, task: Task, model: str) -> dict[str, dict[str, str]]:
    """Where task and base model lie, but for what ships and what is known by a name or id."""
    found: dict[str, dict[str, str]] = {}
    if task.folder.parent != CATALOG:
        found["task"] = Place.of(task.folder, folder, task_mark(task.folder)).to_dict()
    if Path(model).is_absolute():
        found["model"] = model_place(resolve(model), folder).to_dict()
    return found


def _versions() -> dict[str, str]:
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in _RECORDED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def default_folder(root: Path, task: str) -> Path:
    """The next free folder for a campaign on a task below `root`."""
    number = 1
    name = Path(task).name
    while (root / f"{name}-{number}").exists():
        number += 1
    return root / f"{name}-{number}"
