"""What a campaign is expected to cost, asked of the server."""

from __future__ import annotations

from .conftest import Fetch, body, valid


async def test_the_plan_is_told_without_an_event(jp_fetch: Fetch, name: str) -> None:
    before = body(await jp_fetch("ftassist", "campaigns", name))["seq"]
    found = valid(body(await jp_fetch("ftassist", "campaigns", name, "plan")), "PlanDocument")
    assert {part["name"] for part in found["parts"]} >= {"trials"}
    assert found["seconds"] > 0 and found["lines"]
    assert body(await jp_fetch("ftassist", "campaigns", name))["seq"] == before
