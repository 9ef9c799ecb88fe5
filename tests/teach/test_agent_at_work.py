from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ftassist import teach
from ftassist.agent.backends.link import Link
from ftassist.agent.backends.replay import Replay
from ftassist.errors import UnknownNameError
from ftassist.journal import Journal
from ftassist.teach.recordings import events

NAME = "agent_at_work"


def test_a_recording_becomes_a_campaign_that_is_played_again(tmp_path: Path) -> None:
    folder = teach.recording(NAME, tmp_path)
    laid_out = Journal(folder / "journal.db").read()
    assert [event.kind for event in laid_out] == [event["kind"] for event in events(NAME)]
    assert teach.recording(NAME, tmp_path) == folder
    assert len(Journal(folder / "journal.db").read()) == len(laid_out)
    Replay(Link(settings={"recording": str(folder)}))


def test_a_recording_that_is_not_there_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=NAME):
        events("agent_at_wok")


def test_the_recording_holds_looks_a_refused_answer_and_a_veto_and_names_no_model() -> None:
    recorded = events(NAME)
    kinds = {event["kind"] for event in recorded}
    assert {"agent.looked", "answer.refused", "decision.vetoed", "trial.scored"} <= kinds
    models = {e["payload"]["model"] for e in recorded if e["kind"] == "call.made"}
    assert models == {"stand-in"}
    assert {e["actor"] for e in recorded if e["actor"].startswith("person")} == {"person:reader"}


def test_the_cost_of_all_calls_passes_and_their_number_does_not() -> None:
    calls = [e["payload"] for e in events(NAME) if e["kind"] == "call.made"]
    assert teach.check("08.1", sum(call["cost"] for call in calls))
    assert "what did they cost" in str(teach.check("08.1", len(calls)))
    assert "all calls" in str(teach.check("08.1", calls[0]["cost"]))


def test_better_knows_the_direction_and_the_beginning() -> None:
    def right(score: float, best: float | None, higher: bool) -> bool:
        return best is None or (score > best if higher else score < best)

    assert teach.check("08.2", right)
    assert "lower is better" in str(teach.check("08.2", lambda s, b, h: b is None or s > b))
    assert "raised" in str(teach.check("08.2", lambda s, b, h: s > b))
    assert "True or False" in str(teach.check("08.2", lambda s, b, h: "yes"))


def test_good_sets_pass_and_bad_ones_are_told_by_what_is_wrong_with_them() -> None:
    def good(sets: list[dict[str, Any]]) -> list[str]:
        return [
            each["name"]
            for each in sets
            if each["worked_share"] >= 0.9
            and not each["conflicting_prompts"]
            and not each["leaking"]
        ]

    assert teach.check("08.3", good)
    assert "evaluation items" in str(teach.check("08.3", lambda sets: ["exam_archive"]))
    assert "worked out" in str(teach.check("08.3", lambda sets: ["answer_key"]))
    assert "no set" in str(teach.check("08.3", lambda sets: ["gold"]))
    assert "nothing against it" in str(teach.check("08.3", lambda sets: ["lessons_shop"]))
