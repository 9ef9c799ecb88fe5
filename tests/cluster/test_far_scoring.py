"""Who scores a trial's model where the one on its node refuses, or cannot."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ftassist.cluster.far_scoring import FarScoring
from ftassist.cluster.line import LostError
from ftassist.dojo.evaluator.protocol import Kind, RefusedError, error_answer

FEEDBACK = {"ok": True, "feedback": {"score": 0.5}}


class Evaluator:
    """The head's; notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def far(self, verb: str, trial: str, **request: Any) -> dict[str, Any]:
        self.asked.append(verb)
        if verb == "questions":
            return {"ok": True, "sealed": "questions", "public": "head"}
        if verb == "refused":
            return {"ok": True, "answer": {"ok": False, "error": request["error"]}}
        return FEEDBACK


def scoring(evaluator: Evaluator | None, answered: dict[str, Any]) -> FarScoring:
    def call(method: str, *_: Any, seconds: float = 0.0) -> Any:
        return {"public": "node"} if method == "answering" else answered

    node = {"host": "h", "id": "n", "devices": ["0"]}
    return FarScoring("t0001", "tiny", lambda: evaluator, call, node)


def refusal(kind: Kind) -> dict[str, Any]:
    return error_answer(RefusedError("no", kind=kind))


def test_what_a_model_answered_on_its_node_is_scored_on_the_head() -> None:
    evaluator = Evaluator()
    answer = scoring(evaluator, {"ok": True, "sealed": "answers"}).answer("model")
    assert json.loads(answer) == FEEDBACK
    assert evaluator.asked == ["questions", "answers"]


def test_a_model_that_is_refused_on_its_node_is_refused() -> None:
    evaluator = Evaluator()
    answer = json.loads(scoring(evaluator, refusal("INVALID")).answer("model"))
    assert answer["error"]["kind"] == "INVALID"
    assert evaluator.asked == ["questions", "refused"], "and it is recorded"


@pytest.mark.parametrize("kind", ["ENV", "KILLED"])
def test_where_the_nodes_evaluator_cannot_the_heads_does_it_all(kind: Kind) -> None:
    assert scoring(Evaluator(), refusal(kind)).answer("model") == ""
    assert scoring(None, {}).answer("model") == ""


def test_a_node_that_is_lost_meanwhile_is_no_reason_to_score_on_the_head() -> None:
    def lost(*_: Any, **__: Any) -> Any:
        raise LostError("gone")

    with pytest.raises(LostError):
        FarScoring("t0001", "tiny", Evaluator, lost, {}).answer("model")
