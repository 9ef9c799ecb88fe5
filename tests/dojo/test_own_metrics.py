"""Metrics of one's own: answers are judged as they are meant, and wrong ones are wrong."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from ftassist.dojo.own_metrics import accuracy, exact_match, numeric, regex, rouge_l
from ftassist.dojo.scorers.own_labels import OwnLabels
from ftassist.dojo.scorers.references import check_reference, texts_of
from ftassist.dojo.scorers.thinking import BLOCKS
from ftassist.errors import DataError

METRICS = {"exact_match": exact_match(), "accuracy": accuracy(), "rougeL": rouge_l()}
ascii_words = st.lists(st.sampled_from(["red", "blue", "the", "a", "house", "barn"]), max_size=8)
with_a_letter = st.text(min_size=1, max_size=60).filter(lambda t: any(map(str.isalpha, t)))


def score(metric: str, answer: Any, text: str) -> float:
    """The score of a text by a metric, `macro_f1` included."""
    if metric == "macro_f1":
        known = ["red", "blue", "青", *([answer] if isinstance(answer, str) else answer)]
        doc = {"answer": answer, "labels": known}
        return OwnLabels().judge(doc, text, "all").item
    rules = {**METRICS, "numeric": numeric(), "regex": regex(r"#\s*(\S+)")}
    return rules[metric]({"id": "1", "answer": answer}, [text])["score"]


@pytest.mark.parametrize("metric", METRICS)
@given(text=with_a_letter)
def test_a_text_scores_one_against_itself(metric: str, text: str) -> None:
    assert score(metric, text, text) == 1.0


@pytest.mark.parametrize("pair", BLOCKS)
@pytest.mark.parametrize(
    ("metric", "gold", "said"),
    [
        ("exact_match", "red", "red"),
        ("accuracy", "red", "Red."),
        ("macro_f1", "red", "Red."),
        ("numeric", "42", "It is 42."),
        ("regex", "42", "# 42"),
        ("rougeL", "a red house", "A red house."),
    ],
)
def test_every_metric_judges_the_text_after_thinking(
    metric: str, gold: str, said: str, pair: tuple[str, str]
) -> None:
    opening, closing = pair
    thought = "blue? # 41"
    assert score(metric, gold, f"{opening}{thought}{closing}\n\n{said}") == 1.0
    assert score(metric, gold, f"{thought}{closing}{said}") == 1.0
    assert score(metric, gold, f"{opening}{said}{closing}{thought}") == 0.0
    assert score(metric, gold, f"{opening}{thought} {said}") == 0.0


def test_thinking_without_an_answer_is_not_parsed() -> None:
    for judge in (*METRICS.values(), numeric(), regex(r"(\d+)")):
        assert judge({"answer": "7"}, ["<think>7"]) == {"score": 0.0, "parsed": 0.0}


def test_a_right_answer_with_thinking_of_its_own_is_compared_without_it() -> None:
    for metric in METRICS:
        assert score(metric, "<think>warm</think>\nred", "red") == 1.0


def test_a_pattern_that_names_a_tag_sees_the_whole_text() -> None:
    judge = regex(r"<think>(.*?)</think>")
    assert judge({"answer": "7"}, ["<think>7</think>8"])["score"] == 1.0


@pytest.mark.parametrize(
    ("metric", "gold", "right", "wrong"),
    [
        ("exact_match", ["Paris", "City of Paris"], "City of Paris", "Rome"),
        ("accuracy", ["yes", "correct"], "Correct.", "no"),
        ("macro_f1", ["red", "crimson"], "Crimson!", "blue"),
        ("numeric", ["3", "4"], "It is 4", "5"),
        ("numeric", [3, 4], "It is 4", "34"),
        ("regex", ["3", "4"], "# 4", "# 34"),
        ("rougeL", ["a red house", "one big barn"], "One big barn.", "nothing"),
    ],
)
def test_any_of_several_right_answers_is_right(
    metric: str, gold: list[Any], right: str, wrong: str
) -> None:
    assert score(metric, gold, right) == 1.0
    assert score(metric, gold, wrong) == 0.0


def test_an_accepted_label_is_a_hit_of_its_own_and_a_wrong_one_a_miss_of_the_first() -> None:
    doc = {"answer": "red", "answers": ["red", "crimson"], "labels": ["red", "crimson", "blue"]}
    hit = OwnLabels().judge(doc, "crimson", "all").official
    miss = OwnLabels().judge(doc, "blue", "all").official
    assert {name for name, value in hit.items() if value} == {"correct", "hits crimson"}
    assert {name for name, value in miss.items() if value} == {"extra blue", "missed red"}


@pytest.mark.parametrize(
    ("gold", "said", "right"),
    [
        ("1/2", "3/2", False), ("1/2", "0.5", True), ("10-12", "5-12", False),
        ("12:30", "10:30", False), ("2024-05-06", "1999-05-06", False), (".5", "5", False),
        (".5", "0.5", True), ("−3", "3", False), ("-3", "−3", True), ("1,2", "12", False),
        ("1000", "1,000", True), ("12", "1, 2", False), ("3", "1, 2, 3", False),
        ("50%", "50 %", True), ("50%", "0.5", True), ("50%", "50", False), ("5", "5%", False),
        ("1000000", "1000001", False), ("7", "seven", False), ("2", "√2", False),
        ("42", "First 41, no: 42.", True), ("42", "First 42, no: 41.", False),
    ],
)  # fmt: skip
def test_a_wrong_number_is_wrong(gold: str, said: str, right: bool) -> None:
    assert score("numeric", gold, said) == float(right)


@given(ascii_words.filter(len), ascii_words)
def test_rouge_of_ascii_texts_is_that_of_rouge_score(one: list[str], other: list[str]) -> None:
    gold, said = " ".join(one), " ".join(other)
    theirs = RougeScorer(["rougeL"], use_stemmer=False).score(gold, said)["rougeL"].fmeasure
    assert score("rougeL", gold, said) == pytest.approx(theirs)


@pytest.mark.parametrize(
    ("one", "other"),
    [("北京是首都", "上海是港口"), ("Привет мир", "Пока друг"), ("नमस्ते", "दुनिया"), ("ไทย", "ลาว")],
)
def test_texts_that_differ_score_below_one_in_every_script(one: str, other: str) -> None:
    assert score("rougeL", one, other) < 0.7


@given(st.text("abc ", max_size=6), st.text("abc ", max_size=6))
def test_a_text_that_is_not_the_same_is_no_exact_match(one: str, other: str) -> None:
    same = one.strip() == other.strip()
    assert score("exact_match", one, other) == float(same)


@pytest.mark.parametrize(
    "value",
    [{"a": 1}, [{"a": 1}], [["a"]], [], float("nan"), float("inf"), [float("nan")], None, "", " "],
)
def test_what_is_no_answer_is_refused_with_its_row(value: Any) -> None:
    with pytest.raises(DataError) as refusal:
        texts_of(value, "b.jsonl row 3")
    assert refusal.value.where == "b.jsonl row 3"


@pytest.mark.parametrize(
    ("metric", "text"),
    [
        ("numeric", "seven"), ("numeric", "12:30"), ("numeric", "2024-05-06"),
        ("numeric", "1, 2"), ("numeric", "10-12"), ("numeric", "1,2"), ("rougeL", "?!"),
        ("rougeL", "🙂"), ("exact_match", "<think>so"), ("accuracy", "<think>so</think>"),
    ],
)  # fmt: skip
def test_a_right_answer_that_a_metric_cannot_read_is_refused(metric: str, text: str) -> None:
    with pytest.raises(DataError) as refusal:
        check_reference(metric, text, "b.jsonl row 3")
    assert refusal.value.where == "b.jsonl row 3"
    assert refusal.value.fix


def test_numbers_in_random_writings_are_right_only_for_themselves() -> None:
    draw = random.Random(5)
    writings = [
        "{}",
        "{:,}",
        "It is {}.",
        "{} kg",
        "${}",
        r"\boxed{{{}}}",
        "**{}**",
        "<think>1</think>{}",
    ]
    for _ in range(2000):
        gold, other = draw.randint(-99, 99999), draw.randint(-99, 99999)
        said = draw.choice(writings).format(other)
        assert score("numeric", str(gold), said) == float(gold == other), (gold, said)
        assert score("numeric", str(other), said) == 1.0, said
