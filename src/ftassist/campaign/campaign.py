"""A campaign: one search on one task with one budget; a folder with a journal.

Opens one or makes one, reads its state, says where things lie and how an event gets in, and
starts its runner. Acts of people and programs on it are `commands`, questions to it `queries`. It
runs no trial and thinks up no proposal itself.

    campaigns/mini_math-1/
      journal.db                    the only truth
      .fold, .view                  its state, and what a server sends, to open a long one faster
      trials/t0001/                 trial.ipynb, data/, model/, metrics.jsonl, result.json
      scores/t0001.validation.json  item scores, written by the evaluator
      cache/                        finished stages by content
      logs/                         runner, workers, evaluator
"""

from __future__ import annotations

import getpass
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from pathlib import Path
from typing import Any, Self, TypedDict

from ftassist.agent.told import as_told
from ftassist.campaign.founding import found, founding
from ftassist.campaign.kept_fold import kept_fold
from ftassist.campaign.lock import holder, start_runner
from ftassist.campaign.places import GoneError, locate_model, locate_task
from ftassist.campaign.recorded_card import card_from_scores
from ftassist.dojo.task import Task, TaskCard, card_of
from ftassist.errors import FtassistError, JournalError, UnknownNameError
from ftassist.journal.collecting import collector_paused
from ftassist.journal.events import Event
from ftassist.journal.folding import fold
from ftassist.journal.state import State, Trial
from ftassist.journal.store import Journal
from ftassist.models import BaseModel, find
from ftassist.records.budget import Budget

POLL_SECONDS = 0.1


_ACTING: ContextVar[str] = ContextVar("acting", default="")


@contextmanager
def acting(actor: str) -> Iterator[None]:
    """What is done inside without a name for who does it is done by that one."""
    token = _ACTING.set(actor)
    try:
        yield
    finally:
        _ACTING.reset(token)


def person() -> str:
    """The actor name of whoever uses this process, or of the one it acts for."""
    if actor := _ACTING.get():
        return actor
    try:
        return f"person:{getpass.getuser()}"
    except (KeyError, OSError):
        return "person:unknown"


class By(TypedDict, total=False):
    """Who acts, and on what: what every command takes by name."""

    actor: str | None
    """Who acts; None for whoever uses this process."""
    seen: int | None
    """The last event that was looked at; None for the last there is."""


class Campaign:
    """An open campaign. Use `Campaign.create` or `Campaign.open`.

    Attributes:
        memory: What questions whose answers are dear (`queries`) remember of them, by name.
        begun_with: How many events were believed in a kept state, and not read; mostly none.
    """

    def __init__(self, folder: Path, journal: Journal) -> None:
        self.folder = folder
        self.journal = journal
        self._state = State()
        self._task: Task | None = None
        self._card: TaskCard | None = None
        self.memory: dict[str, tuple[Any, Any]] = {}
        self.begun_with = 0

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
        panel: bool = False,
        fresh_seeds: int | None = None,
        dry_run: bool | None = None,
        track: Sequence[str] = (),
        variants: int = 1,
        stopping: str = "",
    ) -> Self:
        """Makes a campaign in an empty or new folder; `agent` holds settings of its backend.

        A `teacher` is the folder of a stronger model that trainings may learn from. With `panel`
        the base and the finalist are scored on the general panel, too. The finalist is
        trained again on `fresh_seeds` seeds; none where campaigns are repeated as a whole.
        With `dry_run` cells are tried on a few rows before they cost a trial; where nobody says,
        those of language models outside are.
        `track` names the trackers it is mirrored in.
        Up to `variants` proposals are asked for at once.
        With `stopping` a search whose policy says that nothing left to gain would be seen ends
        there ("stop", the usual), waits for a person ("wait") or goes on ("never").

        Raises:
            UnknownNameError: The task, policy or backend does not exist.
            DataError: The review mode does not exist.
            ModelError: The base cannot be fine-tuned or scored.
            FtassistError: The folder already holds a campaign, or cannot be written.
        """
        payload = founding(
            folder.resolve(),
            task=task,
            model=model,
            backend=backend,
            policy=policy,
            review=review,
            budget=budget,
            seed=seed,
            agent=agent or {},
            teacher=teacher,
            panel=panel,
            fresh_seeds=fresh_seeds,
            dry_run=dry_run,
            track=track,
            variants=variants,
            stopping=stopping,
        )
        found(folder.resolve(), payload, actor or person())
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path, *, kept: bool = False) -> Self:
        """Opens the campaign in a folder.

        Args:
            kept: Whether to begin with the state that was kept of a long journal, and to read only
                what came after it: for who has the whole journal verified by another process.

        Raises:
            JournalError: There is none, or its journal cannot be read at all.
        """
        campaign = cls(folder.resolve(), Journal(folder.resolve() / "journal.db"))
        with collector_paused():
            if kept and (state := kept_fold(campaign.folder, campaign.journal)):
                campaign.begun_with = state.seq
                # Told once, when all is folded: what is told is not what the events say.
                campaign._state = as_told(fold(state, campaign.journal.read(state.seq)))
            campaign.refresh()
        if not campaign.state.trials:
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
        return self.state.settings.name or self.folder.name

    @property
    def task(self) -> Task:
        """Its task, where it lies now.

        Raises:
            GoneError: It is gone, or another one.
        """
        if self._task is None or not self._task.folder.is_dir():
            place = self.state.places.get("task")
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
        place = self.state.places.get("model")
        return locate_model(self.state.settings.model, place, self.folder)

    @property
    def base_reference(self) -> str:
        """Its base model as trials and evaluator name it: a name or id, or where it lies now.

        Raises:
            GoneError: It is gone, or another one.
        """
        named = self.state.settings.model
        if "model" in self.state.places or Path(named).is_absolute():
            return str(self.base.path)
        if find(named) is None and (self.state.base.score is not None or "/" not in named):
            locate_model(named, None, self.folder)  # says how to get it back
        return named

    @property
    def day(self) -> str:
        """The day its base's chat template is told, as 2026-11-28: when it was created."""
        known = self.state.settings.day
        return known or date.fromtimestamp(self.state.created).isoformat()

    @property
    def shown_seed(self) -> int | None:
        """Of the draw of validation items that may be shown and do not select.

        None in a campaign of before there was such a part: there all items do both.
        """
        part = self.state.settings.feedback_part
        return part.seed if part else None

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

    def act(
        self,
        kind: str,
        payload: Mapping[str, Any] | None = None,
        *,
        trial: str | None = None,
        actor: str | None = None,
        seen: int | None = None,
    ) -> Event:
        """Appends what somebody does, with the sequence number it was decided on.

        Args:
            kind: The kind of event.
            payload: What it holds.
            trial: The trial it is about.
            actor: Who acts; None for whoever uses this process.
            seen: The last event that was looked at; None for the last there is.
        """
        known = self.refresh().seq if seen is None else seen
        return self.say(kind, {**(payload or {}), "seen": known}, trial=trial, actor=actor)

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
