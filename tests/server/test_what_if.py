"""What the policy would do next, asked of the server."""

from __future__ import annotations

from .conftest import Fetch, body, valid


async def test_what_if_is_answered_without_an_event(jp_fetch: Fetch, name: str) -> None:
    before = body(await jp_fetch("ftassist", "campaigns", name))["seq"]
    query = {"slots": "2"}
    answer = await jp_fetch("ftassist", "campaigns", name, "what-if", params=query)
    found = valid(body(answer), "WhatIf")
    assert len(found["next"]) == 2
    assert {belief["trial"] for belief in found["beliefs"]} >= {"t0000", "t0004"}
    assert body(await jp_fetch("ftassist", "campaigns", name))["seq"] == before
