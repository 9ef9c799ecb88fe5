from __future__ import annotations

import codecs
from collections.abc import Callable

import pytest

from ftassist import teach
from ftassist.teach.exercises.leakage import GUARDS

Way = Callable[[str], str]


def rot13(text: str) -> str:
    """Letters moved by thirteen, digits by five: undone by itself."""
    return codecs.encode(text, "rot13").translate(str.maketrans("0123456789", "5678901234"))


def test_a_disguise_that_goes_through_and_is_undone_passes() -> None:
    assert teach.check("06.1", (rot13, rot13))


@pytest.mark.parametrize(
    ("disguise", "undo", "hint"),
    [
        (str.upper, str.lower, "not undone"),
        (lambda text: text, lambda text: text, "were found"),
        (lambda text: f"Now: {text}", lambda text: text[5:], "were found"),
        (lambda text: text[::-1], lambda text: text[::-1], "one of the ways above"),
        (lambda text: "x", lambda text: "y", "not undone"),
        (lambda text: None, lambda text: text, "returns nothing"),
        (lambda text: 5, lambda text: text, "is a text"),
    ],
)
def test_another_disguise_gets_a_hint(disguise: Way, undo: Way, hint: str) -> None:
    found = teach.check("06.1", (disguise, undo))
    assert not found
    assert hint in str(found)


def test_only_the_rows_without_an_item_may_be_trained_on() -> None:
    passed = [n for n in range(250, 350) if teach.check("06.2", n)]
    assert len(passed) == 1
    assert "how many are left" in str(teach.check("06.2", 480 - passed[0]))
    assert "all of its rows" in str(teach.check("06.2", 480))


def test_guards_are_matched_one_by_one() -> None:
    assert teach.check("06.3", GUARDS)
    name = "writes itself a score"
    assert "Who loads the weights" in str(teach.check("06.3", {**GUARDS, name: "isolation"}))
    assert "none of the guards" in str(teach.check("06.3", {**GUARDS, name: "a prayer"}))
    assert "Nothing is said" in str(teach.check("06.3", {name: "evaluator"}))
