"""The strict reading of the BioProBench tasks: one answer in its tags, or wrong."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.dojo.catalog.bioprobench.bioprobench_ord.scorer import right_order
from ftassist.dojo.catalog.bioprobench.tagged import first, last, only, tagged
from ftassist.dojo.scorers import Row, Scores, score_rows

QUESTION = {"question": "q", "choices": ["20 C", "37 C"], "answer": "37 C"}
STEPS = {"question": "q", "wrong_steps": ["c", "b", "a"], "correct_steps": ["a", "b", "c"]}
TWICE = {"question": "q", "wrong_steps": ["b", "a", "b"], "correct_steps": ["a", "b", "b"]}
RIGHT = {"context": {}, "is_correct": True}
FAULTY = {"context": {}, "is_correct": False}
PROTOCOL = {"system_prompt": "s", "instruction": "i", "input": "q", "output": ["1. Spin it."]}


def scored(task: str, *answers: tuple[dict[str, Any], str]) -> Scores:
    rows = [Row(str(n), doc, text, "all") for n, (doc, text) in enumerate(answers)]
    return score_rows(f"bioprobench_{task}", rows)


def test_tags_are_paired_from_left_to_right() -> None:
    text = f"x {tagged('a')} y {tagged('b')} [ANSWER_START] z"
    assert (first(text), last(text), only(text)) == ("a", "b", None)
    assert (first("[ANSWER_END]a[ANSWER_START]"), last(""), only(tagged(""))) == (None, None, "")


@pytest.mark.parametrize(
    "text",
    ["37 C 90%", "37 C & about 90", "37 C & 90 & 1", "the 37 C & 90%", "37 C & 101%"],
)
def test_a_choice_counts_strictly_only_in_the_form_that_is_asked_for(text: str) -> None:
    found = scored("pqa", (QUESTION, tagged(text)))
    assert (found.parsed, found.strict["accuracy"], found.strict["brier_score"]) == (0.0, 0.0, 1.0)


def test_answers_that_cannot_be_read_are_left_out_officially_and_wrong_strictly() -> None:
    found = scored("pqa", (QUESTION, tagged("37 C & 80%")), (QUESTION, "37 C"))
    assert (found.metrics["accuracy"], found.strict["accuracy"]) == (1.0, 0.5)
    assert found.metrics["brier_score"] == pytest.approx(0.04)
    assert found.strict["brier_score"] == pytest.approx(0.52)
    errors = scored("err", (FAULTY, tagged("False")), (FAULTY, "no idea"), (RIGHT, "True"))
    assert errors.metrics["recall"] == 1.0 and errors.strict["recall"] == 0.5
    steps = scored("ord", (STEPS, tagged("[2, 1, 0]")), (STEPS, "2, 1, 0"))
    assert (steps.metrics["kendall_tau"], steps.strict["kendall_tau"]) == (1.0, 0.0)
    written = scored("gen", (PROTOCOL, tagged("1. Spin it.")), (PROTOCOL, "1. Spin it."))
    assert (written.metrics["rougeL"], written.strict["rougeL"]) == (1.0, 0.5)


def test_equal_steps_stand_for_each_other_strictly_and_share_an_index_officially() -> None:
    assert right_order(TWICE) == [1, 2, 2]
    for answer in ("[1, 0, 2]", "[1, 2, 0]"):
        found = scored("ord", (TWICE, tagged(answer)))
        assert (found.strict["exact_match"], found.metrics["exact_match"]) == (1.0, 0.0)
    both = scored("ord", (TWICE, tagged("[1, 2, 2]")))
    assert (both.strict["exact_match"], both.metrics["exact_match"]) == (1.0, 1.0)


def test_a_record_of_another_schema_is_an_error_and_no_score() -> None:
    with pytest.raises(Exception, match="truth value"):
        scored("err", ({"context": {}, "is_correct": "False"}, tagged("False")))
