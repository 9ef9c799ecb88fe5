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

import getpass
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.agent.backends.link import Link
from ftassist.agent.told import as_told
from ftassist.campaign import consent, decisions, requests, trial_files
from ftassist.campaign.base_template import base_notes
from ftassist.campaign.budget import Budget
from ftassist.campaign.lock import holder
from ftassist.campaign.model_reference import checked_base, model_reference, teacher_reference
from ftassist.campaign.places import (
    GoneError,
    Place,
    locate_model,
    locate_task,
    model_place,
    task_mark,
)
from ftassist.campaign.recorded_card import card_from_scores
from ftassist.campaign.review import parse_review
from ftassist.campaign.runner_process import start_runner
from ftassist.dojo.task import CATALOG, Task, TaskCard, card_of, load_task, task_folders
from ftassist.errors import FtassistError, JournalError, UnknownNameError
from ftassist.files import read_json
from ftassist.journal.events import Event, Kind
from ftassist.journal.folding import fold
from ftassist.journal.state import BASE, State, Trial
from ftassist.journal.store import Journal
from ftassist.models import BaseModel, find, resolve
from ftassist.models.clock import template_day
from ftassist.recipes.metrics import MetricsPage
from ftassist.search.insight import Insight

if TYPE_CHECKING:
    from ftassist.campaign.attribution import Worth

POLL_SECONDS = 0.1
_RECORDED = ("ftassist", "torch", "transformers", "trl", "peft", "datasets", "lm-eval")


def person() -> str:
    """The actor name of whoever uses this process."""
    try:
        return f"person:{getpass.getuser()}"
    except (KeyError, OSError):
        return "person:unknown"


