"""A scorer that calls junk right, or a right answer wrong, makes no task."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ftassist.dojo.own_check import check_own_scorer, matched_text
from ftassist.dojo.scorer_check import sampled
from ftassist.errors import DataError


def items(*answers: str) -> list[dict[str, Any]]:
    return [
        {"id": str(n), "view": "all", "prompt": f"What is it, {n}?", "answer": answer}
        for n, answer in enumerate(answers)
    ]


COLOURS = items("red", "blue", "green", "red", "blue", "red")
HEAD = "def process_results(item, results):\n    said = results[0]\n    return {'score': "


def scorer(folder: Path, score: str, more: str = "") -> str:
    path = folder / "mine.py"
    path.write_text(f"{HEAD}float({score}), 'parsed': 1.0}}\n{more}", encoding="utf-8")
    return f"python:{path}"


@pytest.mark.parametrize(
    ("score", "why"),
    [
        ("True", "calls junk right"),
        ("len(said)", "calls the right answer wrong|calls junk right"),
        ("not said", "calls the right answer wrong"),
        ("said.strip() in item['answer']", "the answer ''"),
        ("item['answer'] in said", "all possible answers at once, 'red, blue, green'"),
        ("said in ('red', 'blue', 'green')", "the right answer of another item"),
        ("said == item['answer'] + '!'", "item 0 with 'red'"),
        ("1 / 0", "ZeroDivisionError"),
        ("float('nan')", "not a number"),
    ],
)
def test_a_scorer_that_tells_nothing_is_refused(
    tmp_path: Path, bubblewrap: None, score: str, why: str
) -> None:
    with pytest.raises(DataError, match=why):
        check_own_scorer(scorer(tmp_path, score), COLOURS)


@pytest.mark.parametrize(
    "score",
    [
        "said == item['answer']",
        "said.lower().strip(' .') == item['answer']",
        "0.3 * (said == item['answer'])",
        "0.5 * (said.lower() == item['answer']) + 0.5 * (said == item['answer'])",
    ],
)
def test_a_scorer_that_tells_right_from_wrong_passes(
    tmp_path: Path, bubblewrap: None, score: str
) -> None:
    check_own_scorer(scorer(tmp_path, score), COLOURS)


def test_a_file_whose_answers_are_rules_says_what_is_right(
    tmp_path: Path, bubblewrap: None
) -> None:
    rules = items("3", "5", "2", "4")
    score = "len(said.split()) == int(item['answer'])"
    with pytest.raises(DataError, match="calls the right answer wrong"):
        check_own_scorer(scorer(tmp_path, score), rules)
    says = "def right_answer(item):\n    return 'word ' * int(item['answer'])\n"
    check_own_scorer(scorer(tmp_path, score, says), [rules[1], rules[1]])


def test_a_scoring_file_runs_behind_walls(tmp_path: Path, bubblewrap: None) -> None:
    outside = tmp_path / "outside"
    more = f"open({str(outside)!r}, 'w').write('x')\n"
    with pytest.raises(DataError, match="did not come to its end"):
        check_own_scorer(scorer(tmp_path, "said == item['answer']", more), COLOURS)
    assert not outside.exists()


@pytest.mark.parametrize("metric", ["exact_match", "accuracy", "macro_f1", "rougeL"])
def test_metrics_that_ship_pass(metric: str) -> None:
    check_own_scorer(metric, COLOURS)
    check_own_scorer(
        metric, items("I do not know.", "?", "yes") if metric != "rougeL" else COLOURS
    )


def test_numbers_pass_as_numbers() -> None:
    check_own_scorer("numeric", items("1", "1.0", "2", "0", "1"))


def test_a_pattern_that_no_right_answer_can_match_is_refused() -> None:
    check_own_scorer(r"regex:#(\d+)", items("1", "22"))
    check_own_scorer(r"regex:(?i)answer:\s*(yes|no)\b", items("yes", "no"))
    with pytest.raises(DataError, match="item 0 with 'red'"):
        check_own_scorer(r"regex:#(\d+)", COLOURS)


@pytest.mark.parametrize(
    ("pattern", "group", "text"),
    [
        (r"#(\d+)", "7", "#7"),
        (r"[Aa]nswer:\s*(\w+)", "red", "Answer:red"),
        (r"(?:so|thus) (.+)\.$", "it", "so it."),
        (r"\d{2}-(x)", "x", "11-x"),
        (r"\w+", "red", "red"),
    ],
)
def test_a_text_is_made_that_a_pattern_matches(pattern: str, group: str, text: str) -> None:
    assert matched_text(re.compile(pattern), group) == text
    found = re.search(pattern, text)
    assert found and (found.group(1) if found.re.groups else found.group()) == group


def test_all_kinds_of_answers_are_looked_at() -> None:
    many = items(*["red"] * 50, "blue", "green")
    assert {item["answer"] for item in sampled(many, 5)} == {"red", "blue", "green"}
    assert len(sampled(many, 5)) == 5
