"""A task with fewer items is the same task, and says so."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ftassist.dojo.sampled_task import sampled_task
from ftassist.dojo.task_loader import load_task
from ftassist.errors import DataError


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTASSIST_CACHE", str(tmp_path))


def test_a_sample_has_the_views_in_proportion_and_is_the_same_each_time() -> None:
    whole = load_task("mini_math")
    few = sampled_task(whole, {"validation": 60, "test": 30})
    assert (len(few.items("validation")), len(few.items("test"))) == (60, 30)
    all_views = Counter(item["view"] for item in whole.items("validation"))
    views = Counter(item["view"] for item in few.items("validation"))
    for view, count in all_views.items():
        share = 60 * count / len(whole.items("validation"))
        assert abs(views[view] - share) < 1
    assert sampled_task(whole, {"validation": 60, "test": 30}).folder == few.folder
    known = {item["id"] for item in whole.items("validation")}
    assert {item["id"] for item in few.items("validation")} <= known


def test_the_card_says_how_many_items_are_left() -> None:
    whole = load_task("mini_math")
    few = sampled_task(whole, {"test": 40})
    assert few.card.limits.startswith(f"Scored on 40 of {len(whole.items('test')):,} test items")
    assert len(few.items("validation")) == len(whole.items("validation"))
    assert load_task(str(few.folder)).card == few.card


def test_more_items_than_there_are_is_the_task_itself() -> None:
    whole = load_task("mini_math")
    assert sampled_task(whole, {"test": 10**6}) is whole


def test_too_few_items_are_refused() -> None:
    with pytest.raises(DataError, match="5 test items are too few"):
        sampled_task(load_task("mini_math"), {"test": 5})
