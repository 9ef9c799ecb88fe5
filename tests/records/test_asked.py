"""What is asked of the agent is one record, which the fold makes."""

from __future__ import annotations

from typing import Any

from ftassist.journal import Event, Kind, State, fold
from ftassist.records.asked import Asked


def told(*events: tuple[Kind, dict[str, Any]]) -> Asked:
    made = (
        Event(seq, float(seq), "person:ada", kind, None, payload)
        for seq, (kind, payload) in enumerate(((Kind.CAMPAIGN_CREATED, {}), *events), 1)
    )
    return fold(State(), made).asked


def test_a_wish_is_open_until_it_fails_and_the_reason_stays() -> None:
    wish: tuple[Kind, dict[str, Any]] = (Kind.PROPOSAL_ASKED, {"parent": "t0000", "count": 2})
    assert told(wish) == Asked(seq=2, parent="t0000", count=2)
    failed: tuple[Kind, dict[str, Any]] = (
        Kind.PROPOSAL_FAILED,
        {"message": "no idea", "kind": "ideas"},
    )
    assert told(wish, failed) == Asked(failed="no idea", failure="ideas")


def test_only_a_wish_that_is_open_can_be_cancelled() -> None:
    wish: tuple[Kind, dict[str, Any]] = (Kind.PROPOSAL_ASKED, {})
    assert told(wish, (Kind.PROPOSAL_CANCELLED, {})).cancelling
    assert not told((Kind.PROPOSAL_CANCELLED, {})).cancelling
    assert not told((Kind.PROPOSAL_CANCELLED, {}), wish).cancelling


def test_a_new_wish_forgets_what_the_last_one_named() -> None:
    first = (Kind.PROPOSAL_ASKED, {"beside": "t0004", "count": 3})
    assert told(first, (Kind.PROPOSAL_ASKED, {})) == Asked(seq=3)
