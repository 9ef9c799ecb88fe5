"""What the evaluator does when asked: evaluate a model, look for leaked rows, judge answers.

Holds what is worth keeping between requests: bases, leak indexes, the digest each task had when it
was first seen. Knows nothing of channels; `server` decides who may ask for what.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.dojo.classical import Text
from ftassist.dojo.evaluator.baselines import score_baselines
from ftassist.dojo.evaluator.count import Count, counted
from ftassist.dojo.evaluator.elsewhere import Elsewhere
from ftassist.dojo.evaluator.in_parts import Until
from ftassist.dojo.evaluator.leak_memory import LeakMemory
from ftassist.dojo.evaluator.lineage import model_digest
from ftassist.dojo.evaluator.protocol import RefusedError
from ftassist.dojo.evaluator.registry import Registration
from ftassist.dojo.evaluator.rewards import Pair, judge
from ftassist.dojo.evaluator.scoring import (
    check_unchanged,
    evaluator_digest,
    part_of,
    read_feedback,
    score,
)
from ftassist.dojo.feedback import Feedback
from ftassist.dojo.leakage import Leak, LeakIndex
from ftassist.dojo.task import PANEL, Split, Task
from ftassist.dojo.task_loader import load_task
from ftassist.models.clock import parse_day
from ftassist.records.baseline import ScoredBaseline

if TYPE_CHECKING:
    from ftassist.dojo.evaluator.models import Base

BASE = "t0000"
"""The trial of the untouched base model."""

Record = Callable[..., object]
"""Appends an event: `record(actor=..., kind=..., trial=..., payload=...)`.

A score that was recorded before must not be appended again (see `journal_recorder`).
"""

SCORED = "trial.scored"
RUNG = "rung.scored"
"""The event of a whole run's score, and of one in part."""


