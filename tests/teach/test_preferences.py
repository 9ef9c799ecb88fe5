from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import pytest

from ftassist import teach
from ftassist.teach.exercises.preferences import honest, naive


def loss(chosen: float, rejected: float, before: float, other: float, beta: float) -> float:
    return math.log1p(math.exp(-beta * ((chosen - before) - (rejected - other))))


def test_advantages_are_rewards_less_the_mean_of_their_group() -> None:
    assert teach.check("07.1", lambda group: [r - sum(group) / len(group) for r in group])
    assert "Those are the rewards" in str(teach.check("07.1", lambda group: group))
    assert "as many numbers" in str(teach.check("07.1", lambda group: [1.0]))
    assert "you say" in str(teach.check("07.1", lambda group: [0.1] * len(group)))


@pytest.mark.parametrize(
    ("made", "hint"),
    [
        (lambda c, r, cb, rb, beta: loss(r, c, rb, cb, beta), "rejected"),
        (lambda c, r, cb, rb, beta: beta * ((c - cb) - (r - rb)), "is the margin"),
        (lambda c, r, cb, rb, beta: loss(c, r, 0.0, 0.0, beta), "you say"),
    ],
)
def test_the_loss_of_a_pair_counts_the_change_against_the_reference(
    made: Callable[..., Any], hint: str
) -> None:
    assert teach.check("07.2", loss)
    assert hint in str(teach.check("07.2", made))


def test_a_judge_is_fooled_by_what_it_likes_and_another_does_not() -> None:
    assert naive("36, 37 or 38", "37")
    assert not honest("36, 37 or 38", "37")
    assert not honest("37", "37")
    assert honest("\\boxed{36} no, \\boxed{37}", "37")
    assert teach.check("07.3", "36, 37 or 38")
    assert "gives it nothing" in str(teach.check("07.3", "no idea"))
    assert "right answer" in str(teach.check("07.3", "so \\boxed{37}"))
    assert "A text is asked for" in str(teach.check("07.3", 37))


def distance(text: str, right: int) -> int:
    said = re.findall(r"\\boxed\{(\d+)\}", text)
    return abs(right - int(said[-1])) if said else 1000


@pytest.mark.parametrize(
    ("made", "hint"),
    [
        (lambda text, right: 1.0, "a training writes the first"),
        (lambda text, right: float(distance(text, right) == 0), "a training writes the first"),
        (lambda text, right: "good", "A number is asked for"),
        (lambda text, right: None, "returns nothing"),
    ],
)
def test_a_mended_judge_takes_the_distance_off_on_both_sides(
    made: Callable[..., Any], hint: str
) -> None:
    assert teach.check("07.4", lambda text, right: -distance(text, right))
    found = teach.check("07.4", made)
    assert not found
    assert hint in str(found)


def test_the_judge_of_the_notebook_is_told_what_it_rewards() -> None:
    def near(text: str, right: int) -> int:
        return right - distance(text, 0) if distance(text, 0) < 1000 else -100

    found = str(teach.check("07.4", near))
    assert "boxed{36}' gets 1 and" in found
