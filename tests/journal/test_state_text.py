"""A state that was written as text is the same one when it is read."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.journal.test_folding import build, history, steps

from ftassist.journal import Kind, State, fold
from ftassist.journal.state_text import of_text, to_text
from ftassist.records.budget import Budget


def same(one: State, other: State) -> bool:
    """Whether two states are the same, types and all."""
    return repr(one) == repr(other)


@settings(deadline=None, max_examples=40)
@given(steps, st.integers(min_value=0, max_value=60))
def test_reading_on_from_a_text_is_folding_all(
    drawn: list[tuple[Any, str | None]], cut: int
) -> None:
    events = build(drawn)
    first = fold(State(), events[:cut])
    assert same(of_text(to_text(first)), first)
    assert same(fold(of_text(to_text(first)), events[cut:]), fold(State(), events))


def test_numbers_that_are_none_and_content_of_other_versions_come_back() -> None:
    measured: dict[str, Any] = {"score": math.inf, "low": "a word", "high": 1, "n": 9}
    scored = {"feedback": {**measured, "views": {"a": measured}, "parse_rate": math.nan}}
    ended = {"seconds": {"train": [1, {"b": []}]}, "data": {"rows": -math.inf}}
    state = fold(
        State(),
        history(
            (Kind.PROPOSAL_MADE, "t0001", {"parent": "t0000", "cells": {}}),
            (Kind.TRIAL_SCORED, "t0001", scored),
            (Kind.TRIAL_COMPLETED, "t0001", ended),
            (Kind.NOTE, None, {"text": "naïve 数 \U0001f600"}),
        ),
    )
    assert same(of_text(to_text(state)), state)


def test_a_whole_number_stays_one_also_where_it_equals_what_is_there_by_itself() -> None:
    budget = Budget(seconds=int(Budget().seconds), usd=int(Budget().usd))
    read = of_text(to_text(State(budget=budget)))
    assert [type(value) for value in (read.budget.seconds, read.budget.usd)] == [int, int]
    assert type(of_text(to_text(State())).budget.seconds) is float


def test_defaults_are_the_objects_that_they_are() -> None:
    state = of_text(to_text(State()))
    assert state == State()
    assert state.survey is State().survey


@pytest.mark.parametrize(
    "text", [b"", b"[]", b'{"seq": ', b'{"trials": {"t0000": 3}}', b'{"nothing_of_ours": ']
)
def test_what_is_no_state_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):
        of_text(text)


def test_what_no_event_can_hold_is_not_written() -> None:
    state = State(card={"made": object()})
    with pytest.raises(ValueError):
        to_text(state)
    kept = State(card={"turns": ("a tuple where an event has a list",)})
    with pytest.raises(ValueError, match="another state"):
        to_text(kept)
