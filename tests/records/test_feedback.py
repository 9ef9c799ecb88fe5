"""What the evaluator told is one record, which the fold makes of what the journal says."""

from __future__ import annotations

import math
from typing import Any

import pytest

from ftassist.dojo.feedback import Feedback
from ftassist.journal import Event, Kind, State, fold
from ftassist.journal.state import BASE
from ftassist.records.feedback import NO_FEEDBACK, Measured, TrialFeedback, WrongItem

ITEM = {"id": "i1", "view": "shop", "prompt": "2 + 2?", "gold": "4", "output": "5"}
ALL = {"score": 0.5, "low": 0.4, "high": 0.6, "n": 90, "parse_rate": 1.0, "truncation_rate": 0.0}
SHOWN = {**ALL, "score": 0.9, "n": 30, "views": {"shop": {**dict.fromkeys(("low", "high"), 0.9),
         "score": 0.9, "n": 30}}}  # fmt: skip
WHOLE = {
    **ALL,
    "views": {"shop": {"score": 0.5, "low": 0.4, "high": 0.6, "n": 90}},
    "wrong": [ITEM],
    "seconds": 2.0,
    "generated_tokens": 300,
    "task": "toy",
    "split": "validation",
    "metric": {"name": "accuracy", "higher_is_better": True, "binary": True, "unit": "",
               "fraction": False},
    "model_digest": "m",
    "evaluator_digest": "e",
    "scores_digest": "s",
    "metrics": {"a.mae": {"score": 2.0, "low": 1.0, "high": 3.0, "n": 90}},
    "strict": {"a.mae": 2.5},
    "shown": SHOWN,
    "diagnosis": {
        "reading": [["shop", "all", 30, 0.9, 0, 0]],
        "confusion": {"shop": {"given": {"yes": {"no": 3}}, "commonest": 0.5}},
    },
}  # fmt: skip


def told(feedback: dict[str, Any]) -> TrialFeedback:
    """What a trial holds after the evaluator told so."""
    events = (
        Event(1, 1.0, "person:ada", Kind.CAMPAIGN_CREATED, None, {}),
        Event(2, 2.0, "evaluator", Kind.TRIAL_SCORED, BASE, {"feedback": feedback}),
    )
    return fold(State(), events).trials[BASE].feedback


def test_all_that_was_told_is_in_its_document_again() -> None:
    assert told(WHOLE).to_dict() == WHOLE
    assert Feedback.of(WHOLE).to_dict() == WHOLE


def test_what_is_nested_is_typed() -> None:
    found = told(WHOLE)
    assert found.views == {"shop": Measured(0.5, 0.4, 0.6, 90)}
    assert found.wrong == (WrongItem(**ITEM),)
    assert found.diagnosis.confusion["shop"].given["yes"] == {"no": 3}
    assert found.items == 120


@pytest.mark.parametrize("feedback", [ALL, {**ALL, "later": {"x": 1}}], ids=["fewer", "more"])
def test_a_journal_of_another_version_tells_what_it_knows(feedback: dict[str, Any]) -> None:
    found = told(feedback)
    assert found.headline == Measured(0.5, 0.4, 0.6, 90)
    assert not found.diagnosis
    assert found.told is found


def test_an_agent_gets_views_of_the_items_that_may_be_shown_and_the_score_of_the_others() -> None:
    found = told(WHOLE).for_agent()
    assert (found.score, found.view_scores) == (0.5, {"shop": 0.9})
    assert (found.metrics, found.strict) == ({}, {})


def test_before_it_told_there_is_nothing() -> None:
    assert not NO_FEEDBACK
    assert NO_FEEDBACK.to_dict() == {}
    assert math.isnan(NO_FEEDBACK.score)
