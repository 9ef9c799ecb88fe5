"""A task is drafted from words, corrected and sealed over the interface; the model is scripted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.agent.messages_server import MessagesServer, Reply, serving

from ftassist.agent import key

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
        f"{'xyz'[n % 3] * 5} {n * 7919} broke near desk {n * 31},{TEAMS[n % 3]}" for n in range(60)
    ]
    path = jp_root_dir / "tickets.csv"
    path.write_text("\n".join(["ticket,team", *lines]) + "\n")
    return path


def handed_in(**changed: Any) -> dict[str, Any]:
    """What the model hands in: its first made-up answer is called right, and is not."""
    document = {
        "title": "Ticket to team", "about": "The team.", "prompt": "Which team? {ticket}",
        "answer": "team", "metric": "accuracy", "why_metric": "labels", "max_new_tokens": 8,
        "items": [{"row": 1, "right": ["the kitchen"], "wrong": ["<b>none</b>"]}],
    }  # fmt: skip
    return {**document, **changed}


def asking(fetch: Fetch, act: str, **more: Any) -> Any:
    document = {"act": act, "name": "tickets", **more}
    # Each act is a process, whose start may take longer than a client waits by default.
    sent = json.dumps(document)
    return fetch("ftassist", "task-drafts", method="POST", body=sent, request_timeout=120)


def drafting(model: MessagesServer, **more: Any) -> dict[str, Any]:
    place = {"agent_model": "local", "base_url": model.url, "dialect": "messages"}
    return {"file": "tickets.csv", "wish": "Say which team a ticket is for.", **place, **more}


@pytest.mark.usefixtures("file")
async def test_a_draft_is_made_corrected_and_sealed(
    jp_fetch: Fetch, jp_root_dir: Path, model: MessagesServer
) -> None:
    model.say(Reply(tool=handed_in()))
    draft = valid(body(await asking(jp_fetch, "draft", **drafting(model))), "TaskDraft")
    assert draft["folder"] == "tasks/tickets.draft"
    assert "wrote no code" in draft["said"]
    answers = {one["label"]: one for one in draft["rows"][0]["answers"]}
    assert {label: one["agrees"] for label, one in answers.items()} == {"1a": False, "1b": True}
    assert answers["1b"]["text"] == "<b>none</b>"
    error = await refused(asking(jp_fetch, "seal"), 400)
    assert "1a" in error["message"]
    changes = {"wrong": ["1a"], "title": "Tickets to teams"}
    corrected = valid(body(await asking(jp_fetch, "correct", **changes)), "TaskDraft")
    assert corrected["title"] == "Tickets to teams"
    assert corrected["rows"][0]["answers"][0] | {"score": 0.0} == {
        "label": "1a", "text": "the kitchen", "should": "wrong", "by": "person", "score": 0.0,
        "agrees": True,
    }  # fmt: skip
    sealed = valid(body(await asking(jp_fetch, "seal")), "OwnTask")
    assert sealed["task"] == "tasks/tickets"
    assert (jp_root_dir / "tasks" / "tickets" / "card.yaml").is_file()
    again = await refused(asking(jp_fetch, "draft", **drafting(model)), 400)
    assert again["where"] == "name"


@pytest.mark.usefixtures("file")
async def test_without_a_language_model_it_is_said_what_is_needed_and_nothing_is_left(
    jp_fetch: Fetch, jp_root_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(key.VARIABLE, raising=False)
    error = await refused(
        asking(jp_fetch, "draft", file="tickets.csv", wish="Say which team."), 400
    )
    assert key.VARIABLE in error["message"] + error["what_to_do"]
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
    error = await refused(asking(jp_fetch, act, **more), 400)
    assert error["where"] == where
