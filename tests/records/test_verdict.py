"""A verdict is one record, which the fold makes of what the journal says."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.journal import Event, Kind, State, fold
from ftassist.journal.state import BASE, Trial
from ftassist.records.verdict import NO_VERDICT, TrialVerdict
from ftassist.search.verdict import Verdict


def told(payload: dict[str, Any]) -> Trial:
    """A trial after it was judged so."""
    events = (
        Event(1, 1.0, "person:ada", Kind.CAMPAIGN_CREATED, None, {}),
        Event(2, 2.0, "runner", Kind.TRIAL_JUDGED, BASE, payload),
    )
    return fold(State(), events).trials[BASE]


def test_a_journal_of_another_version_tells_what_it_knows() -> None:
    trial = told({"parent": {"kind": "tied", "difference": 0.0, "later": 1}})
    assert trial.verdict == TrialVerdict("tied", difference=0.0)
    assert trial.verdict.to_dict() == {"kind": "tied", "difference": 0.0}
    assert (trial.against_best, trial.against_baseline) == (NO_VERDICT, NO_VERDICT)


def test_notebooks_of_earlier_versions_ask_as_of_a_document() -> None:
    trial = told({"parent": {"kind": "tied"}})
    assert trial.verdict["kind"] == "tied"
    with pytest.raises(KeyError):
        trial.verdict["p"]


def test_what_nobody_compared_is_no_verdict() -> None:
    assert not told({"parent": None}).verdict
    assert NO_VERDICT.to_dict() == {}


def test_a_computed_verdict_comes_back_from_the_journal_with_all_of_it() -> None:
    computed = Verdict("better", "t0000", 0.1, 0.0, 0.2, 0.01, 0.03, 9, 300, "test")
    assert told({"parent": computed.to_dict()}).verdict.to_dict() == computed.to_dict()
