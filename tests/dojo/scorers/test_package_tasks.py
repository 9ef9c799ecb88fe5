"""The rules of the real tasks that ship: intents of Banking77 and CLINC150, numbers of GSM8K."""

from __future__ import annotations

import pytest

from ftassist.dojo.scorers import Row, score_rows, scorer_for

QUESTION = {"text": "where is my card", "label": "card arrival"}
PROBLEM = {"question": "How many seats?", "answer": "25 * 85 = 2125\n#### 2,125"}


@pytest.mark.parametrize(
    ("answer", "official", "strict"),
    [
        ("card arrival", 1, 1),
        ("card arrival\n", 1, 1),
        ("Card arrival.", 1, 0),
        ("card_arrival", 1, 0),
        ('"card arrival"', 1, 0),
        ("card arrival or card linking", 0, 0),
        ("the intent is card arrival", 0, 0),
        ("card linking", 0, 0),
        ("", 0, 0),
    ],
)
def test_an_intent_is_right_by_its_name_alone(answer: str, official: int, strict: int) -> None:
    judged = scorer_for("banking77").judge(QUESTION, answer, "card")
    assert (judged.official["correct"], judged.strict["correct"]) == (official, strict)


def test_an_answer_that_is_no_intent_is_not_parsed() -> None:
    scorer = scorer_for("banking77")
    assert scorer.judge(QUESTION, "card linking", "card").parsed
    assert not scorer.judge(QUESTION, "cards in general", "card").parsed


def test_a_record_with_another_data_sets_intent_is_no_record_of_the_task() -> None:
    with pytest.raises(ValueError, match="'report fraud' is no intent of banking77"):
        scorer_for("banking77").judge({"text": "", "label": "report fraud"}, "", "card")


def test_requests_in_scope_and_out_of_scope_are_told_apart() -> None:
    inside = {"text": "wake me at six", "label": "alarm"}
    outside = {"text": "who won the cup", "label": "out of scope"}
    rows = [
        Row("1", inside, "alarm", "utility"),
        Row("2", inside, "timer", "utility"),
        Row("3", outside, "alarm", "out_of_scope"),
        Row("4", outside, "out of scope", "out_of_scope"),
        Row("5", outside, "out of scope", "out_of_scope"),
    ]
    metrics = score_rows("clinc150", rows).metrics
    assert metrics["accuracy"] == pytest.approx(3 / 5)
    assert metrics["in_scope_accuracy"] == pytest.approx(1 / 2)
    assert metrics["out_of_scope_recall"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("answer", "official", "strict"),
    [
        ("25 * 85 = 2125\n#### 2125", 1, 1),
        ("#### 2,125", 1, 1),
        ("#### 2125.00", 1, 1),
        ("It is $2,125", 1, 0),
        ("#### 2125\nThat is 3 more than before", 0, 1),
        ("#### 2126", 0, 0),
        ("#### -2125", 0, 0),
        ("", 0, 0),
    ],
)
def test_the_last_number_counts_and_strictly_the_one_after_the_mark(
    answer: str, official: int, strict: int
) -> None:
    judged = scorer_for("gsm8k").judge(PROBLEM, answer, "short")
    assert (judged.official["correct"], judged.strict["correct"]) == (official, strict)
