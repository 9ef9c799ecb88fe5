"""Profiles of raw sets: counts that a person or the agent can trust."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.dojo.profile import Profile, entropy, final_answer, fold, percentiles, profile_rows
from ftassist.dojo.set_card import SetCard

CARD = SetCard("s", "t", "d", {"prompt": "q", "response": "a"}, 0, "CC0-1.0", "here", "a note")


def profile(*turns: tuple[str, str]) -> Profile:
    return profile_rows(CARD, [{"q": q, "a": a} for q, a in turns])


class Characters:
    """A tokenizer with one token a character."""

    def encode(self, text: str) -> list[int]:
        return list(text.encode())


@pytest.mark.parametrize(
    ("response", "text", "form", "work"),
    [
        (r"\boxed{15}", "15", "boxed", False),
        (r"\boxed{1} or rather 2 + 3 = 5. \boxed{5}", "5", "boxed", True),
        ("F. Answer: 1", "1", "answer", True),
        ("Answer: yes.", "yes", "answer", False),
        ("Togo life 44. Final Answer: 44", "44", "final answer", True),
        ("  Cobalt ", "cobalt", "plain", False),
        ("First this. Then that", "first this. then that", "plain", True),
    ],
)
def test_the_final_answer_of_a_response_is_found(
    response: str, text: str, form: str, work: bool
) -> None:
    found = final_answer(response)
    assert (found.text, found.form, found.shows_work) == (text, form, work)


def test_exact_duplicates_repeat_prompt_and_response() -> None:
    assert profile(("x", "1"), ("x", "1"), ("x", "1"), ("x", "2")).exact_duplicates == 2


def test_near_duplicates_differ_in_case_spacing_or_closing_marks_only() -> None:
    found = profile(("How many?", "1"), ("how  many", "1"), ("How few?", "1"))
    assert (found.near_duplicates, found.exact_duplicates) == (1, 0)


def test_one_question_with_two_answers_is_a_conflict() -> None:
    found = profile(("x?", r"\boxed{1}"), ("x", r"1 + 0 = 1. \boxed{1}"), ("y", "1"), ("y", "2"))
    assert (found.repeated_prompts, found.conflicting_prompts, found.conflicting_rows) == (2, 1, 2)


def test_case_alone_makes_no_conflict_because_smiles_need_it() -> None:
    found = profile(("C1CCCCC1", "Answer: 0"), ("c1ccccc1", "Answer: 1"))
    assert found.conflicting_prompts == 0


def test_answers_are_told_with_shares_and_entropy() -> None:
    found = profile(("a", "yes"), ("b", "yes"), ("c", "yes"), ("d", "no"))
    assert found.answers == {"yes": 0.75, "no": 0.25}
    assert found.answer_entropy == 0.811


def test_the_share_of_worked_responses_is_told() -> None:
    assert profile(("a", "2 + 2 = 4. Answer: 4"), ("b", "Answer: 4")).worked_share == 0.5


def test_empty_fields_are_counted_by_name() -> None:
    assert profile(("a", ""), ("", ""), ("c", "x")).empty_fields == {"q": 1, "a": 2}


def test_lengths_in_tokens_need_a_tokenizer() -> None:
    rows = [{"q": "four", "a": "two"}]
    assert profile_rows(CARD, rows).prompt_tokens is None
    with_tokens = profile_rows(CARD, rows, Characters())
    assert with_tokens.prompt_tokens is not None
    assert with_tokens.prompt_tokens["max"] == 4


def test_samples_are_the_same_every_time() -> None:
    turns = [(str(n), "x") for n in range(50)]
    assert profile(*turns).samples == profile(*turns).samples
    assert len(profile(*turns).samples) == 3


def test_a_profile_is_json() -> None:
    found = profile(("a", "b"))
    assert json.loads(json.dumps(found.to_dict())) == found.to_dict()


def test_four_thousand_rows_are_profiled_in_a_fraction_of_a_second() -> None:
    turns = [(f"How many are {n} and {n}?", f"{n} + {n}. Answer: {2 * n}") for n in range(4000)]
    start = time.process_time()
    profile(*turns)
    assert time.process_time() - start < 0.3


@given(st.lists(st.integers(0, 500), min_size=1))
def test_percentiles_rise_from_least_to_greatest(values: list[int]) -> None:
    found = list(percentiles(values).values())
    assert found == sorted(found)
    assert (found[0], found[-1]) == (min(values), max(values))


@given(st.dictionaries(st.text(), st.integers(1, 50), min_size=1))
def test_entropy_lies_between_zero_and_that_of_equal_shares(counts: dict[str, int]) -> None:
    assert -1e-9 <= entropy(counts) <= entropy(dict.fromkeys(counts, 1)) + 1e-9


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
