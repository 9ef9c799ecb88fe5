"""What a trial may ask the evaluator for: its validation score, which of its rows leak, rewards.

This table of verbs is all there is on a trial's side: no way to the test split, to another trial's
folder or to the text of an evaluation item. Refusals are recorded. Knows messages, not sockets.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Protocol, TypeVar

from ftassist.dojo.evaluator.elsewhere import Elsewhere
from ftassist.dojo.evaluator.lineage import model_digest
from ftassist.dojo.evaluator.protocol import Message, RefusedError, error_answer, field_of
from ftassist.dojo.evaluator.registry import Registration, Registry
from ftassist.dojo.evaluator.rewards import Pair
from ftassist.dojo.evaluator.snapshot import snapshot
from ftassist.dojo.feedback import Feedback
from ftassist.dojo.leakage import Leak
from ftassist.dojo.task import Split
from ftassist.errors import FtassistError
from ftassist.records.baseline import ScoredBaseline

MAX_LEAK_CALLS = 100
"""Leakage checks a trial may ask for: enough for curation, too few to probe the items with."""

MAX_JUDGE_CALLS = 20_000
"""Times a trial may have answers to its own rows judged; a training does so at each step."""

MAX_REQUESTS = 200
"""Other requests a trial may make; an honest one makes a handful."""

MAX_REFUSALS = 20
"""Refusals recorded of a trial (and of all that show no valid token together)."""

Result = TypeVar("Result")

_logger = logging.getLogger(__name__)


class Work(Protocol):
    """What is done for those who ask (see `service.Service`)."""

    def note_task(self, name: str) -> object:
        """Loads a task and notes its digest."""

    def evaluate(self, registration: Registration, split: Split, folder: Path | None) -> Feedback:
        """Scores a model folder, or the base."""

    def leaks(self, task: str, rows: list[str]) -> list[Leak]:
        """The rows that hold an evaluation item."""

    def baselines(
        self, registration: Registration, rows: int, seed: int, split: Split = "validation"
    ) -> list[ScoredBaseline]:
        """Scores the task's classical baselines on a split."""

    def panel(
        self, registration: Registration, folder: Path | None, seconds: float | None = None
    ) -> Feedback:
        """Scores a model on the general panel, as far as the seconds go."""

    def judge(self, task: str, pairs: list[Pair]) -> list[float]:
        """The rewards of answers to a trial's own rows."""

    def questions(self, registration: Registration) -> Message | None:
        """What a trial's model is asked; None where it must be loaded here."""

    def evaluate_answers(
        self, registration: Registration, folder: Path, elsewhere: Elsewhere
    ) -> Feedback:
        """Scores what a model answered elsewhere."""

    def refused(self, trial: str | None, error: RefusedError) -> None:
        """Records a refusal."""


class InTurn(Protocol):
    """Has work done one thing at a time, in the order it was asked for."""

    def __call__(self, work: Callable[[], Result]) -> Result:
        """Waits for its turn and returns what `work` does."""


