from __future__ import annotations

from pathlib import Path
from typing import Any

from ftassist.campaign.queries import answers
from ftassist.documents.wrong import LONGEST, Answered, wrong_part
from ftassist.files import write_json
from ftassist.journal.state import Trial
from ftassist.records.feedback import TrialFeedback, WrongItem

SHOWN = {"id": "i1", "view": "shop", "prompt": "2 + 2?", "gold": "4", "output": "5"}
TRIAL = Trial(id="t0002", feedback=TrialFeedback(wrong=(WrongItem(**SHOWN),)))


def of(own: dict[str, Any], parent: dict[str, Any] | None = None) -> dict[str, Any]:
    (item,) = wrong_part(TRIAL, Answered({"i1": own}, {"i1": parent} if parent else {}))
    return item


def test_a_wrong_answer_has_its_kind() -> None:
    assert of({"parsed": True, "truncated": False})["kind"] == "wrong"
    assert of({"parsed": False, "truncated": False})["kind"] == "unreadable"
    assert of({"parsed": False, "truncated": True})["kind"] == "cut off"


def test_the_parents_answer_stands_beside_it() -> None:
    item = of({}, {"output": "4", "score": 1.0})
    assert item["parent"] == {"output": "4", "right": True}
    assert of({}, {"output": "x" * 5000, "score": 0.0})["parent"] == {
        "output": "x" * LONGEST,
        "right": False,
    }


def test_a_parent_that_was_not_asked_has_no_answer() -> None:
    assert of({})["parent"] is None
    assert of({}, {"score": 1.0})["parent"] is None


def test_only_the_items_that_are_named_are_read(tmp_path: Path) -> None:
    items = [{"id": f"i{n}", "score": 0.0, "output": str(n)} for n in range(4)]
    write_json(tmp_path / "scores/t0001.validation.json", {"items": items})
    assert answers(tmp_path, "t0001", {"i1", "i9"}) == {"i1": items[1]}
    assert answers(tmp_path, "t0001", set()) == {}
    assert answers(tmp_path, "t0007", {"i1"}) == {}
