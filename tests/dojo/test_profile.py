"""Profiles of raw sets: counts that a person or the agent can trust."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.dojo.languages import UNCLEAR, languages
from ftassist.dojo.profile import (
    PERCENTILES,
    Profile,
    entropy,
    final_answer,
    fold,
    percentiles,
    profile_rows,
)
from ftassist.dojo.set_card import SetCard
from ftassist.dojo.token_lengths import TOKENIZER, tokenizer_of
from ftassist.models import tiny_path

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


def test_whose_tokens_are_counted_is_told() -> None:
    rows = [{"q": "How many apples are left?", "a": "two"}]
    found = profile_rows(CARD, rows, tokenizer_of())
    assert found.tokenizer == "tiny (the default)"
    assert found.prompt_tokens == dict.fromkeys(
        PERCENTILES, len(tokenizer_of().encode(rows[0]["q"]))
    )
    assert tokenizer_of("tiny").name == "tiny"


def test_the_tokenizer_of_a_folder_is_used_and_a_missing_one_replaced_by_a_named_one(
    tmp_path: Path,
) -> None:
    shutil.copy(tiny_path() / TOKENIZER, tmp_path / TOKENIZER)
    assert tokenizer_of(str(tmp_path)).path == tmp_path / TOKENIZER
    absent = tokenizer_of("nobody/nothing-7b")
    assert absent.path == tiny_path() / TOKENIZER
    assert "nobody/nothing-7b is not on this machine" in absent.name


def test_lengths_of_many_texts_are_those_of_each() -> None:
    texts = ["", "one", "two words", "drei Wörter hier", "四個字"] * 3
    assert tokenizer_of().lengths(texts) == [len(tokenizer_of().encode(t)) for t in texts]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How many apples are left when Anna gives three of them away?", "en"),
        ("Wie viele Äpfel bleiben übrig, wenn Anna drei davon verschenkt?", "de"),
        ("合同约定的违约金过高时，当事人可以请求法院予以减少。", "zh"),
        ("CC(C)n1cnc2c(NCc3ccc(-c4ccccc4)cc3)nc(N(CCO)CCO)nc21", UNCLEAR),
        ("17 + 4 = 21", UNCLEAR),
        ("", UNCLEAR),
    ],
)
def test_the_language_of_prose_is_told_and_none_is_made_up_for_the_rest(
    text: str, language: str
) -> None:
    assert languages([text]) == {language: 1.0}


def test_several_languages_are_told_with_their_shares() -> None:
    english = "The price of the house rose because more people wanted to live in the city."
    german = "Der Preis des Hauses stieg, weil mehr Menschen in der Stadt wohnen wollten."
    found = profile(*[(english, "yes")] * 3, (german, "ja"))
    assert found.languages == {"en": 0.75, "de": 0.25}
    assert "several languages: en 75%, de 25%" in found.quality


def test_counts_that_ask_for_a_look_become_notes_with_their_numbers() -> None:
    found = profile(("x?", "1"), ("x?", "2"), ("y?", "3"), ("y?", "3"))
    assert "1 rows (25.0%) repeat an earlier row" in found.quality
    assert any("another answer" in note for note in found.quality)
    assert profile(("x?", "1"), ("y?", "2")).quality == ()


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
