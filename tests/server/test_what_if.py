"""What the policy would do next, asked of the server."""

from __future__ import annotations

import pytest

from .conftest import Fetch, body, refused, valid


async def test_what_if_is_answered_without_an_event(jp_fetch: Fetch, name: str) -> None:
    before = body(await jp_fetch("ftassist", "campaigns", name))["seq"]
    query = {"slots": "2"}
    answer = await jp_fetch("ftassist", "campaigns", name, "what-if", params=query)
    found = valid(body(answer), "WhatIf")
    assert len(found["next"]) == 2
    assert {belief["trial"] for belief in found["beliefs"]} >= {"t0000", "t0004"}
    assert body(await jp_fetch("ftassist", "campaigns", name))["seq"] == before


async def test_another_policy_may_be_asked_and_the_campaigns_own_is_named(
    jp_fetch: Fetch, name: str
) -> None:
    path = ("ftassist", "campaigns", name, "what-if")
    found = valid(body(await jp_fetch(*path, params={"policy": "uct"})), "WhatIf")
    assert (found["policy"], found["own"]) == ("uct", "greedy")
    assert {"greedy", "uct", "ftassist"} <= set(found["policies"])
    error = await refused(jp_fetch(*path, params={"policy": "gredy"}), 404)
    assert "greedy" in error["message"] + error["what_to_do"]


async def test_the_tied_set_and_how_sure_one_may_be_are_told(jp_fetch: Fetch, name: str) -> None:
    found = body(await jp_fetch("ftassist", "campaigns", name, "what-if"))
    assert found["tied"][0] == "t0004"
    assert found["tied_sentence"].startswith("t0004 ")
    assert any("one more seed of each" in line for line in found["sure"])
    assert sum(belief["chance"] for belief in found["beliefs"]) == pytest.approx(1.0, abs=0.01)


async def test_numbers_of_trials_are_answered_with_their_scores(
    jp_fetch: Fetch, name: str
) -> None:
    path = ("ftassist", "campaigns", name, "knobs")
    found = valid(body(await jp_fetch(*path)), "Knobs")
    assert found["scores"] == [0.22, 0.41, 0.42, 0.78, 0.66]
    assert all(len(axis["values"]) == len(found["trials"]) for axis in found["axes"])
    assert body(await jp_fetch(*path)) == found
