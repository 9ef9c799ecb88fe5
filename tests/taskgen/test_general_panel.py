"""The general panel is what its generator makes, and its rules tell right from wrong."""

from __future__ import annotations

import importlib.util
from collections import Counter
from typing import Any

import pytest

from ftassist.dojo.task import PANEL, task_folders
from ftassist.dojo.task_loader import load_task
from taskgen import general_panel

spec = importlib.util.spec_from_file_location("panel_scoring", PANEL / "scoring.py")
assert spec and spec.loader
scoring = importlib.util.module_from_spec(spec)
spec.loader.exec_module(scoring)


def score(doc: dict[str, Any], text: str) -> float:
    return float(scoring.process_results(doc, [text])["score"])


def test_the_file_is_fresh() -> None:
    fresh = general_panel.TARGET.read_text(encoding="utf-8") == general_panel.text()
    assert fresh, "run python -m taskgen.general_panel"


def test_there_are_as_many_items_of_each_kind_and_no_two_alike() -> None:
    items = general_panel.items()
    card = load_task(str(PANEL)).card
    assert Counter(item["view"] for item in items) == dict.fromkeys(card.views, 24)
    assert len({item["prompt"] for item in items}) == len(items)
    assert PANEL not in task_folders().values(), "it is no task to be fine-tuned for"


def test_each_letter_is_right_equally_often() -> None:
    letters = Counter(i["answer"] for i in general_panel.items() if i["check"] == "choice")
    assert letters == dict.fromkeys("ABCD", 6)


@pytest.mark.parametrize(
    "doc",
    [i for i in general_panel.items() if i["check"] in ("exact", "number", "choice", "verbatim")],
    ids=lambda doc: doc["id"],
)
def test_the_right_answer_is_right_and_others_are_not(doc: dict[str, Any]) -> None:
    right = doc["accepted"][0]
    assert score(doc, right) == 1.0
    assert score(doc, f"  {right}\n") == 1.0
    assert score(doc, "banana") == 0.0
    assert score(doc, "") == 0.0
    assert scoring.process_results(doc, [""])["parsed"] == 0.0


@pytest.mark.parametrize(
    ("check", "more", "right", "wrong"),
    [
        ("words", {"answer": "3"}, "blue deep sea", "The sea is blue and deep."),
        ("lines", {"answer": "2"}, "red\n\nblue", "red, blue"),
        ("upper", {}, "IT RAINS.", "It rains."),
        ("lower", {}, "it rains.", "It rains."),
        ("starts", {"answer": "Once"}, "Once there was a king.", "A king once lived."),
        ("ends", {"answer": "done."}, "The letter is done.", "The letter is done now."),
        ("without", {"answer": "e"}, "A dog ran by.", "The dog ran."),
        ("without", {"answer": "e"}, "A dog ran by.", "no"),
        ("json_keys", {"accepted": ["a", "b"]}, '```json\n{"b": 1, "a": 2}\n```', '{"a": 1}'),
        ("json_keys", {"accepted": ["a", "b"]}, '{"a": 1, "b": 2}', "a: 1, b: 2"),
        ("admits", {}, "I don’t know.", "He was born in 1790."),
        ("admits", {}, "There is no such country.", "The capital is Zanta."),
        ("holds", {"accepted": ["cat sleeps"]}, "The cat sleeps.", "The cat sleepstalks."),
        ("number", {"answer": "7"}, "3 + 4 = 7", "7 is not 8"),
        ("number", {"answer": "1200"}, "1,200", "120"),
        ("choice", {"answer": "B"}, "B) Rome", "A or B"),
    ],
)
def test_rules(check: str, more: dict[str, Any], right: str, wrong: str) -> None:
    doc = {"check": check, **more}
    assert score(doc, right) == 1.0
    assert score(doc, wrong) == 0.0
