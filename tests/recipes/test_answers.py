from hypothesis import given
from hypothesis import strategies as st

from ftassist.recipes.answers import final_answer, normalise


def test_the_last_box_is_the_answer() -> None:
    assert final_answer(r"first \boxed{1}, then \boxed{\frac{1}{2}}") == r"\frac{1}{2}"


def test_the_answer_field_of_a_json_object_is_the_answer() -> None:
    assert final_answer('So: {"answer": 3, "why": "rings"}') == "3"


def test_what_follows_the_last_answer_mark_is_the_answer() -> None:
    assert final_answer("Answer: 4\nNo, wait.\nFinal answer: 5.") == "5"


def test_without_a_mark_the_last_line_is_the_answer() -> None:
    assert final_answer("two rings\n\n 2 \n") == "2"


def test_yes_and_no_are_the_same_in_any_case() -> None:
    assert final_answer("Yes.") == final_answer("yes")


def test_case_counts_in_other_answers() -> None:
    assert final_answer("c1ccccc1") != final_answer("C1CCCCC1")


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text())
def test_any_text_has_a_final_answer(text: str) -> None:
    assert isinstance(final_answer(text), str)


def test_thinking_is_no_part_of_the_final_answer() -> None:
    assert final_answer("<think>Answer: 8</think>\nAnswer: 7") == "7"
    assert final_answer("Answer: 8</think>\nSeven.") == "Seven"
