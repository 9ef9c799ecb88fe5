from __future__ import annotations

import json

import pytest

from ftassist.errors import DataError
from ftassist.search.insight import Insight

WORKED = Insight("i0001", "Worked steps beat bare answers.", ("t0003", "t0005"), pinned=True)


def test_an_insight_survives_json() -> None:
    assert Insight.from_dict(json.loads(json.dumps(WORKED.to_dict()))) == WORKED


def test_an_insight_is_active_until_retracted() -> None:
    assert Insight("i0002", "More rows help.", ("t0002",)).status == "active"


def test_an_insight_must_cite_a_trial() -> None:
    with pytest.raises(DataError, match="cites no trial"):
        Insight("i0001", "Longer training helps.", ())


def test_an_insight_must_say_something() -> None:
    with pytest.raises(DataError, match="without a sentence"):
        Insight("i0001", "  ", ("t0001",))


@pytest.mark.parametrize("broken", [{}, {"id": "i1", "text": "x", "trials": ["t1"], "by": "me"}])
def test_a_record_that_is_no_insight_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(DataError, match="not an insight"):
        Insight.from_dict(broken)


def test_an_unknown_status_is_refused() -> None:
    with pytest.raises(DataError, match="cannot be 'maybe'"):
        Insight.from_dict({**WORKED.to_dict(), "status": "maybe"})
