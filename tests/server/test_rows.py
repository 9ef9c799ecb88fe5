"""Training rows and what a trial used are served page by page, checked, and as text only."""

from __future__ import annotations

import json
from typing import Any

from ftassist.campaign import Campaign

from .conftest import Fetch, body, refused, valid


async def rows(fetch: Fetch, name: str, trial: str = "t0004", **query: str) -> Any:
    path = ("ftassist", "campaigns", name, "trials", trial, "rows")
    return valid(body(await fetch(*path, params=query)), "RowsPage")


async def test_rows_are_found_by_words_and_source(jp_fetch: Fetch, name: str) -> None:
    page = await rows(jp_fetch, name, text="= 19", source="crowd_solutions")
    assert [row["row"] for row in page["rows"]] == [12]
    assert page["rows"][0]["why"] == ["nearness: 0.988"]
    assert "<script>" in page["rows"][0]["turns"][0]["content"]
    assert (await rows(jp_fetch, name, start="100"))["rows"][-1]["row"] == 120


async def test_the_rows_of_a_trial_that_leaks_are_not_served(jp_fetch: Fetch, name: str) -> None:
    page = await rows(jp_fetch, name, "t0007")
    assert page["rows"] == []
    assert "repeat evaluation items" in page["withheld"]


async def test_odd_questions_for_rows_are_refused(jp_fetch: Fetch, name: str) -> None:
    path = ("ftassist", "campaigns", name, "trials", "t0004", "rows")
    for query in ({"start": "-1"}, {"count": "many"}, {"text": "x" * 501}):
        error = await refused(jp_fetch(*path, params=query), 400)
        assert error["where"] in query
    for asked in ("", "x", "1,-2", ",".join(map(str, range(30)))):
        await refused(jp_fetch(*path, "tokens", params={"rows": asked}), 400)


async def test_rows_come_as_tokens(jp_fetch: Fetch, name: str) -> None:
    path = ("ftassist", "campaigns", name, "trials", "t0004", "rows", "tokens")
    found = body(await jp_fetch(*path, params={"rows": "3,4,99999"}, request_timeout=120))
    valid(found, "RowsTokens")
    assert [row["row"] for row in found["rows"]] == [3, 4]
    learned = "".join(p["text"] for p in found["rows"][0]["pieces"] if p["trained"])
    assert learned.startswith("3 + 7 = 10")


async def test_what_a_trial_used_is_served(jp_fetch: Fetch, name: str) -> None:
    path = ("ftassist", "campaigns", name, "trials")
    used = valid(body(await jp_fetch(*path, "t0004", "usage")), "Usage")
    assert len(used["samples"]) == 40
    nothing = valid(body(await jp_fetch(*path, "t0001", "usage")), "Usage")
    assert nothing["samples"] == []


async def test_tags_and_notes_are_written_by_actions(
    jp_fetch: Fetch, name: str, campaign: Campaign
) -> None:
    async def act(status: int = 200, **wanted: Any) -> Any:
        path = ("ftassist", "campaigns", name, "actions")
        ask = jp_fetch(*path, method="POST", body=json.dumps({"trial": "t0004", **wanted}))
        return await refused(ask, status) if status != 200 else body(await ask)

    await act(action="tag", tag="keep")
    note = (await act(action="note", kind="note", text="<b>too</b> short"))["seq"]
    await act(action="note", text="a prompt to ask again")
    trial = campaign.trial("t0004")
    assert list(trial.tags) == ["keep"]
    assert [(one["kind"], one["text"]) for one in trial.notes] == [
        ("note", "<b>too</b> short"),
        ("prompt", "a prompt to ask again"),
    ]
    view = body(await jp_fetch("ftassist", "campaigns", name))
    node = next(node for node in view["nodes"] if node["trial"] == "t0004")
    assert (node["tags"], node["notes"]) == (["keep"], 2)
    await act(action="remove_note", note=note)
    await act(action="untag", tag="keep")
    assert campaign.trial("t0004").tags == {}
    assert len(campaign.trial("t0004").notes) == 1
    assert (await act(400, action="tag", tag="two words"))["where"] == "tag"
    await act(404, action="untag", tag="keep")
