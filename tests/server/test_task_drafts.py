"""A task is drafted from words, corrected and sealed over the interface; the model is scripted."""

from __future__ import annotations

import asyncio
import io
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.agent.messages_server import MessagesServer, Reply, serving

from ftassist.agent import key
from ftassist.agent.backends.link import Progress
from ftassist.dojo import own_divided, own_draft
from ftassist.dojo.own_rows import ColumnNames
from ftassist.errors import FtassistError
from ftassist.ui import drafting_process
from ftassist.ui.drafting import Changes, correct

from .conftest import Fetch, body, refused, valid

TEAMS = ("billing", "network", "access")
COSTS = "{input: 1, written: 1, cached: 1, output: 1}"


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MessagesServer]:
    """A language model that says what the test scripts, and what it costs."""
    prices = tmp_path / "prices.yaml"
    prices.write_text(f"as_of: 2026-11-01\nmodels: {{local: {COSTS}}}\n")
    monkeypatch.setenv("FTASSIST_PRICES", str(prices))
    monkeypatch.setenv(key.VARIABLE, "sk-ant-planted-draft-0123456789")
    with serving() as running:
        yield running
    key.forget()


@pytest.fixture
def file(jp_root_dir: Path) -> Path:
    """Rows below the root."""
    lines = [
        f"{'xyz'[n % 3] * 5} {n * 7919} broke near desk {n * 31},day {n % 7},{TEAMS[n % 3]}"
        for n in range(60)
    ]
    path = jp_root_dir / "tickets.csv"
    path.write_text("\n".join(["ticket,day,team", *lines]) + "\n")
    return path


def handed_in(**changed: Any) -> dict[str, Any]:
    """What the model hands in: its first made-up answer is called right, and is not."""
    document = {
        "title": "Ticket to team", "about": "The team.", "prompt": "Which team? {ticket}",
        "answer": "team", "metric": "accuracy", "why_metric": "labels", "max_new_tokens": 8,
        "items": [{"row": 1, "right": ["the kitchen"], "wrong": ["<b>none</b>"]}],
    }  # fmt: skip
    return {**document, **changed}


def begin(fetch: Fetch, act: str, **more: Any) -> Any:
    sent = json.dumps({"act": act, "name": "tickets", **more})
    return fetch("ftassist", "task-drafts", method="POST", body=sent)


async def asking(fetch: Fetch, act: str, **more: Any) -> dict[str, Any]:
    """What came of an act: each is a process, whose start may take long on a busy machine."""
    begun = await begin(fetch, act, **more)
    assert begun.code == 202
    document: dict[str, Any] = valid(body(begun), "Drafting")
    while document["phase"] == "working":
        await asyncio.sleep(0.05)
        document = valid(body(await fetch("ftassist", "task-drafts", document["id"])), "Drafting")
    return document


async def left(fetch: Fetch) -> list[tuple[str, str | None]]:
    """The drafts that were begun and not sealed, with the act that is under way."""
    start = valid(body(await fetch("ftassist", "start")), "Start")
    return [(one["name"], one["drafting"]) for one in start["drafts"]]


def drafting(model: MessagesServer, **more: Any) -> dict[str, Any]:
    place = {"agent_model": "local", "base_url": model.url, "dialect": "messages"}
    return {"file": "tickets.csv", "wish": "Say which team a ticket is for.", **place, **more}


@pytest.mark.usefixtures("file")
async def test_a_draft_is_made_corrected_and_sealed(
    jp_fetch: Fetch, jp_root_dir: Path, model: MessagesServer
) -> None:
    model.say(Reply(tool=handed_in()))
    draft = (await asking(jp_fetch, "draft", **drafting(model)))["draft"]
    assert draft["folder"] == "tasks/tickets.draft"
    assert await left(jp_fetch) == [("tickets", None)]
    assert "wrote no code" in draft["said"]
    answers = {one["label"]: one for one in draft["rows"][0]["answers"]}
    assert {label: one["agrees"] for label, one in answers.items()} == {"1a": False, "1b": True}
    assert answers["1b"]["text"] == "<b>none</b>"
    assert draft["sizes"]["train"] == 40 and draft["unused"] == ["day"]
    refusal = await asking(jp_fetch, "seal")
    assert refusal["phase"] == "failed" and "1a" in refusal["error"]["message"]
    changes = {"wrong": ["1a"], "title": "Tickets to teams", "prompt": "{ticket} ({day})",
               "evaluation_rows": 30}  # fmt: skip
    corrected = (await asking(jp_fetch, "correct", **changes))["draft"]
    assert corrected["title"] == "Tickets to teams" and corrected["unused"] == []
    assert "(day " in corrected["rows"][0]["prompt"]
    assert corrected["sizes"] == {"train": 30, "evaluation": 30, "validation": 15, "test": 15}
    assert corrected["rows"][0]["answers"][0] | {"score": 0.0} == {
        "label": "1a", "text": "the kitchen", "should": "wrong", "by": "person", "score": 0.0,
        "agrees": True,
    }  # fmt: skip
    sealed = await asking(jp_fetch, "seal")
    assert (sealed["phase"], sealed["task"]) == ("done", "tasks/tickets")
    assert await left(jp_fetch) == []
    assert (jp_root_dir / "tasks" / "tickets" / "card.yaml").is_file()
    again = await refused(begin(jp_fetch, "draft", **drafting(model)), 400)
    assert again["where"] == "name"


