"""Rows to scores: errors that name the row, rows left out, thinking stripped, intervals."""

from __future__ import annotations

import pytest

from ftassist.dojo.scorers import Row, score_rows
from ftassist.errors import DataError, UnknownNameError

GOOD = {"sentence": "fine", "label": 1}


def test_a_task_without_a_scorer_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError, match="sst2"):
        score_rows("sst3", [])


def test_a_record_without_a_field_is_refused_with_its_place() -> None:
    with pytest.raises(DataError, match="lacks 'label'") as refusal:
        score_rows("sst2", [Row("1", {"sentence": "x"}, "positive", where="f.jsonl row 7")])
    assert refusal.value.where == "f.jsonl row 7"


def test_a_record_with_an_impossible_value_is_refused_with_its_place() -> None:
    with pytest.raises(DataError, match="neither 0 nor 1"):
        score_rows("sst2", [Row("1", {"sentence": "x", "label": 3}, "positive")])


def test_keep_going_scores_the_rest_and_says_what_was_left_out() -> None:
    bad = Row("2", {}, "positive", where="line 2")
    scores = score_rows("sst2", [Row("1", GOOD, "positive"), bad], keep_going=True)
    assert scores.n == 1
    assert len(scores.left_out) == 1
    assert scores.left_out[0].startswith("line 2: ")


def test_nothing_but_bad_rows_is_an_error() -> None:
    with pytest.raises(DataError, match="no row"):
        score_rows("sst2", [Row("2", {}, "positive")], keep_going=True)


def test_an_unknown_view_is_refused() -> None:
    with pytest.raises(DataError, match="no view 'dev'"):
        score_rows("sst2", [Row("1", GOOD, "positive", view="dev")])


def test_thinking_is_stripped_only_where_asked() -> None:
    rows = [Row("1", GOOD, "<think>negative?</think>positive")]
    assert score_rows("sst2", rows).metrics["accuracy"] == 0.0
    assert score_rows("sst2", rows, strip_thinking=True).metrics["accuracy"] == 1.0


def test_the_strict_reading_wants_one_answer_only() -> None:
    scores = score_rows("sst2", [Row("1", GOOD, "positive or negative")])
    assert scores.metrics["accuracy"] == 1.0
    assert scores.strict["accuracy"] == 0.0
    assert scores.parsed == 0.0


@pytest.mark.parametrize(
    ("answer", "interval"), [("none of them", (0.0, 0.0602)), ("card arrival", (0.9398, 1.0))]
)
def test_rows_that_all_agree_are_no_certainty(answer: str, interval: tuple[float, float]) -> None:
    rows = [
        Row(f"{n}", {"text": "x", "label": "card arrival"}, answer, view=view)
        for n, view in enumerate(["card", "cash"] * 30)
    ]
    scores = score_rows("banking77", rows)
    assert scores.intervals["accuracy"] == pytest.approx(interval, abs=1e-4)


def test_a_share_has_wilsons_interval() -> None:
    rows = [Row(f"{i}", GOOD, "positive" if i < 60 else "negative") for i in range(100)]
    scores = score_rows("sst2", rows)
    assert scores.intervals["accuracy"] == pytest.approx((0.502, 0.6906), abs=1e-4)
