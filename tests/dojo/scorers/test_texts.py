"""Texts of all scripts: the same label, and the words that ROUGE counts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.dojo.scorers.texts import label, same_form, words

SCRIPTS = {
    "Latin": ("Größe Café naïve", 3),
    "Cyrillic": ("Привет, мир! й", 3),
    "Greek": ("Γειά σου Κόσμε", 3),
    "Arabic": ("مَرْحَبًا بالعالم", 2),
    "Hebrew": ("שָׁלוֹם עולם", 2),
    "Devanagari": ("नमस्ते दुनिया", 2),
    "Bengali": ("আমার সোনার", 2),
    "Tamil": ("வணக்கம் உலகம்", 2),
    "Korean": ("안녕 세상", 2),
    "Armenian": ("Բարև աշխարհ", 2),
    "Georgian": ("გამარჯობა მსოფლიო", 2),
    "Amharic": ("ሰላም ዓለም", 2),
    "Thai": ("สวัสดี", 4),
    "Khmer": ("ខ្ញុំ", 1),
    "Burmese": ("မြန်မာ", 3),
    "Japanese": ("これはペン", 5),
    "Chinese": ("北京是首都", 3),
}
with_a_letter = st.text(min_size=1, max_size=60).filter(lambda t: any(map(str.isalpha, t)))


@pytest.mark.parametrize("script", SCRIPTS)
def test_words_are_found_in_every_script(script: str) -> None:
    text, count = SCRIPTS[script]
    assert len(words(text)) == count


@given(with_a_letter)
def test_a_text_with_a_letter_has_words(text: str) -> None:
    assert words(text)


@given(with_a_letter)
def test_words_do_not_depend_on_case_and_composition(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text)) == words(text)
    assert words(f"  {text}\n") == words(text)


def test_words_of_ascii_are_those_of_rouge_score() -> None:
    assert words("Don't stop_me: 3.5 x-rays!") == ["don", "t", "stop", "me", "3", "5", "x", "rays"]


@pytest.mark.parametrize("mark", "。！？।॥؟،.!?:;,…")
@pytest.mark.parametrize("name", ["да", "是", "हाँ", "نعم", "כן", "ναι", "yes", "ใช่"])
def test_closing_marks_of_any_script_do_not_count(mark: str, name: str) -> None:
    assert label(name + mark) == label(f" {name} ") == label(f"“{name}”{mark}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("YES", "yes"),
        ("ＹＥＳ", "yes"),
        ("Straße", "STRASSE"),
        ("ΣΟΦΟΣ", "σοφος"),
        ("Cafe\u0301", "café"),
        ("very  good", "Very good"),
        ("«да»", "да"),
        ("「是」", "是"),
        ("\u200fنعم\u200f", "نعم"),
        ("¿sí?", "sí"),
    ],
)
def test_labels_that_are_written_otherwise_are_the_same(one: str, other: str) -> None:
    assert label(one) == label(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("C", "C#"), ("C", "C++"), ("A", "A*"), ("1", "-1"), ("5", "5%"), ("?", "!"), ("и", "й")],
)
def test_labels_that_differ_stay_different(one: str, other: str) -> None:
    assert label(one) != label(other)


def test_the_same_text_is_the_same_however_it_is_composed() -> None:
    assert same_form(" cafe\u0301\n") == same_form("café")
    assert same_form("Yes") != same_form("yes")
