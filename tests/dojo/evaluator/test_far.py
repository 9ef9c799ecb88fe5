"""A model that answers on its node: the same scores, and nothing of the items in the clear."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ftassist.dojo.evaluator.answering import answered, code_digest
from ftassist.dojo.evaluator.enrolment import Enrolment
from ftassist.dojo.evaluator.far_requests import FarRequests
from ftassist.dojo.evaluator.protocol import RefusedError
from ftassist.dojo.evaluator.registry import Registration, Registry
from ftassist.dojo.evaluator.sealed import ANSWERS, QUESTIONS, Sealer
from ftassist.dojo.evaluator.service import Service, journal_recorder
from ftassist.dojo.evaluator.trial_requests import TrialRequests
from ftassist.journal.store import Journal

NODE = {"host": "far", "id": "n1"}


class Head:
    """The head's evaluator for one trial, whose model lies on both sides."""

    def __init__(self, folder: Path, task: Path, base: Path) -> None:
        self.events: list[dict[str, Any]] = []
        self.refused: list[tuple[str | None, str]] = []
        self.registry, self.base = Registry(), base
        self.service = Service(lambda **event: self.events.append(event))
        scores = str(folder / "scores")
        wish = Enrolment("t0001", str(folder / "t0001"), scores, task=str(task), base=str(base))
        self.registration: Registration = self.registry.add(wish)
        self.far = FarRequests(self.registry, self.service, lambda work: work(), self._refuse)
        self.node = Sealer()
        self.there = folder / "there"

    def _refuse(self, trial: str | None, error: Exception) -> dict[str, Any]:
        self.refused.append((trial, getattr(error, "kind", "")))
        return {"ok": False}

    def ask(self) -> dict[str, Any]:
        request = {"trial": "t0001", "model": "model", "public": self.node.public}
        return self.far.questions(request)

    def answered(self, asked: dict[str, Any]) -> str:
        """What the model on the node answers, sealed."""
        places = {"folder": str(self.there), "place": str(self.there.parent / "answering")}
        request = {**asked, **places, "base": str(self.base), "model": "model"}
        return str(answered(self.node, request)["sealed"])

    def score(self, sealed: str) -> dict[str, Any]:
        request = {"trial": "t0001", "model": "model", "sealed": sealed, "node": NODE}
        return dict(self.far.answers(request)["feedback"])


@pytest.fixture
def head(tmp_path: Path, task_folder: Path, base_folder: Path, save: Any) -> Head:
    found = Head(tmp_path, task_folder, base_folder)
    save.fine_tuned(base_folder, tmp_path / "t0001" / "model")
    shutil.copytree(tmp_path / "t0001" / "model", tmp_path / "there" / "model")
    return found


def test_a_model_that_answers_on_its_node_scores_what_it_scores_on_the_head(
    head: Head, tmp_path: Path
) -> None:
    far = head.score(head.answered(head.ask()))
    (event,) = head.events
    told = event["payload"]["answered"]
    assert {**told, "answers": ""} == {**NODE, "answers": ""}
    assert len(told["answers"]) == 32
    scores = head.registration.scores_file("validation")
    items = json.loads(scores.read_text())["items"]
    scores.unlink()
    fresh = Head(tmp_path, Path(head.registration.task), head.base)
    near = fresh.service.evaluate(fresh.registration, "validation", tmp_path / "t0001" / "model")
    assert json.loads(scores.read_text())["items"] == items
    same = {**near.for_agent().to_dict(), "seconds": far["seconds"]}
    assert {**same, "scores_digest": ""} == {**far, "scores_digest": ""}
    assert event["payload"]["feedback"]["model_digest"] == near.model_digest


def test_a_model_whose_score_is_asked_for_again_has_one_score_in_the_journal(
    head: Head, tmp_path: Path
) -> None:
    Journal(tmp_path / "journal.db", create=True).close()
    head.service._record = journal_recorder(tmp_path / "journal.db")
    head.score(head.answered(head.ask()))
    known = head.registry.of_token(head.registration.token)
    head.service.evaluate(known, "validation", head.registration.folder / "model")
    events = Journal(tmp_path / "journal.db").read()
    assert [event.payload["answered"]["host"] for event in events] == ["far"]


def test_what_travels_holds_no_item_and_opens_for_nobody_else(head: Head) -> None:
    asked = head.ask()
    assert "plus" not in json.dumps(asked)
    document = head.node.open(asked["public"], QUESTIONS, asked["sealed"])
    assert "plus" in str(document["questions"]["prompts"][0]), "the node's evaluator reads it"
    assert "Answer" not in str(document), "and no expected answer"
    with pytest.raises(RefusedError, match="cannot be opened"):
        Sealer().open(asked["public"], QUESTIONS, asked["sealed"])
    with pytest.raises(RefusedError, match="cannot be opened"):
        head.node.open(asked["public"], ANSWERS, asked["sealed"])


def test_a_trial_cannot_ask_for_the_questions_itself(head: Head) -> None:
    requests = TrialRequests(head.registry, head.service, lambda work: work())
    token = head.registration.token
    for verb in ("questions", "answers", "refused"):
        answer = requests.answer({"verb": verb, "token": token, "public": head.node.public})
        assert answer["error"]["kind"] == "INVALID"


def test_answers_of_another_model_than_the_one_that_came_home_are_not_scored(
    head: Head, base_folder: Path, save: Any
) -> None:
    shutil.rmtree(head.there / "model")
    save.fine_tuned(base_folder, head.there / "model", seed=5)
    sealed = head.answered(head.ask())
    with pytest.raises(RefusedError, match="another model answered"):
        head.score(sealed)
    assert head.events == []


def test_a_second_model_of_a_trial_is_refused_before_it_is_asked(
    head: Head, base_folder: Path, save: Any
) -> None:
    head.score(head.answered(head.ask()))
    assert head.ask() == {}, "what it scored is known"
    shutil.rmtree(head.registration.folder / "model")
    save.fine_tuned(base_folder, head.registration.folder / "model", seed=5)
    with pytest.raises(RefusedError, match="has had its 1 evaluation"):
        head.ask()
    assert head.refused == [("t0001", "BUDGET")]


def test_a_node_with_other_code_answers_nothing(
    head: Head, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = head.ask()
    monkeypatch.setattr("ftassist.dojo.evaluator.answering.code_digest", lambda: "other")
    with pytest.raises(RefusedError, match="code on the node is another"):
        head.answered(asked)
    monkeypatch.undo()
    assert code_digest() == code_digest()


def test_a_model_that_does_not_descend_from_the_base_is_refused_where_it_answers(
    head: Head, save: Any
) -> None:
    asked = head.ask()
    shutil.rmtree(head.there / "model")
    save.random(head.there / "model", seed=7)
    with pytest.raises(RefusedError) as refused:
        head.answered(asked)
    assert refused.value.kind == "INVALID"
