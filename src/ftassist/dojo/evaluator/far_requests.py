"""What a runner asks for a trial whose model answers on its node: the questions, then the score.

Both are verbs of the control channel, which no trial reaches: who could ask for questions with a
key of its own could read the items. What a trial may not, it may not here either, and a refusal is
recorded as its own. Between the two nothing waits in the evaluator's turn, so that many models
answer at once.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ftassist.dojo.evaluator.elsewhere import Elsewhere
from ftassist.dojo.evaluator.lineage import model_digest
from ftassist.dojo.evaluator.protocol import MAX_CONTROL_BYTES, Message, RefusedError, field_of
from ftassist.dojo.evaluator.registry import Registration, Registry
from ftassist.dojo.evaluator.sealed import ANSWERS, QUESTIONS, Sealer
from ftassist.dojo.evaluator.snapshot import snapshot
from ftassist.dojo.evaluator.trial_requests import InTurn, Work, check_limit
from ftassist.dojo.feedback import Feedback
from ftassist.files import hash_text

_ROOM = MAX_CONTROL_BYTES // 2
Refuse = Callable[[str | None, Exception], Message]


class FarRequests:
    """Answers the runner about models that answer elsewhere.

    Args:
        registry: Who may be scored.
        work: What is done.
        in_turn: Has it done one thing at a time.
        refuse: Records a refusal of a trial.
    """

    def __init__(self, registry: Registry, work: Work, in_turn: InTurn, refuse: Refuse) -> None:
        self._registry = registry
        self._work = work
        self._in_turn = in_turn
        self._refuse = refuse
        self._asked: dict[str, tuple[Sealer, str, dict[str, Any]]] = {}

    def questions(self, message: Message) -> Message:
        """What a trial's model is asked, sealed for `public`; empty where it is scored here."""
        registration = self._registry.of_trial(field_of(message, "trial"))
        public = field_of(message, "public")

        def ask(copy: Path) -> dict[str, Any] | None:
            current = self._registry.of_token(registration.token)
            if model_digest(copy) in current.scored:
                return None  # what it scored is known here
            return self._work.questions(current)

        document = self._of_copy(registration, message, ask)
        if document is None:
            return {}
        sealer = Sealer()
        sealed = sealer.seal(public, QUESTIONS, document)
        if len(sealed) > _ROOM:
            return {}
        self._asked[registration.trial] = sealer, public, document
        return {"sealed": sealed, "public": sealer.public}

    def answers(self, message: Message) -> Message:
        """Scores sealed answers to the questions that were asked last."""
        registration = self._registry.of_trial(field_of(message, "trial"))
        sealer, public, asked = self._asked.pop(registration.trial, (None, "", {}))
        if sealer is None:
            raise RefusedError("nothing was asked of it", kind="KILLED", where=registration.trial)
        answered = sealer.open(public, ANSWERS, field_of(message, "sealed"))
        told = {**message.get("node", {}), "answers": hash_text(str(answered["written"]))}

        elsewhere = Elsewhere(told, asked["questions"], answered)

        def score(copy: Path) -> Feedback:
            current = self._registry.of_token(registration.token)
            return self._work.evaluate_answers(current, copy, elsewhere)

        feedback = self._of_copy(registration, message, score)
        self._registry.keep(registration.token, feedback)
        return {"feedback": feedback.for_agent().to_dict()}

    def refused(self, message: Message) -> Message:
        """Records that a node's evaluator refused a trial's model, as one here would have."""
        error = message["error"]
        told = {name: str(error.get(name, "")) for name in ("what", "where", "fix")}
        refusal = RefusedError(told["what"], kind=error["kind"], where=told["where"])
        refusal.fix = told["fix"]
        return {"answer": self._refuse(field_of(message, "trial"), refusal)}

    def _of_copy(
        self, registration: Registration, message: Message, work: Callable[[Path], Any]
    ) -> Any:
        """Works, in turn, on a copy of the model that is named; refusals are the trial's."""

        def on_copy() -> Any:
            folder = registration.inside(field_of(message, "model"))
            with snapshot(registration.folder, folder, registration.scores) as copy:
                check_limit(self._registry.of_token(registration.token), copy)
                return work(copy)

        try:
            return self._in_turn(on_copy)
        except RefusedError as error:
            self._refuse(registration.trial, error)
            raise
