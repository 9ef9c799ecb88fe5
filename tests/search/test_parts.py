"""Trials in parts: what a rung says of the end, when to stop, and what the policy does of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ftassist.search.beliefs import believe
from ftassist.search.expected_gain import InParts
from ftassist.search.parts import RungLine, gain, lines, stopping
from ftassist.search.policy import Choice, PartialScore, SearchTree, TreeNode

from .conftest import BASE, scored

RUNGS = (0.25, 0.5, 1.0)


def at(rung: float, score: float, half: float = 0.03) -> PartialScore:
    return PartialScore(rung, score, (score - half, score + half))


def whole(number: int, score: float) -> TreeNode:
    """A trial that shows half of its gain at the first rung."""
    early = (at(0.25, 0.5 + 0.5 * (score - 0.5)),)
    node = scored(f"t{number:04d}", "t0000", score, half=0.04)
    return replace(node, seconds=60.0, partial=early)


def rests(trial: str, score: float) -> TreeNode:
    partial = (at(0.25, score),)
    return TreeNode(trial, "t0000", "resting", seconds=15.0, rung=0.25, partial=partial)


def known(*more: TreeNode, seconds_left: float = 1e4, may_grow: bool = True) -> SearchTree:
    """A campaign that has seen nine trials at their end, and others."""
    ends = [whole(n, 0.46 + 0.02 * n) for n in range(1, 10)]
    return SearchTree((BASE, *ends, *more), seconds_left, rungs=RUNGS, may_grow=may_grow)


def line(tree: SearchTree) -> RungLine:
    return lines(tree, believe(tree))[0.25]


def only(tree: SearchTree) -> Choice:
    (choice,) = InParts().choose(tree, 1)
    return choice


def test_the_line_of_a_rung_is_learnt_from_trials_that_came_to_their_end() -> None:
    learnt, assumed = line(known()), line(SearchTree((BASE,), rungs=RUNGS))
    assert learnt.weights[1] == pytest.approx(0.5, abs=0.15)
    assert learnt.covariance[1][1] < 0.5 * assumed.covariance[1][1]
    assert learnt.left(0.55, 0.01) < 0.01


def test_a_higher_score_at_a_rung_promises_a_higher_one_at_the_end() -> None:
    learnt = line(known())
    low, high = (learnt.after(0.55, 0.01, score) for score in (0.50, 0.62))
    assert low < 0.55 < high


def test_stopping_is_worth_no_less_a_second_than_running_every_trial_to_its_end() -> None:
    whole_run = gain(0.5, 0.01, 0.001, 0.55) / 100.0
    found = stopping(0.5, 0.01, 0.002, 0.001, 0.55, (25.0, 75.0))
    assert found.gain / found.seconds > 1.2 * whole_run
    assert 0.0 < found.share < 1.0


def test_where_a_rung_says_nothing_no_trial_is_stopped_there() -> None:
    found = stopping(0.5, 0.01, 0.01, 0.001, 0.55, (25.0, 75.0))
    assert found.share == 1.0
    assert found.gain == pytest.approx(gain(0.5, 0.01, 0.001, 0.55))


def test_a_new_trial_is_run_to_the_first_rung_and_the_reason_says_so() -> None:
    choice = only(known())
    assert (choice.action, choice.rung) == ("grow", 0.25)
    assert "to 25% first" in choice.reason
    assert "of such go on to their end" in choice.reason


def test_a_trial_that_looks_well_at_a_rung_goes_on_before_anything_new() -> None:
    choice = only(known(rests("t0010", 0.50), rests("t0011", 0.66)))
    assert (choice.parent, choice.action) == ("t0011", "promote")
    assert choice.reason.startswith("running t0011 on to ")


def test_what_is_clearly_behind_at_a_rung_rests_even_where_nothing_new_may_be_begun() -> None:
    behind, near = rests("t0010", 0.30), rests("t0011", 0.62)
    assert only(known(behind)).action != "promote"
    assert InParts().choose(known(behind, may_grow=False), 2) == []
    (late,) = InParts().choose(known(behind, near, may_grow=False), 2)
    assert late.parent == "t0011"


def test_a_trial_is_run_on_once_whatever_the_slots() -> None:
    choices = InParts().choose(known(rests("t0010", 0.66)), 4)
    assert [choice.parent for choice in choices if choice.action == "promote"] == ["t0010"]


def test_where_the_seconds_pay_for_no_trial_in_parts_one_is_run_whole() -> None:
    assert only(known(seconds_left=100.0)).rung == 0.25
    choices = InParts().choose(known(seconds_left=20.0), 4)
    assert {choice.rung for choice in choices} == {1.0}
