"""Our ROUGE gives the values of the package `rouge_score`, whatever the texts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from ftassist.dojo.scorers.rouge_measures import KINDS, reference
from ftassist.dojo.scorers.subsequences import Sentences, common_length

PACKAGE = RougeScorer(list(KINDS), use_stemmer=False)
LINES = st.lists(st.lists(st.sampled_from("abcde"), max_size=12), max_size=6)
NOTES = LINES.map(lambda lines: "\n".join(" ".join(line) for line in lines))
TEXTS = st.text(st.sampled_from("ab cé.\n-9Σ\u0130\r\u2028"), max_size=60)


@settings(max_examples=400, deadline=None)
@given(note=NOTES | TEXTS, answer=NOTES | TEXTS)
def test_every_measure_is_the_packages(note: str, answer: str) -> None:
    found = reference(note).measures(answer)
    expected = PACKAGE.score(note, answer)
    assert found == pytest.approx({kind: expected[kind].fmeasure for kind in KINDS}, abs=1e-12)


def test_a_note_of_ordinary_length_has_the_packages_measures() -> None:
    note = "\n".join(
        f"HISTORY {n % 7}\n\nknee pain on day {n % 11} after a fall" for n in range(40)
    )
    answer = "\n".join(f"on day {n % 5} pain of the knee, a fall {n % 7}" for n in range(60))
    expected = PACKAGE.score(note, answer)
    found = reference(note).measures(answer)
    assert found == pytest.approx({kind: expected[kind].fmeasure for kind in KINDS}, abs=1e-12)


def test_the_common_words_of_several_sentences_are_united_word_by_word() -> None:
    sentences = Sentences([["a", "b", "c"], ["b", "d"]])
    united = sentences.united([["b", "c"], ["a", "d"]])
    counts = {word: (united & places).bit_count() for word, places in sentences.places.items()}
    assert counts == {"a": 1, "b": 2, "c": 1, "d": 1}


def test_a_common_subsequence_keeps_the_order() -> None:
    assert common_length("abcd", "acbd") == 3
    assert common_length("", "abc") == common_length("abc", "") == 0