class TrialRequests:
    """Answers the requests of trials.

    Args:
        registry: Who may ask.
        work: What is done.
        in_turn: Has it done one thing at a time.
    """

    def __init__(self, registry: Registry, work: Work, in_turn: InTurn) -> None:
        self._registry = registry
        self._work = work
        self._in_turn = in_turn
        self._calls: Counter[str] = Counter()
        self._leak_calls: Counter[str] = Counter()
        self._judge_calls: Counter[str] = Counter()
        self._refusals: Counter[str | None] = Counter()
        self._verbs: dict[str, Callable[[Registration, Message], Message]] = {
            "evaluate": self._evaluate,
            "leaks": self._leaks,
            "judge": self._judge,
        }

    def answer(self, message: Message) -> Message:
        """Answers one request; whatever goes wrong becomes an answer."""
        trial: str | None = None
        try:
            token = field_of(message, "token")
            registration = self._registry.of_token(token)
            trial = registration.trial
            if self._registry.closed(token):
                raise RefusedError(
                    f"{trial} is over; something of it still asks", kind="INVALID", where=trial
                )
            verb = field_of(message, "verb")
            self._calls[trial] += verb != "judge"
            if self._calls[trial] > MAX_REQUESTS:
                raise RefusedError(
                    f"a trial may make {MAX_REQUESTS} requests", kind="BUDGET", where=trial
                )
            if verb not in self._verbs:
                raise RefusedError(f"a trial cannot ask for {verb!r}", kind="INVALID", where=trial)
            return {**self._verbs[verb](registration, message), "ok": True}
        except Exception as error:  # noqa: BLE001 - told to the trial, and logged if it is a bug
            return self.refuse(trial, error)

    def refuse(self, trial: str | None, error: Exception) -> Message:
        """The answer that carries an error; refusals are recorded."""
        if isinstance(error, RefusedError):
            self._refusals[trial] += 1
            if self._refusals[trial] <= MAX_REFUSALS:
                self._work.refused(trial, error)
        return failed_answer(error)

    def _evaluate(self, registration: Registration, message: Message) -> Message:
        """Scores a trial's model on the validation split, once."""
        if message.get("split", "validation") != "validation":
            raise RefusedError(
                "a trial is scored on the validation split only",
                kind="INVALID",
                where=registration.trial,
            )
        folder = registration.inside(field_of(message, "model"))
        feedback = self._in_turn(lambda: self._copied(registration, folder))
        return {"feedback": feedback.for_agent().to_dict()}

    def _copied(self, registration: Registration, folder: Path) -> Feedback:
        """Scores a copy of a model that the trial cannot change meanwhile."""
        with snapshot(registration.folder, folder, registration.scores) as copy:
            return self._once(registration, copy)

    def _once(self, registration: Registration, folder: Path) -> Feedback:
        """Scores a model, unless the trial's evaluations are used up."""
        current = self._registry.of_token(registration.token)
        check_limit(current, folder)
        feedback = self._work.evaluate(current, "validation", folder)
        self._registry.keep(current.token, feedback)
        return feedback

    def _leaks(self, registration: Registration, message: Message) -> Message:
        """Tells which training rows hold an evaluation item, and nothing about the item."""
        self._leak_calls[registration.trial] += 1
        if self._leak_calls[registration.trial] > MAX_LEAK_CALLS:
            raise RefusedError(
                f"a trial may ask for {MAX_LEAK_CALLS} leakage checks",
                kind="BUDGET",
                where=registration.trial,
                fix="check all rows in one call",
            )
        rows = texts_of(message.get("rows"))
        found = self._in_turn(lambda: self._work.leaks(registration.task, rows))
        return {"leaks": [asdict(leak) for leak in found]}

    def _judge(self, registration: Registration, message: Message) -> Message:
        """Rewards answers to rows the trial sends; says nothing about evaluation items."""
        self._judge_calls[registration.trial] += 1
        if self._judge_calls[registration.trial] > MAX_JUDGE_CALLS:
            raise RefusedError(
                f"a trial may have answers judged {MAX_JUDGE_CALLS} times",
                kind="BUDGET",
                where=registration.trial,
                fix="train fewer steps",
            )
        pairs = pairs_of(message.get("pairs"))
        return {"rewards": self._in_turn(lambda: self._work.judge(registration.task, pairs))}


def check_limit(registration: Registration, folder: Path) -> str:
    """The digest of a model that may be scored: the evaluations of its trial are not used up.

    Raises:
        RefusedError: BUDGET: they are.
    """
    digest = model_digest(folder)
    if digest not in registration.scored and len(registration.scored) >= registration.limit:
        raise RefusedError(
            f"this trial has had its {registration.limit} evaluation(s), and model {digest[:8]} "
            "is another one",
            kind="BUDGET",
            where=registration.trial,
            fix="choose between models by training rows that the trial itself holds out",
        )
    return digest


def pairs_of(value: object) -> list[Pair]:
    """The rows and answers of a request.

    Raises:
        RefusedError: They are no list of pairs of a row and a text.
    """
    if not isinstance(value, list) or not all(
        isinstance(pair, list)
        and len(pair) == 2
        and isinstance(pair[0], dict)
        and isinstance(pair[1], str)
        for pair in value
    ):
        raise RefusedError("answers to judge must be pairs of a row and a text", kind="DATA")
    return [(row, answer) for row, answer in value]


def texts_of(value: object) -> list[str]:
    """The rows of a request.

    Raises:
        RefusedError: They are no list of texts.
    """
    if not isinstance(value, list) or not all(isinstance(row, str) for row in value):
        raise RefusedError("the rows to check must be a list of texts", kind="DATA")
    return value


def failed_answer(error: Exception) -> Message:
    """The answer for any error; one that is no `FtassistError` is a bug or a full machine."""
    if isinstance(error, FtassistError):
        return error_answer(error)
    _logger.error("a request failed", exc_info=error)
    memory = isinstance(error, MemoryError) or "out of memory" in str(error).lower()
    return error_answer(
        RefusedError(
            f"the evaluation failed: {type(error).__name__}: {error}",
            kind="OOM" if memory else "ENV",
            fix="see the evaluator's log",
        )
    )
