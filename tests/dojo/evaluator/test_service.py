from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ftassist.dojo.evaluator.enrolment import Enrolment
from ftassist.dojo.evaluator.protocol import RefusedError
from ftassist.dojo.evaluator.registry import Registration, Registry
from ftassist.dojo.evaluator.service import Record, Service, journal_recorder
from ftassist.journal.store import Journal

Events = list[dict[str, Any]]


@pytest.fixture
def events() -> Events:
    return []


@pytest.fixture
def service(events: Events) -> Service:
    return Service(lambda **event: events.append(event))


@pytest.fixture
def registration(tmp_path: Path, task_folder: Path, base_folder: Path) -> Registration:
    return Registry().add(
        Enrolment(
            trial="t0000",
            folder=str(tmp_path / "t0000"),
            scores=str(tmp_path / "scores"),
            task=str(task_folder),
            base=str(base_folder),
        )
    )


def test_a_validation_score_is_recorded_by_the_evaluator(
    service: Service, registration: Registration, events: Events
) -> None:
    feedback = service.evaluate(registration, "validation", None)
    (event,) = events
    assert (event["actor"], event["kind"], event["trial"]) == (
        "evaluator", "trial.scored", "t0000",
    )  # fmt: skip
    assert event["payload"] == {"feedback": feedback.to_dict()}
    assert registration.scores_file("validation").is_file()


def test_a_test_score_is_told_and_left_to_the_campaign_to_record(
    service: Service, registration: Registration, events: Events
) -> None:
    assert service.evaluate(registration, "test", None).split == "test"
    assert events == []


def test_a_restarted_evaluator_knows_what_was_scored(
    service: Service, registration: Registration, events: Events
) -> None:
    feedback = service.evaluate(registration, "validation", None)
    again = Registry().add(
        Enrolment(
            trial="t0000",
            folder=str(registration.folder),
            scores=str(registration.scores),
            task=registration.task,
            base=registration.base,
        )
    )
    assert again.scored == {feedback.model_digest: feedback}
    assert service.evaluate(again, "validation", None) == feedback
    assert [event["payload"] for event in events] == 2 * [{"feedback": feedback.to_dict()}]


def scored(record: Any, trial: str, score: float) -> None:
    payload = {"feedback": {"score": score}}
    record(actor="evaluator", kind="trial.scored", trial=trial, payload=payload)


def test_a_score_that_is_recorded_twice_stands_in_the_journal_once(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = Journal(path, create=True)
    # Two evaluators, of a runner that was thought lost and of the one that took over.
    for record in (journal_recorder(path), journal_recorder(path)):
        scored(record, "t0001", 0.5)
    assert [event.payload["feedback"]["score"] for event in journal.read()] == [0.5]


def test_another_score_of_a_trial_that_has_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = Journal(path, create=True)
    record = journal_recorder(path)
    scored(record, "t0001", 0.5)
    scored(record, "t0002", 0.7)
    with pytest.raises(RefusedError, match="t0001 has another score"):
        scored(record, "t0001", 0.6)
    assert [event.payload["feedback"]["score"] for event in journal.read()] == [0.5, 0.7]


def test_a_trial_has_one_score_at_each_rung_beside_that_of_its_whole_run(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = Journal(path, create=True)
    record = journal_recorder(path)
    for rung, score in ((0.25, 0.3), (0.5, 0.4), (0.25, 0.3)):
        at_rung(record, rung, score)
    scored(record, "t0001", 0.5)
    with pytest.raises(RefusedError, match="t0001 has another score"):
        at_rung(record, 0.25, 0.9)
    kinds = [(event.kind, event.payload.get("rung")) for event in journal.read()]
    assert kinds == [("rung.scored", 0.25), ("rung.scored", 0.5), ("trial.scored", None)]


def at_rung(record: Record, rung: float, score: float) -> None:
    payload = {"rung": rung, "feedback": {"score": score}}
    record(actor="evaluator", kind="rung.scored", trial="t0001", payload=payload)


def test_leaks_are_found_in_both_splits(service: Service, task_folder: Path) -> None:
    rows = ["What is 100 plus 3?", "What is 7100 plus 1003?", "What is 5 plus 5?"]
    assert [leak.row for leak in service.leaks(str(task_folder), rows)] == [0, 1]


def test_cheating_is_recorded_and_mistakes_are_not(service: Service, events: Events) -> None:
    service.refused("t0001", RefusedError("a link that leads out", kind="INVALID"))
    service.refused("t0001", RefusedError("no such folder", kind="CONFIG"))
    (event,) = events
    assert (event["kind"], event["trial"]) == ("evaluation.refused", "t0001")
    assert event["payload"] == {"class": "INVALID", "what": "a link that leads out", "where": ""}