class Service:
    """The evaluator's work, apart from who asks for it.

    Args:
        record: Where events go; None records nothing.
    """

    def __init__(self, record: Record | None = None) -> None:
        self._record = record
        self._bases: dict[tuple[str, str, str], Base] = {}
        self._digests: dict[str, str] = {}
        self._indexes: dict[str, LeakMemory] = {}
        self._lock = threading.Lock()

    def note_task(self, name: str) -> Task:
        """Loads a task and notes its digest; from now on a change of it is an error."""
        task = load_task(name)
        self._digests.setdefault(str(task.folder), evaluator_digest(task))
        return task

    def evaluate(self, registration: Registration, split: Split, folder: Path | None) -> Feedback:
        """Scores a model folder of a trial (None: the base itself) and records it.

        A model that this trial was scored with before is not scored again. Only validation scores
        are recorded here; opening the test split is the campaign's event.
        """
        return self._evaluate(registration, split, folder, None)

    def evaluate_answers(
        self, registration: Registration, folder: Path, elsewhere: Elsewhere
    ) -> Feedback:
        """Scores what a trial's model answered on a node, as `evaluate` does what it answers here.

        Args:
            folder: The model, as it came here.
            elsewhere: What it answered.
        """
        return self._evaluate(registration, "validation", folder, elsewhere)

    def _evaluate(
        self,
        registration: Registration,
        split: Split,
        folder: Path | None,
        elsewhere: Elsewhere | None,
    ) -> Feedback:
        from ftassist.dojo.evaluator.models import release

        task = self.note_task(registration.task)
        digest = (
            self._base_of(registration, task).digest if folder is None else model_digest(folder)
        )
        if split == "validation":
            self._check_same_evaluator(registration, task)
        elif folder is not None and registration.scored and digest not in registration.scored:
            raise RefusedError(
                f"the model of {registration.trial} is not the one that was scored on validation",
                kind="INVALID",
                where=str(registration.folder),
                fix="find out who changed it; the validation score was another model's",
            )
        feedback = registration.scored.get(digest) if split == "validation" else None
        if feedback is None:
            feedback = self._score(registration, task, split, folder, elsewhere=elsewhere)
            release()
        if split == "validation":  # also if known: a crash may have come before it was recorded
            self._record_score(registration, feedback, elsewhere)
        return feedback

    def questions(self, registration: Registration) -> dict[str, Any] | None:
        """What a trial's model is asked, with what must be the same where it answers.

        None where it must be loaded here, since the task asks for more than texts.
        """
        from ftassist.dojo.evaluator.answering import code_digest
        from ftassist.dojo.evaluator.far import questions

        task = self.note_task(registration.task)
        self._check_same_evaluator(registration, task)
        base = self._base_of(registration, task)
        part = part_of(task, "validation", registration.shown_seed, registration.rung)
        found = questions(task, "validation", part, base.chats)
        if found is None:
            return None
        return {
            "questions": found.to_dict(),
            "base_digest": base.digest,
            "day": registration.day,
            "system_turn": task.card.system_turn,
            "code": code_digest(),
        }

    def _record_score(
        self, registration: Registration, feedback: Feedback, elsewhere: Elsewhere | None
    ) -> None:
        payload: dict[str, Any] = {"feedback": feedback.to_dict()}
        if elsewhere is not None:
            payload["answered"] = dict(elsewhere.told)
        if registration.rung < 1.0:
            payload["rung"] = registration.rung
        self.record(RUNG if "rung" in payload else SCORED, registration.trial, payload)

    def panel(
        self, registration: Registration, folder: Path | None, seconds: float | None = None
    ) -> Feedback:
        """Scores a model folder of a trial (None: the base itself) on the general panel.

        Item scores lie beside those of the task; nothing is recorded here. Its chats are written
        as the task's are. With a limit of seconds as many questions are asked as fit.
        """
        from ftassist.dojo.evaluator.models import release

        task = self.note_task(registration.task)
        until = Until(seconds)
        feedback = self._score(registration, task, "validation", folder, panel=until)
        release()
        return feedback

    def _score(
        self,
        registration: Registration,
        task: Task,
        split: Split,
        folder: Path | None,
        *,
        panel: Until | None = None,
        elsewhere: Elsewhere | None = None,
    ) -> Feedback:
        """Has a model answer a split of its task, or the panel, and scores that."""
        base = self._base_of(registration, task)
        asked = self.note_task(str(PANEL)) if panel else task
        scores_file = registration.panel_file if panel else registration.scores_file(split)
        with counted(registration.scores, registration.trial, split) as count:
            if elsewhere is not None and folder is not None:
                model, digest = elsewhere.model(base, folder)
            else:
                model, digest = _loaded(base, folder, count)
            return score(
                model,
                asked,
                split,
                model_digest=digest,
                scores_file=scores_file,
                expected=self._digests[str(asked.folder)],
                shown_seed=None if panel else registration.shown_seed,
                rung=1.0 if panel else registration.rung,
                within=panel,
            )

    def _check_same_evaluator(self, registration: Registration, task: Task) -> None:
        """Refuses to score beside a base that other code, other items or other weights scored.

        The base's scores outlive the process, so an edit of the evaluator between two of its
        starts is found as well.
        """
        base_scores = registration.scores / f"{BASE}.validation.json"
        if registration.trial == BASE or not base_scores.is_file():
            return
        first = read_feedback(base_scores)
        for what, now, then in (
            ("evaluator's code or data are", evaluator_digest(task), first.evaluator_digest),
            (
                "base model is",
                self._base_of(registration, task).digest,
                first.model_digest,
            ),
        ):
            if now != then:
                raise RefusedError(
                    f"the {what} not what {BASE} was scored with, so scores cannot be compared",
                    kind="ENV",
                    where=str(base_scores),
                    fix="restore the installation the campaign began with, or begin a new one",
                )

    def base(self, name: str, day: str = "", system_turn: str = "") -> Base:
        """A base model's shared parts, loaded once for what its template is told.

        Args:
            name: The base.
            day: The day; "" for today.
            system_turn: Whether the template's own system turn is written; "" as the process's
                environment says.
        """
        from ftassist.dojo.evaluator.models import load_base

        known = (name, day, system_turn)
        if known not in self._bases:
            told = parse_day(day) if day else None
            self._bases[known] = load_base(name, told, system_turn or None)
        return self._bases[known]

    def _base_of(self, registration: Registration, task: Task) -> Base:
        return self.base(registration.base, registration.day, task.card.system_turn)

    def leaks(self, task: str, rows: Sequence[str]) -> list[Leak]:
        """Rows that hold an evaluation item of the task, from either split."""
        found = self.note_task(task)
        check_unchanged(found, self._digests[str(found.folder)])
        if task not in self._indexes:
            items = [*found.items("validation"), *found.items("test")]
            self._indexes[task] = LeakMemory(LeakIndex.build(items))
        return self._indexes[task].find(rows)

    def baselines(
        self, registration: Registration, rows: int, seed: int, split: Split = "validation"
    ) -> list[ScoredBaseline]:
        """Scores the classical baselines of a registration's task on a split."""
        task = self.note_task(registration.task)
        keep = self._without_leaks(task)
        return score_baselines(
            task, registration.scores, rows, seed, keep, split, registration.shown_seed
        )

    def _without_leaks(self, task: Task) -> Callable[[Sequence[Text]], list[Text]]:
        def keep(texts: Sequence[Text]) -> list[Text]:
            leaked = {
                leak.row for leak in self.leaks(str(task.folder), ["\n".join(t) for t in texts])
            }
            return [text for number, text in enumerate(texts) if number not in leaked]

        return keep

    def judge(self, task: str, pairs: Sequence[Pair]) -> list[float]:
        """The rewards of answers to rows of a trial, by the task's own scoring."""
        found = self.note_task(task)
        check_unchanged(found, self._digests[str(found.folder)])
        return judge(found, pairs)

    def refused(self, trial: str | None, error: RefusedError) -> None:
        """Records a refusal that may be an attempt to cheat, or a spent allowance."""
        if error.kind in {"INVALID", "BUDGET"}:
            payload = {"class": error.kind, "what": error.what, "where": error.where}
            self.record("evaluation.refused", trial, payload)

    def record(self, kind: str, trial: str | None, payload: dict[str, Any]) -> None:
        """Appends an event, if anything is recorded at all."""
        if self._record is None:
            return
        with self._lock:  # refusals come from the threads that read the channels
            self._record(actor="evaluator", kind=kind, trial=trial, payload=payload)


