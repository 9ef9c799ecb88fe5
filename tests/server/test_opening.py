"""The sealed test split opened through the server, and the report as a page."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Campaign
from ftassist.journal import Kind

from .conftest import Fetch, body, refused, valid

SENTENCE = "on the sealed test split, t0004 is better than the base model"
Process = Callable[..., Path]


@pytest.fixture(autouse=True)
def model(served: Path) -> Path:
    """A model folder of t0004, whose test split was opened before; its fresh seeds have one."""
    folders = [served / "trials" / trial / "model" for trial in ("t0004", "t0009", "t0010")]
    for folder in folders:
        folder.mkdir(parents=True)
    return folders[0]


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Process:
    """Puts a process in the place of the one that opens; it says lines, or waits."""

    def say(*lines: dict[str, Any], wait: bool = False) -> Path:
        asked = tmp_path / "asked.json"
        code = (
            "import sys, time, pathlib\n"
            "pathlib.Path(sys.argv[1]).write_text(sys.stdin.readline())\n"
            f"print({chr(10).join(map(json.dumps, lines))!r}, flush=True)\n"
            f"time.sleep({60 if wait else 0})"
        )
        command = (sys.executable, "-c", code, str(asked))
        monkeypatch.setattr("ftassist.server.openings.COMMAND", command)
        return asked

    return say


async def begin(fetch: Fetch, name: str, **more: Any) -> dict[str, Any]:
    wish = json.dumps({"trial": "t0004", **more})
    response = await fetch("ftassist", "campaigns", name, "test", method="POST", body=wish)
    assert response.code == 202
    return check(body(response))


async def until_over(fetch: Fetch, name: str) -> dict[str, Any]:
    while True:
        found = check(body(await fetch("ftassist", "campaigns", name, "test")))
        if found["phase"] != "scoring":
            return found
        await asyncio.sleep(0.02)


def check(document: Any) -> dict[str, Any]:
    found: dict[str, Any] = valid(document["opening"], "Opening")
    return found


async def test_a_second_opening_is_refused_unless_it_is_asked_for_by_name(
    jp_fetch: Fetch, name: str, served: Path, process: Process
) -> None:
    asked = process({"doing": "scoring t0004"}, {"made": {"sentence": SENTENCE}})
    error = await refused(begin(jp_fetch, name), 400)  # type: ignore[arg-type]
    assert "opened before, for t0004" in error["message"]
    assert not asked.exists()
    await begin(jp_fetch, name, again=True)
    found = await until_over(jp_fetch, name)
    assert (found["phase"], found["steps"], found["sentence"]) == (
        "done", ["scoring t0004"], SENTENCE,
    )  # fmt: skip
    told = json.loads(asked.read_text())
    assert (told["campaign"], told["again"]) == (str(served.resolve()), True)
    assert told["actor"].startswith("person:")


async def test_it_is_opened_for_a_scored_trial_that_has_its_model(
    jp_fetch: Fetch, name: str, process: Process, model: Path
) -> None:
    process()
    error = await refused(begin(jp_fetch, name, trial="t0012", again=True), 400)  # type: ignore[arg-type]
    assert "scored trials only" in error["message"]
    seed = model.parent.with_name("t0010") / "model"
    seed.rmdir()
    error = await refused(begin(jp_fetch, name, again=True), 400)  # type: ignore[arg-type]
    assert "the model of t0010" in error["message"]
    model.rmdir()
    error = await refused(begin(jp_fetch, name, again=True), 400)  # type: ignore[arg-type]
    assert "the model of t0004" in error["message"]


async def test_one_at_a_time_and_the_scoring_can_be_ended(
    jp_fetch: Fetch, name: str, process: Process
) -> None:
    process({"doing": "scoring t0004"}, wait=True)
    await begin(jp_fetch, name, again=True)
    error = await refused(begin(jp_fetch, name, again=True), 409)  # type: ignore[arg-type]
    assert "scored already, for t0004" in error["message"]
    path = ("ftassist", "campaigns", name, "test")
    assert check(body(await jp_fetch(*path, method="DELETE")))["phase"] == "cancelled"


async def test_a_campaign_tells_what_its_test_split_said(jp_fetch: Fetch, name: str) -> None:
    view = valid(body(await jp_fetch("ftassist", "campaigns", name)), "View")
    assert view["campaign"]["tests"]["t0004"]["sentence"].startswith(SENTENCE)


async def test_the_report_is_of_the_last_event_and_written_once_for_it(
    jp_fetch: Fetch, name: str, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read() -> dict[str, Any]:
        found = body(await jp_fetch("ftassist", "campaigns", name, "report"))
        return dict(valid(found, "ReportPage"))

    first = await read()
    assert SENTENCE in first["html"].lower()
    assert "default-src 'none'" in first["html"]
    monkeypatch.setattr("ftassist.ui.report.build", lambda _: "written anew")
    assert await read() == first
    seq = campaign.say(Kind.NOTE, {"text": "a new event"}).seq
    assert await read() == {**first, "seq": seq, "html": "written anew"}


async def test_an_event_that_comes_while_the_report_is_written_makes_it_stale(
    jp_fetch: Fetch, name: str, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[str] = []

    def build(own: Campaign) -> str:
        pages.append(f"page {len(pages)}")
        if len(pages) == 1:
            campaign.say(Kind.NOTE, {"text": "it came meanwhile"})
        own.refresh()  # as the later parts of a report do
        return pages[-1]

    monkeypatch.setattr("ftassist.ui.report.build", build)
    path = ("ftassist", "campaigns", name, "report")
    read = [body(await jp_fetch(*path))["html"] for _ in range(3)]
    assert read == ["page 0", "page 1", "page 1"]


async def test_the_report_of_a_damaged_journal_is_written_once(
    jp_fetch: Fetch, name: str, served: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(served / "journal.db")) as database, database:
        database.execute("DROP TRIGGER no_update")
        database.execute("UPDATE events SET payload = '{}' WHERE seq = 100")
    pages = iter("ab")
    monkeypatch.setattr("ftassist.ui.report.build", lambda _: next(pages))
    path = ("ftassist", "campaigns", name, "report")
    read = [body(await jp_fetch(*path)) for _ in range(2)]
    assert [page["html"] for page in read] == ["a", "a"]
