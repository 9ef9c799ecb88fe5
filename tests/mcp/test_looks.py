"""Agents outside look as our own do: events under their name, a trail on their card."""

from __future__ import annotations

import pytest

from ftassist.agent.eyes import programs
from ftassist.campaign import Campaign
from ftassist.errors import DataError
from ftassist.isolation.support import probe
from ftassist.journal import Kind
from ftassist.mcp.door import Door, kinds_of_looks

from .test_door import submit

PROGRAM = "print(open('lessons_shop.jsonl').readline()[:12])"
GIVEN = {"program": PROGRAM, "sets": ["lessons_shop"]}
walled = pytest.mark.skipif(not probe().works, reason=f"no bubblewrap: {probe().found}")


def test_what_was_looked_at_is_an_event_and_stands_on_the_next_proposal(
    door: Door, campaign: Campaign
) -> None:
    found = door.look("read_rows", {"set": "lessons_shop", "count": 2}, "some-agent")
    assert len(found["shown"]["shown"]) == 2
    door.look("show_cells", {"trial": "t0000"}, "another-agent")
    first, second = submit(door)["task"], submit(door, hypothesis="once more")["task"]
    state = campaign.refresh()
    assert state.trials[first].proposal.looked == ("looked at 2 rows of lessons_shop",)
    assert not state.trials[second].proposal.looked
    looks = [e for e in campaign.journal.read() if e.kind == Kind.LOOKED]
    assert [e.actor for e in looks] == ["agent:mcp:some-agent", "agent:mcp:another-agent"]
    assert all(e.payload["purpose"] == "outside" for e in looks)


@walled
def test_a_program_is_run_for_an_agent_outside(door: Door, campaign: Campaign) -> None:
    found = door.look("run_program", GIVEN, "some-agent")
    assert found["shown"]["printed"] == '{"row": 1, "\n'
    (event,) = [e for e in campaign.journal.read() if e.kind == Kind.LOOKED]
    assert event.payload["arguments"]["program"] == PROGRAM


@walled
def test_a_program_that_fails_is_shown_with_its_error(door: Door) -> None:
    found = door.look("run_program", {"program": "1 / 0", "sets": []})
    assert "ZeroDivisionError" in found["shown"]["errors"]


def test_without_walls_it_is_refused_in_words(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    class Open:
        works, found, fix = False, "no bubblewrap", "install it"

    monkeypatch.setattr(programs, "probe", Open)
    with pytest.raises(DataError, match="nothing isolates programs here"):
        door.look("run_program", GIVEN)


@pytest.mark.parametrize(
    ("kind", "arguments", "told"),
    [
        ("read_row", {"set": "lessons_shop"}, "read_rows"),
        ("read_rows", {"set": "../evaluation"}, "no data set"),
        ("read_rows", {"set": "lessons_shop", "count": 10_000}, "count"),
        ("wrong_answers", {"trial": "t0099"}, "t0099"),
        ("show_log", {"trial": "t0000", "pattern": "(" * 50}, "regular expression"),
    ],
)
def test_a_look_that_is_asked_wrongly_says_what_is_wrong(
    door: Door, kind: str, arguments: dict[str, object], told: str
) -> None:
    with pytest.raises(DataError) as caught:
        door.look(kind, arguments)
    assert told in str(caught.value)


def test_all_kinds_are_told_with_their_arguments() -> None:
    told = kinds_of_looks()
    assert "- read_rows(set, pattern?, field?, start?, count?): Rows of a raw set" in told
    assert "- run_program(program, sets): " in told