class Campaign:
    """An open campaign. Use `Campaign.create` or `Campaign.open`.

    Attributes:
        folder: Its folder.
        journal: Its journal.
    """

    def __init__(self, folder: Path, journal: Journal) -> None:
        self.folder = folder
        self.journal = journal
        self._state = State()
        self._task: Task | None = None
        self._card: TaskCard | None = None
        self._ranked: tuple[tuple[Any, ...], str | None] = ((), None)
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

    @classmethod
    def open(cls, folder: Path) -> Campaign:
        """Opens the campaign in a folder.

        Raises:
            JournalError: There is none, or its journal cannot be read at all.
        """
        campaign = cls(folder.resolve(), Journal(folder.resolve() / "journal.db"))
        if not campaign.refresh().trials:
            damage = campaign.journal.damage
            raise JournalError(
                f"the journal holds no campaign{f' ({damage.what})' if damage else ''}",
                where=str(campaign.journal.path),
                fix="restore the folder from a copy, or start a new campaign",
            )
        return campaign

    @staticmethod
    def find(root: Path) -> list[Path]:
        """The folders of all campaigns right below `root` and below it, the newest last."""
        found = {
            p.parent for pattern in ("journal.db", "*/journal.db") for p in root.glob(pattern)
        }
        return sorted(found, key=lambda p: ((p / "journal.db").stat().st_ctime, p.name))

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.state.settings.get("name", self.folder.name))

    @property
    def task(self) -> Task:
        """Its task, where it lies now.

        Raises:
            GoneError: It is gone, or another one.
        """
        if self._task is None or not self._task.folder.is_dir():
            place = Place.read(self.state.places.get("task"))
            self._task = locate_task(self.state.task, place, self.folder)
        return self._task

    @property
    def card(self) -> TaskCard:
        """Its task's card: what looking at a campaign needs, with or without the task's folder.

        As it was when the campaign was made; a journal of an older version holds none, and of one
        whose task is gone its scores tell what there is.
        """
        if self._task is not None:
            return self._task.card
        if self._card is None:
            recorded = self.state.card
            try:
                self._card = card_of(recorded) if recorded else self.task.card
            except GoneError:
                self._card = card_from_scores(self.state)
        return self._card

    @property
    def base(self) -> BaseModel:
        """Its base model, where it lies now.

        Raises:
            GoneError: It is gone, or another one.
        """
        place = Place.read(self.state.places.get("model"))
        return locate_model(str(self.state.settings["model"]), place, self.folder)

    def allow_unisolated(self, reason: str = "") -> Event:
        """Lets cells that a model wrote run here without isolation (see `consent`)."""
        return consent.give(self, reason)

    @property
    def base_reference(self) -> str:
        """Its base model as trials and evaluator name it: a name or id, or where it lies now.

        Raises:
            GoneError: It is gone, or another one.
        """
        named = str(self.state.settings["model"])
        if "model" in self.state.places or Path(named).is_absolute():
            return str(self.base.path)
        if find(named) is None and (self.state.base.score is not None or "/" not in named):
            locate_model(named, None, self.folder)  # says how to get it back
        return named

    @property
    def day(self) -> str:
        """The day its base's chat template is told, as 2026-11-28: when it was created."""
        known = self.state.settings.get("day")
        return str(known or date.fromtimestamp(self.state.created).isoformat())

    @property
    def state(self) -> State:
        """The state as of the last refresh."""
        return self._state

    def refresh(self) -> State:
        """Reads what is new in the journal and returns the state."""
        if self.journal.last_seq() > self._state.seq or self._state.seq == 0:
            self._state = as_told(fold(self._state, self.journal.read(self._state.seq)))
        return self._state

    def trial(self, trial: str) -> Trial:
        """A trial by id; "t3" and "3" mean t0003.

        Raises:
            UnknownNameError: There is none; names the nearest.
        """
        short = trial.lower().removeprefix("t")
        known = f"t{int(short):04d}" if short.isdigit() else trial
        if known not in self.refresh().trials:
            raise UnknownNameError.of("trial", trial, self.state.trials)
        return self.state.trials[known]

    def trial_folder(self, trial: str) -> Path:
        """The folder a trial's kernel writes to."""
        return self.folder / "trials" / trial

    def scores(self, trial: str, split: str = "validation") -> dict[str, float]:
        """Item scores of a scored trial by item id, as the evaluator wrote them.

        Items of views that the headline does not count are left out: a comparison is about it.
        """
        loaded = read_json(self.folder / "scores" / f"{trial}.{split}.json")
        counted = self.card.headline_views
        items = [item for item in loaded["items"] if not counted or item["view"] in counted]
        return {str(item["id"]): float(item["score"]) for item in items}

    def views(self, split: str = "validation") -> dict[str, str] | None:
        """The view of each item where comparisons weigh views and not items, else None.

        So it is where the headline is the mean over views, or a scorer's word over several.
        """
        card = self.card
        views = card.headline_views or tuple(card.views)
        if card.reduction == "items" or (card.reduction == "scorer" and len(views) == 1):
            return None
        loaded = read_json(self.folder / "scores" / f"{BASE}.{split}.json")
        return {str(item["id"]): str(item["view"]) for item in loaded["items"]}

    def metrics(self, trial: str, since: int = 0) -> MetricsPage:
        """The training metrics of a trial from byte `since` on; no rows before it trains.

        The page's `next` is the `since` of the next call.
        """
        return trial_files.metrics(self.folder, trial, since)

    def curve(self, trial: str) -> tuple[dict[str, Any], ...]:
        """The whole training curve of a trial, thinned where it has very many rows."""
        return trial_files.curve(self.folder, trial)

    def best(self) -> str | None:
        """The best trial so far by shrunken score; None before anything is scored."""
        from ftassist.campaign.tree import search_tree
        from ftassist.search.best import ranked_trials

        state = self.refresh()
        scored = tuple((t.id, t.score) for t in state.trials.values() if t.score is not None)
        if scored != self._ranked[0]:
            ranked = ranked_trials(search_tree(state, self.card.metric))
            self._ranked = (scored, ranked[0].id if ranked else None)
        return self._ranked[1]

    def worths(self) -> Mapping[str, Sequence[Worth]]:
        """What is known of the changes of trials that were taken apart, by trial.

        Computed from item scores once for each set of verdicts it rests on.
        """
        from ftassist.campaign.attribution import all_worths, rests_on

        basis = rests_on(self.refresh())
        if basis != self._worths[0]:
            self._worths = (basis, all_worths(self))
        return self._worths[1]

    def say(
        self,
        kind: str,
        payload: Mapping[str, Any] | None = None,
        *,
        trial: str | None = None,
        actor: str | None = None,
    ) -> Event:
        """Appends an event."""
        return self.journal.append(
            actor=actor or person(), kind=kind, trial=trial, payload=dict(payload or {})
        )

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

    def model_folder(self, trial: str) -> Path:
        """The folder of a trial's saved model.

        Raises:
            FtassistError: It was removed to free space, or there never was one.
        """
        known = self.trial(trial)
        folder = self.trial_folder(known.id) / "model"
        if known.model_removed or not folder.is_dir():
            gone = "was removed to free space" if known.model_removed else "was never saved"
            raise FtassistError(
                f"the model of {known.id} {gone}",
                where=str(folder),
                fix=f"run its notebook again: {self.trial_folder(known.id) / 'trial.ipynb'}",
            )
        return folder

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

    def insight(self, name: str) -> Mapping[str, Any]:
        """An active insight by id.

        Raises:
            UnknownNameError: There is none; names the nearest.
        """
        if name not in self.refresh().insights:
            raise UnknownNameError.of("insight", name, self.state.insights)
        return self.state.insights[name]

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

    def runner_alive(self) -> bool:
        """Whether a runner holds this campaign."""
        return holder(self.folder) is not None

    def start_runner(self) -> int:
        """Starts a detached runner unless one is alive; returns the runner's process id.

        Raises:
            FtassistError: It did not come up; the message ends with its log.
            IsolationError: Isolation is required and does not work here.
        """
        return start_runner(self.folder)

    def wait(
        self,
        until: Callable[[State], bool],
        *,
        timeout: float | None = None,
        on_change: Callable[[State], None] | None = None,
    ) -> State:
        """Waits until the state satisfies a condition, and returns it.

        Args:
            until: The condition.
            timeout: Seconds to wait at most; None for as long as it takes.
            on_change: Called with the state in each round (ten times a second), so that a face
                can show progress of training as well, which is not in the journal.

        Raises:
            TimeoutError: It did not come true in time.
            FtassistError: No runner is alive that could make it come true.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        missing_since: float | None = None
        while True:
            state = self.refresh()
            if on_change:
                on_change(state)
            if until(state):
                return state
            now = time.monotonic()
            if deadline is not None and now > deadline:
                raise TimeoutError(f"nothing came within {timeout:g} s")
            if self.runner_alive():
                missing_since = None
            elif missing_since is None:
                missing_since = now
            elif now - missing_since > 2.0 and not until(self.refresh()):
                raise FtassistError(
                    "the runner ended before this came true",
                    where=str(self.folder / "logs" / "runner.log"),
                    fix="start it again with `ftassist run`; nothing is lost",
                )
            time.sleep(POLL_SECONDS)


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
