"""Has a trial's model answer on its node, and scores the answers on the head.

Carries what two evaluators seal for each other, and can read none of it. Where a node's evaluator
cannot do it, the head's own does it all: which one did is in the event of the score.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ftassist.cluster.line import LostError
from ftassist.dojo.evaluator.protocol import RefusedError, encode, error_answer, raise_error
from ftassist.errors import FtassistError

ANSWER_SECONDS = 24 * 3600.0
"""How long a model may answer; a node that is lost meanwhile is noticed by others."""
START_SECONDS = 600.0
_OWN = frozenset({"ENV", "KILLED", "TIMEOUT"})
"""What is the fault of a node's evaluator, and no word about the model."""
log = logging.getLogger("ftassist.runner")


class HeadEvaluator(Protocol):
    """The campaign's evaluator, by its control channel (see `dojo.evaluator.process`)."""

    def far(self, verb: str, trial: str, **request: Any) -> dict[str, Any]:
        """Asks about a trial whose model answers elsewhere; raises what is refused."""
        ...


class FarScoring:
    """Scores one trial's model where it lies.

    Args:
        base: Its base model, as the node knows it.
        evaluator: The campaign's evaluator on the head; None while there is none.
        call: Calls the trial's host on its node.
        node: Where that is, for the record.
    """

    def __init__(
        self,
        trial: str,
        base: str,
        evaluator: Callable[[], HeadEvaluator | None],
        call: Callable[..., Any],
        node: Mapping[str, Any],
    ) -> None:
        self._trial = trial
        self._base = base
        self._evaluator = evaluator
        self._call = call
        self._node = {name: node[name] for name in ("host", "id") if name in node}

    def answer(self, model: str) -> str:
        """What the trial is answered, as a line; "" where the head's evaluator is to do it."""
        evaluator = self._evaluator()
        if evaluator is None:
            return ""
        try:
            found = self._scored(evaluator, model)
        except RefusedError as error:
            if error.kind in _OWN:
                return self._at_home(error)
            found = error_answer(error)
        except LostError:
            raise
        except FtassistError as error:
            return self._at_home(error)
        return encode(found).decode() if found else ""

    def _at_home(self, error: FtassistError) -> str:
        log.warning("%s is scored on the head: %s", self._trial, error.what)
        return ""

    def _scored(self, evaluator: HeadEvaluator, model: str) -> dict[str, Any]:
        """The answer with the score; empty where the head's evaluator is to do it."""
        started = self._call("answering", seconds=START_SECONDS)
        public = raise_error({"ok": "public" in started, **started})["public"]
        asked = evaluator.far("questions", self._trial, model=model, public=public)
        if "sealed" not in asked:
            return {}
        request = {"base": self._base, "model": model, **_sealed(asked)}
        answered = self._call("answer_questions", request, seconds=ANSWER_SECONDS)
        error = answered.get("error")
        if error and error["kind"] not in _OWN:
            return dict(evaluator.far("refused", self._trial, error=error)["answer"])
        sealed = raise_error(answered)["sealed"]
        return evaluator.far("answers", self._trial, model=model, sealed=sealed, node=self._node)


def _sealed(asked: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(asked[name]) for name in ("public", "sealed")}
