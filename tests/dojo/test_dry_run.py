"""What is cut short in a dry run, and that nothing is outside of one."""

from __future__ import annotations

import pytest

from ftassist.dojo.dry_run import ALL, ROWS, STEPS, VARIABLE, most_steps, shares
from ftassist.dojo.evaluator.client import evaluate, find_leaks, judge_answers
from ftassist.dojo.evaluator.protocol import RefusedError
from ftassist.recipes import curate


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(ROWS))


def test_without_one_nothing_is_cut() -> None:
    assert shares({"a": 300, "b": 700}) == {"a": 300, "b": 700}
    assert (most_steps(None), most_steps(900)) == (None, 900)


@pytest.mark.usefixtures("few")
def test_few_rows_are_read_of_every_set_in_proportion() -> None:
    assert shares({"a": 300, "b": 700}) == {"a": 15, "b": 35}
    assert shares({"a": 3000, "rare": 2}) == {"a": 50, "rare": 1}
    assert shares({"a": 20, "b": 10}) == {"a": 20, "b": 10}
    rows = curate.load("mini_math", {"lessons_shop": 300, "crowd_solutions": None}, seed=1)
    assert ROWS - 2 <= len(rows) <= ROWS + 2
    assert set(rows.by_source()) == {"lessons_shop", "crowd_solutions"}


@pytest.mark.usefixtures("few")
def test_a_limit_that_is_none_is_told_as_ever() -> None:
    from ftassist.errors import DataError

    with pytest.raises(DataError, match="the limit of set"):
        curate.load("mini_math", {"lessons_shop": -3})


@pytest.mark.usefixtures("few")
def test_training_takes_two_steps_or_fewer() -> None:
    assert (most_steps(None), most_steps(900), most_steps(1)) == (STEPS, STEPS, 1)


def test_all_rows_may_be_read_for_two_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, ALL)
    assert shares({"a": 300, "b": 700}) == {"a": 300, "b": 700}
    assert most_steps(None) == STEPS


@pytest.mark.usefixtures("few")
def test_nothing_is_asked_of_an_evaluator() -> None:
    assert find_leaks(["a row", "another"]) == []
    assert sorted(set(judge_answers([({}, "1")] * 4, task="mini_math"))) == [0.0, 1.0]
    with pytest.raises(RefusedError, match="nothing is scored in a dry run"):
        evaluate("model")