@pytest.mark.usefixtures("file")
async def test_without_a_language_model_it_is_said_what_is_needed_and_nothing_is_left(
    jp_fetch: Fetch, jp_root_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(key.VARIABLE, raising=False)
    told = await asking(jp_fetch, "draft", file="tickets.csv", wish="Say which team.")
    assert key.VARIABLE in told["error"]["message"] + told["error"]["what_to_do"]
    assert not list((jp_root_dir / "tasks").glob("*"))


@pytest.mark.parametrize(
    ("act", "more", "where"),
    [
        ("draft", {"file": "/etc/passwd", "wish": "w"}, "file"),
        ("draft", {"file": "../outside.csv", "wish": "w"}, "file"),
        ("draft", {"file": "link.csv", "wish": "w"}, "file"),
        ("draft", {"file": "tickets.csv", "wish": " "}, "wish"),
        ("draft", {"file": "tickets.csv", "wish": "w", "name": "../mine"}, "name"),
        ("correct", {"name": "linked", "title": "t"}, "name"),
        ("seal", {"name": "a/b"}, "name"),
        ("correct", {"code": "import os"}, "body"),
    ],
)
async def test_what_leads_elsewhere_is_refused_before_anything_is_begun(
    jp_fetch: Fetch, jp_root_dir: Path, file: Path, act: str, more: dict[str, Any], where: str
) -> None:
    (jp_root_dir / "link.csv").symlink_to(file)
    (jp_root_dir / "tasks").mkdir()
    (jp_root_dir / "tasks" / "linked.draft").symlink_to(jp_root_dir)
    (jp_root_dir / "draft.yaml").touch()
    assert await left(jp_fetch) == []
    error = await refused(begin(jp_fetch, act, **more), 400)
    assert error["where"] == where


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"answer": "teem"}, "answer"),
        ({"prompt": "{tickets}"}, "prompt"),
        ({"metric": "regex:("}, "metric"),
        ({"evaluation_rows": 59}, "evaluation_rows"),
    ],
)
def test_what_does_not_fit_is_told_of_its_part_and_the_draft_stays(
    file: Path, tmp_path: Path, changes: dict[str, Any], where: str
) -> None:
    known = own_draft.OwnDraft(
        tmp_path / "x.draft", "w", "about", "title", ColumnNames("ticket", "team"), "accuracy",
        items={1: (own_draft.MadeUpAnswer("the kitchen", "wrong"),)},
    )  # fmt: skip
    own_divided.divide_file(file, known.folder)
    own_draft.save(known)
    with pytest.raises(FtassistError) as told:
        correct(known, Changes(**changes))
    assert told.value.where == where and told.value.fix
    assert own_draft.load(known.folder) == known


@pytest.mark.usefixtures("file")
async def test_a_draft_under_way_says_how_far_it_is_and_can_be_ended(
    jp_fetch: Fetch, jp_root_dir: Path, model: MessagesServer, jp_serverapp: Any
) -> None:
    model.say(Reply(tool=handed_in(), wait=600.0))
    begun = body(await begin(jp_fetch, "draft", **drafting(model)))
    while "local" not in begun["doing"]:
        await asyncio.sleep(0.05)
        begun = body(await jp_fetch("ftassist", "task-drafts", begun["id"]))
        assert begun["phase"] == "working"
    assert await left(jp_fetch) == [("tickets", begun["id"])]
    error = await refused(begin(jp_fetch, "look"), 409)
    assert "being worked on" in error["message"]
    process = jp_serverapp.web_app.settings["ftassist_drafts"].get(begun["id"]).process
    response = await jp_fetch("ftassist", "task-drafts", begun["id"], method="DELETE")
    assert valid(body(response), "Drafting")["phase"] == "cancelled"
    assert process.poll() is not None
    assert not (jp_root_dir / "tasks" / "tickets.draft").exists()


def test_one_that_takes_too_long_says_what_it_was_at(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def slow(_: Any, __: Path, steps: Any) -> dict[str, Any]:
        steps.hear(Progress("draft_task", "local", "writing", tokens=1200))
        signal.pause()
        return {}

    monkeypatch.setitem(drafting_process._ACTS, "look", slow)
    asked = {"act": "look", "folder": "x", "seconds": 0.05}
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(asked).encode())))
    before = signal.getsignal(signal.SIGTERM)
    drafting_process.main()
    signal.signal(signal.SIGTERM, before)
    *_, told = map(json.loads, capfd.readouterr().out.splitlines())
    assert (
        "after 0.05 s, while local writes the task (about 1,200 tokens)" in told["error"]["what"]
    )
    assert "faster model" in told["error"]["fix"]
