"""mini_math: answers recomputed from the stories, and splits disjoint by numbers."""

from __future__ import annotations

import operator
import re
from functools import cache

import pytest
from taskgen.math_frames import FRAMES, VIEWS

from ftassist.dojo.repository import DataRepository
from ftassist.dojo.task import Split
from ftassist.dojo.task_loader import load_task

TASK = load_task("mini_math")
SETS = DataRepository(TASK.repository_folder)
LESSONS = ("lessons_garden", "lessons_home", "lessons_shop", "lessons_travel")
STORIES = (*LESSONS, "answer_key", "crowd_solutions", "forum_dump")
SIGNS = {"+": operator.add, "-": operator.sub, "*": operator.mul}
STEP = re.compile(r"(\d+) ([-+*]) (\d+) = (\d+)\.")


@cache
def tellings() -> list[tuple[str, re.Pattern[str], str, str, str]]:
    """Each telling as a literal part and a pattern, with its frame, view and operation."""
    found = []
    for frame in FRAMES:
        for text, operation in frame.tellings:
            whole = text.rstrip("?")
            literal = max(re.split(r"\{\w\}", whole), key=len).lower()
            pattern = re.sub(r"\\{([abc])\\}", r"(?P<\1>\\d+)", re.escape(whole))
            pattern = re.sub(r"\\{[nmt]\\}", r"\\w+", pattern)
            compiled = re.compile(pattern, re.IGNORECASE)
            found.append((literal, compiled, frame.name, frame.view, operation))
    return found


@cache
def read(prompt: str) -> tuple[str, str, str, int, int, int]:
    """Frame, view, operation and the three numbers of a story."""
    text = re.sub(r"\s+", " ", prompt).strip()
    for literal, pattern, frame, view, operation in tellings():
        if literal in text.lower() and (match := pattern.match(text)):
            numbers = (int(match["a"]), int(match["b"]), int(match["c"]))
            return (frame, view, operation, *numbers)
    raise AssertionError(prompt)


def truth(prompt: str) -> int:
    """The right answer, from left to right, computed apart from the generator."""
    _, _, operation, a, b, c = read(prompt)
    numbers = {"a": a, "b": b, "c": c}
    result = numbers[operation[0]]
    for sign, letter in zip(operation[1::2], operation[2::2], strict=True):
        result = SIGNS[sign](result, numbers[letter])
    return result


def turns(name: str) -> list[tuple[str, str]]:
    return SETS.turns(name)


def boxed(response: str) -> int:
    return int(re.findall(r"\\boxed\{(\d+)\}", response)[-1])


@pytest.mark.parametrize("split", ["validation", "test"])
def test_gold_answers_follow_from_the_stories(split: Split) -> None:
    for item in TASK.items(split):
        assert truth(item["prompt"]) == int(item["answer"])
        assert read(item["prompt"])[1] == item["view"]


@pytest.mark.parametrize("split", ["validation", "test"])
def test_every_frame_is_evaluated_equally_often(split: Split) -> None:
    frames = [read(item["prompt"])[0] for item in TASK.items(split)]
    assert {frames.count(frame.name) for frame in FRAMES} == {20}


def test_operations_with_their_numbers_are_disjoint_between_splits() -> None:
    validation = {read(item["prompt"])[2:] for item in TASK.items("validation")}
    test = {read(item["prompt"])[2:] for item in TASK.items("test")}
    train = {read(prompt)[2:] for name in STORIES for prompt, _ in turns(name)}
    assert not validation & test
    assert not (validation | test) & train


@pytest.mark.parametrize("name", [name for name in STORIES if name != "crowd_solutions"])
def test_labels_of_the_clean_sets_are_right(name: str) -> None:
    assert all(truth(prompt) == boxed(response) for prompt, response in turns(name))


def test_three_in_ten_labels_of_the_crowd_are_wrong() -> None:
    wrong = [truth(prompt) != boxed(response) for prompt, response in turns("crowd_solutions")]
    assert sum(wrong) == round(0.3 * len(wrong))


@pytest.mark.parametrize("name", LESSONS)
def test_every_step_of_a_lesson_is_right(name: str) -> None:
    for _, response in turns(name):
        steps = STEP.findall(response)
        assert len(steps) == 2
        assert all(SIGNS[s](int(x), int(y)) == int(z) for x, s, y, z in steps)
        assert int(steps[-1][3]) == boxed(response)


@pytest.mark.parametrize(("name", "view"), [(f"lessons_{view}", view) for view in VIEWS])
def test_a_lesson_set_covers_one_view_only_but_all_its_frames(name: str, view: str) -> None:
    found = {read(prompt)[:2] for prompt, _ in turns(name)}
    assert found == {(frame.name, view) for frame in FRAMES if frame.view == view}
