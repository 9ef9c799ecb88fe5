from __future__ import annotations

import json

import pytest

from ftassist.errors import DataError
from ftassist.records.insight import Insight

WORKED = Insight("i0001", "Worked steps beat bare answers.", ("t0003", "t0005"), pinned=True)


def test_an_insight_survives_json() -> None:
    assert Insight.of(json.loads(json.dumps(WORKED.to_dict()))) == WORKED


def test_an_insight_is_active_until_retracted() -> None:
    assert Insight("i0002", "More rows help.", ("t0002",)).status == "active"


def test_an_insight_must_cite_a_trial() -> None:
    with pytest.raises(DataError, match="cites no trial"):
        Insight("i0001", "Longer training helps.", ()).checked()


def test_an_insight_must_say_something() -> None:
    with pytest.raises(DataError, match="without a sentence"):
        Insight("i0001", "  ", ("t0001",)).checked()


def test_an_unknown_status_is_refused() -> None:
    with pytest.raises(DataError, match="cannot be 'maybe'"):
        Insight.of({**WORKED.to_dict(), "status": "maybe"}).checked()


def test_an_insight_of_a_newer_journal_tells_what_is_known_here() -> None:
    assert Insight.of({**WORKED.to_dict(), "later": 1}) == WORKED
