"""The answer in a model's text: what stands outside of its thinking, whatever the tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.dojo.scorers import Row, score_rows
from ftassist.dojo.scorers.thinking import (
    BLOCKS,
    WRAPPERS,
    Written,
    after_thinking,
    answer_of,
    cut_answer,
    names_a_mark,
    opened_by,
)

pairs = st.sampled_from(BLOCKS)
plain = st.text(st.characters(codec="utf-8", exclude_characters="<>[]|◁▷"), max_size=40)
GOOD = {"sentence": "fine", "label": 1}


@given(plain, plain, pairs)
def test_a_closed_block_is_no_part_of_the_answer(
    thought: str, answer: str, pair: tuple[str, str]
) -> None:
    assert after_thinking(f"{pair[0]}{thought}{pair[1]}{answer}") == answer.strip()


@given(plain, plain, pairs)
def test_a_block_that_the_prompt_opened_is_none_either(
    thought: str, answer: str, pair: tuple[str, str]
) -> None:
    assert after_thinking(f"{thought}{pair[1]}{answer}") == answer.strip()


@given(plain, plain, pairs)
def test_thinking_that_never_ends_leaves_no_answer(
    before: str, thought: str, pair: tuple[str, str]
) -> None:
    assert after_thinking(f"{before}{pair[0]}{thought}") == ""


@given(plain)
def test_a_text_without_tags_stays_as_it_is(text: str) -> None:
    assert after_thinking(text) == text


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("<think>a</think><think>b</think> 5", "5"),
        ("<think>a</think>5<think>sure?</think>", "5"),
        ("<think>I open <think> twice</think> and go on</think>5", "5"),
        ("<THINK>a</THINK>\n5\n", "5"),
        ("<think>a <reasoning>b</think>5", "5"),
        ("<reasoning>six sevens</reasoning>\n<answer>\n42\n</answer>", "42"),
        ("<think>x</think><answer>42", "42"),
        ("<answer>42</answer> or so", "<answer>42</answer> or so"),
        ("<|channel|>analysis<|message|>Hm.<|end|><|channel|>final<|message|>7", "7"),
        ("<|channel|>analysis<|message|>Hm, I need", ""),
        ("<|channel|>commentary to=x <|constrain|>json<|message|>{}<|call|>", ""),
        ("<|channel|>final<|message|>7<|return|>", "7"),
        ("analysisHm, 6 or 7.assistantfinal7", "7"),
        ("analysis of variance", "analysis of variance"),
        ("1 < 2 and a </b> tag", "1 < 2 and a </b> tag"),
    ],
)  # fmt: skip
def test_the_answer_of_usual_forms(text: str, answer: str) -> None:
    assert answer_of(text) == answer


@pytest.mark.parametrize("pair", WRAPPERS)
def test_tags_around_a_whole_answer_are_taken_off(pair: tuple[str, str]) -> None:
    assert answer_of(f"<think>x</think>{pair[0]} red {pair[1]}") == "red"


def test_a_generated_text_is_read_with_the_marks_that_decoding_left_away() -> None:
    written = Written.of("red? no blue", "[THINK]red? no[/THINK] blue")
    assert (str(written), after_thinking(written)) == ("red? no blue", "blue")


@pytest.mark.parametrize(
    ("prompt", "mark"),
    [
        ("<|im_start|>assistant\n<think>\n", "<think>"),
        ("<|im_start|>assistant\n<think>\n\n</think>\n\n", ""),
        ("user: hello", ""),
    ],
)
def test_a_prompt_that_opens_thinking_is_known(prompt: str, mark: str) -> None:
    assert opened_by(prompt) == mark


def test_a_rule_that_names_a_tag_is_known() -> None:
    assert names_a_mark(r"\<\/think\>(.*)")
    assert not names_a_mark(r"I think (\d+)")


@pytest.mark.parametrize("text", ["<think>negative?</think>positive", "negative?</think>positive"])
def test_the_strict_reading_looks_behind_thinking_and_the_official_one_does_not(text: str) -> None:
    scores = score_rows("sst2", [Row("1", GOOD, text)])
    assert (scores.metrics["accuracy"], scores.strict["accuracy"], scores.parsed) == (0.0, 1.0, 1)


def test_the_strict_reading_of_thinking_that_never_ends_is_no_answer() -> None:
    scores = score_rows("sst2", [Row("1", GOOD, "<think>it is positive")])
    assert (scores.metrics["accuracy"], scores.strict["accuracy"], scores.parsed) == (1.0, 0.0, 0)


@given(plain, plain, pairs)
def test_a_stop_text_in_thinking_ends_nothing(
    thought: str, answer: str, pair: tuple[str, str]
) -> None:
    kept = f"{pair[0]}{thought}#{thought}{pair[1]}#"
    first = answer.replace("#", "").strip()
    said = f"{pair[0]}{thought}#{pair[1]}\n\n{first}"
    assert cut_answer(f"{said}#more", ["#"]) == said
    assert cut_answer(kept, ["#"]) == kept[:-1]


def test_in_channels_a_stop_text_ends_the_final_one() -> None:
    thought = "<|channel|>analysis<|message|>a\n\nb<|end|><|start|>assistant"
    final = "<|channel|>final<|message|>\n\nblue"
    assert cut_answer(f"{thought}{final}\n\nred", ["\n\n"]) == f"{thought}{final}"
