"""Which trials may ask for what: tokens, folders, and how often a trial may be scored.

A registration ties a token to one trial: its folder, its task and base, and where its scores go.
What a trial was scored before is read back from its scores file, so a new evaluator process counts
on from there. Knows nothing of sockets and models.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

from ftassist.dojo.evaluator.enrolment import Enrolment
from ftassist.dojo.evaluator.protocol import RefusedError
from ftassist.dojo.evaluator.scoring import read_feedback
from ftassist.dojo.feedback import Feedback
from ftassist.dojo.task import Split


@dataclass(frozen=True)
class Registration:
    """What a token stands for.

    Attributes:
        trial: The trial's id, such as "t0003".
        folder: The trial's folder, resolved; models and data files must lie in it.
        scores: The folder for item scores, outside the trial's.
        task: The task's key or folder.
        base: The base model's name.
        limit: How many different models of this trial may be scored.
        day: The day that the base's chat template is told, as 2026-11-28; "" for today.
        token: The secret the trial shows.
        shown_seed: Of the draw of validation items that may be shown; None where all select.
        rung: How far its training goes; below 1 it is scored on a part of the validation items.
        scored: Feedback by model digest, oldest first.
    """

    trial: str
    folder: Path
    scores: Path
    task: str
    base: str
    limit: int
    token: str
    day: str = ""
    shown_seed: int | None = None
    rung: float = 1.0
    scored: dict[str, Feedback] = field(default_factory=dict)

    def scores_file(self, split: Split) -> Path:
        """Where the item scores of a split are written; those of a run in part lie apart."""
        if self.rung < 1.0 and split == "validation":
            return self.scores / f"{self.trial}.rung-{self.rung:g}.json"
        return self.scores / f"{self.trial}.{split}.json"

    @property
    def panel_file(self) -> Path:
        """Where the item scores of the general panel are written."""
        return self.scores / f"{self.trial}.general.json"

    def inside(self, name: str) -> Path:
        """A path the trial named, resolved inside its folder.

        Raises:
            RefusedError: INVALID: it leads out, by `..`, by a link, or as an absolute path.
        """
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder):
            raise _escape(name, self.trial)
        return path


class Registry:
    """The registrations of one evaluator process; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_trial: dict[str, Registration] = {}
        self._closed: dict[str, str] = {}

    def add(self, wish: Enrolment) -> Registration:
        """Registers a trial, in place of an earlier registration of the same one.

        Raises:
            RefusedError: CONFIG: the scores would lie in the trial's folder, or a limit below 1.
        """
        folder, scores = Path(wish.folder).resolve(), Path(wish.scores).resolve()
        if scores.is_relative_to(folder):
            raise RefusedError(
                "the folder of scores must lie outside the trial's folder",
                kind="CONFIG",
                where=str(scores),
            )
        if wish.limit < 1:
            raise RefusedError(f"a trial cannot have {wish.limit} evaluations", kind="CONFIG")
        made = Registration(
            trial=wish.trial,
            folder=folder,
            scores=scores,
            task=wish.task,
            base=wish.base,
            limit=wish.limit,
            token=wish.token or secrets.token_urlsafe(24),
            day=wish.day,
            shown_seed=wish.shown_seed,
            rung=wish.rung,
        )
        if (file := made.scores_file("validation")).is_file():
            earlier = read_feedback(file)
            made = replace(made, scored={earlier.model_digest: earlier})
        with self._lock:
            self._by_trial[wish.trial] = made
            self._closed.pop(made.token, None)
        return made

    def of_token(self, token: str) -> Registration:
        """The registration a token stands for.

        Raises:
            RefusedError: INVALID: no trial has this token.
        """
        with self._lock:
            for registration in self._by_trial.values():
                if hmac.compare_digest(registration.token.encode(), token.encode()):
                    return registration
        raise RefusedError(
            "the token is not valid",
            kind="INVALID",
            fix="evaluate from the trial's own notebook, as the runner started it",
        )

    def of_trial(self, trial: str) -> Registration:
        """The registration of a trial.

        Raises:
            RefusedError: CONFIG: it was never registered.
        """
        with self._lock:
            if trial in self._by_trial:
                return self._by_trial[trial]
        raise RefusedError(
            f"the trial {trial!r} is not registered", kind="CONFIG", fix="register it first"
        )

    def close(self, trial: str) -> None:
        """Voids the token of a trial that is over; its owner may still ask about it.

        Raises:
            RefusedError: CONFIG: it was never registered.
        """
        registration = self.of_trial(trial)
        with self._lock:
            self._closed[registration.token] = trial

    def closed(self, token: str) -> str | None:
        """The trial whose voided token this is, if it is one."""
        with self._lock:
            for known, trial in self._closed.items():
                if hmac.compare_digest(known.encode(), token.encode()):
                    return trial
        return None

    def keep(self, token: str, feedback: Feedback) -> None:
        """Notes that a model of this trial was scored."""
        with self._lock:
            for trial, registration in self._by_trial.items():
                if registration.token == token:
                    scored = {**registration.scored, feedback.model_digest: feedback}
                    self._by_trial[trial] = replace(registration, scored=scored)
                    return


def _escape(name: str, trial: str) -> RefusedError:
    """The refusal of a path that leads out of the trial's folder."""
    return RefusedError(
        f"the path {name!r} leads out of the trial's folder",
        kind="INVALID",
        where=trial,
        fix="save the model inside the trial's folder and name it relative to that",
    )
