"""A trial's page shows its training rows, and trusts no data card further than a text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ftassist.campaign import Campaign
from ftassist.documents import trial_page
from ftassist.documents.rows import LONGEST_TEXT, MOST_PLACES, rows_part
from ftassist.documents.snapshot import take
from ftassist.journal.state import Trial
from ftassist.records.stage import StageRun


def test_a_page_has_the_lengths_of_the_trial_and_of_its_parent(demo: Campaign) -> None:
    snapshot = take(demo)
    pages = {name: trial_page(snapshot, snapshot.trial(name)) for name in ("t0002", "t0004")}
    child = pages["t0004"]
    assert child["parent"] == "t0002"
    assert child["parent_lengths"] == pages["t0002"]["rows"]["lengths"]
    longer = child["rows"]["lengths"]["answer"]["median"]
    assert longer > child["parent_lengths"]["answer"]["median"]
    assert len(child["rows"]["samples"]) == 5


def test_rows_that_were_refused_and_rows_the_cell_dropped_are_kept_apart(demo: Campaign) -> None:
    snapshot = take(demo)
    leaking = rows_part(snapshot.trial("t0007"))
    assert (leaking["leaking"], leaking["dropped"]) == (412, [])
    (place,) = leaking["refused"]
    assert (place["row"], place["id"]) == (3, "exam/3")
    assert place["text"][place["start"] : place["end"]].startswith("Ada buys 17 apples")
    clean = rows_part(snapshot.trial("t0004"))
    assert [place["id"] for place in clean["dropped"]] == ["lessons_shop/7", "exam/12"]
    assert (clean["leaking"], clean["refused"]) == (0, [])


def test_a_trial_without_data_has_empty_parts(demo: Campaign) -> None:
    snapshot = take(demo)
    nothing = {"lengths": {}, "samples": [], "refused": [], "dropped": [], "leaking": 0}
    assert rows_part(None) == rows_part(snapshot.trial("t0000")) == nothing


@pytest.mark.parametrize(
    "card",
    [
        "no card",
        {"steps": "none"},
        {"steps": [7, {"places": "none"}, {"places": [7]}]},
    ],
)
def test_a_data_card_that_is_none_drops_nothing(card: Any) -> None:
    trial = replace(Trial(id="t0001"), stages={"curate": StageRun("curate", summary=card)})
    assert rows_part(trial)["dropped"] == []


def test_a_data_card_that_lies_is_cut_to_size() -> None:
    place = {
        "id": "i" * 9000,
        "kind": 7,
        "text": "x" * 9000,
        "start": -5,
        "end": 10**9,
        "row": "2",
    }
    card = {"steps": [{"places": [place] * 500}, {"places": [{"start": "one"}]}]}
    found = rows_part(
        replace(Trial(id="t0001"), stages={"curate": StageRun("curate", summary=card)})
    )["dropped"]
    assert len(found) == MOST_PLACES
    assert found[0] == {
        "row": None,
        "id": "i" * 200,
        "kind": "7",
        "text": "x" * LONGEST_TEXT,
        "start": 0,
        "end": LONGEST_TEXT,
    }
