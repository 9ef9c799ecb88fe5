"""Likeness by words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ftassist.agent.words import coverage, nearness, rarity, words


def test_endings_do_not_matter() -> None:
    assert set(words("rings, counted")) == set(words("ring counts"))


def test_rare_words_weigh_more() -> None:
    weights = rarity(["boat and rain", "boat and sun", "boat"])
    assert weights["rain"] > weights["boat"]
    assert coverage("boat rain", "rain", weights) > coverage("boat rain", "boat", weights)


def test_nothing_covers_nothing() -> None:
    assert coverage("", "boats", {}) == 0.0
    assert nearness("boats", []) == 0.0


@given(st.text(max_size=200), st.text(max_size=200))
def test_likeness_lies_between_zero_and_one(one: str, other: str) -> None:
    assert 0.0 <= coverage(one, other, rarity([one, other])) <= 1.0
    assert 0.0 <= nearness(one, [other]) <= 1.0
    assert nearness(one, [one]) in (0.0, 1.0)
