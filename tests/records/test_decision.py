"""What was decided is one record, which the fold makes of what the journal says."""

from __future__ import annotations

from typing import Any

from ftassist.journal import Event, Kind, State, fold
from ftassist.journal.state import BASE, Trial
from ftassist.records.decision import NO_DECISION, Decision


def told(*events: tuple[Kind, dict[str, Any]]) -> Trial:
    """A trial after decisions of a person's."""
    before = (Event(1, 1.0, "person:ada", Kind.CAMPAIGN_CREATED, None, {}),)
    made = (
        Event(seq, float(seq), "person:ada", kind, BASE, payload)
        for seq, (kind, payload) in enumerate(events, 2)
    )
    return fold(State(), (*before, *made)).trials[BASE]


def test_a_decision_without_a_reason_and_with_more_than_is_known_here_is_told() -> None:
    trial = told((Kind.DECISION_ACCEPTED, {"reason": None, "later": 1}))
    assert trial.decision == Decision("accept", "person:ada", 2.0)
    assert trial.decision.of_person


def test_an_edit_is_told_but_decides_nothing() -> None:
    edit = {"stage": "train", "source": "x = 1", "prediction": {"low": 0.0, "high": 0.1}}
    trial = told((Kind.DECISION_EDITED, edit))
    assert trial.decision == NO_DECISION
    assert [(made.kind, made.stages) for made in trial.decisions] == [("edit", ("train",))]
    assert trial.decisions[0].prediction == {"low": 0.0, "high": 0.1}


def test_what_is_empty_of_a_decision_is_not_in_its_document() -> None:
    made = Decision("accept", "person:ada", 2.0)
    document = {"kind": "accept", "actor": "person:ada", "time": 2.0, "reason": ""}
    assert made.to_dict() == document
