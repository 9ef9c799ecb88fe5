"""How a trial failed is one record, which the fold makes of what the journal says."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.journal import Event, Kind, State, fold
from ftassist.journal.state import BASE
from ftassist.records.failure import NO_FAILURE, TrialFailure


def told(*events: tuple[Kind, dict[str, Any]]) -> TrialFailure:
    """The failure of a trial after these events."""
    before = (Event(1, 1.0, "person:ada", Kind.CAMPAIGN_CREATED, None, {}),)
    made = (
        Event(seq, float(seq), "worker", kind, BASE, payload)
        for seq, (kind, payload) in enumerate(events, 2)
    )
    return fold(State(), (*before, *made)).trials[BASE].failure


@pytest.mark.parametrize(
    ("payload", "failure"),
    [
        ({"class": "OOM"}, TrialFailure("OOM")),
        (
            {"class": "ENV", "stage": None, "message": "gone", "traceback": "x", "later": 1},
            TrialFailure("ENV", None, "gone", "x"),
        ),
    ],
    ids=["fewer fields", "more fields"],
)
def test_a_journal_of_another_version_tells_what_it_knows(
    payload: dict[str, Any], failure: TrialFailure
) -> None:
    assert told((Kind.TRIAL_FAILED, payload)) == failure


def test_a_failure_is_over_when_the_trial_starts_again() -> None:
    failed = (Kind.TRIAL_FAILED, {"class": "ENV", "message": "gone"})
    assert told(failed)
    assert not told(failed, (Kind.TRIAL_STARTED, {}))


def test_what_is_empty_of_a_failure_is_not_in_its_document() -> None:
    assert TrialFailure("DATA", message="no row").to_dict() == {
        "class": "DATA",
        "stage": None,
        "message": "no row",
        "traceback": "",
    }
    assert NO_FAILURE.to_dict() == {}
