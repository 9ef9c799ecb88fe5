"""What a run reported is one record, which the fold makes of what the journal says."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.journal import Event, Kind, State, fold
from ftassist.journal.state import BASE
from ftassist.records.outcome import TrialOutcome


def told(payload: dict[str, Any]) -> TrialOutcome:
    """The outcome of a trial after a run that said so."""
    events = (
        Event(1, 1.0, "person:ada", Kind.CAMPAIGN_CREATED, None, {}),
        Event(2, 2.0, "worker", Kind.TRIAL_COMPLETED, BASE, payload),
    )
    return fold(State(), events).trials[BASE].outcome


@pytest.mark.parametrize(
    ("payload", "outcome"),
    [
        ({}, TrialOutcome()),
        ({"seconds": {"train": 2.0}, "later": 1}, TrialOutcome(seconds={"train": 2.0})),
    ],
    ids=["fewer fields", "more fields"],
)
def test_a_journal_of_another_version_tells_what_it_knows(
    payload: dict[str, Any], outcome: TrialOutcome
) -> None:
    assert told(payload) == outcome


def test_what_was_not_reported_is_not_in_its_document() -> None:
    assert told({}).to_dict() == {}
    known = {"rows": 0, "cuda_peak_mb": 0.0}
    assert told({**known, "data": {}}).to_dict() == known