def _loaded(base: Base, folder: Path | None, count: Count) -> tuple[Any, str]:
    """A model in memory that answers for the harness, and its digest."""
    from ftassist.dojo.evaluator.harness import GreedyModel
    from ftassist.dojo.evaluator.models import load_model

    loaded = load_model(base, folder)
    model = GreedyModel(loaded.model, base.tokenizer, base.end_ids, count=count, chats=base.chats)
    return model, loaded.digest


def journal_recorder(path: Path) -> Record:
    """Appends to a journal; of a trial, and of a rung, one score, whoever asks and however often.

    That is checked in the transaction that appends it, so that not even two evaluators, of a
    runner and of one that took over, can record two.

    Raises:
        JournalError: There is no journal.
    """
    from ftassist.journal.store import Journal

    journal = Journal(path)

    def record(*, actor: str, kind: str, trial: str | None, payload: dict[str, Any]) -> None:
        def once(_: int) -> None:
            rung = payload.get("rung")
            scores = [e.payload for e in journal.read() if (e.kind, e.trial) == (kind, trial)]
            known = [score for score in scores if score.get("rung") == rung]
            # Asked again, a model that answered on its node is scored here, from what is known.
            if any(score.get("feedback") == payload.get("feedback") for score in known):
                raise _KnownError
            if known and trial != BASE:
                raise RefusedError(
                    f"{trial} has another score already", kind="BUDGET", where=str(path)
                )

        def anything(_: int) -> None:
            """Refuses nothing."""

        check = once if kind in (SCORED, RUNG) else anything
        with suppress(_KnownError):
            journal.append_when(check, actor=actor, kind=kind, trial=trial, payload=payload)

    return record


class _KnownError(Exception):
    """The same is recorded already."""
