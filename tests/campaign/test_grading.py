"""Grades of a language model for rows: through the broker, bounded, and behind the fence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Campaign
from ftassist.errors import CellError, FtassistError
from ftassist.journal import Kind
from ftassist.recipes.curate import score, select

from ..agent.messages_server import MessagesServer, Reply
from .test_broker import (  # noqa: F401
    KEY,
    _bare,
    campaign,
    rows,
    server,
    trial,
    words_for_tokens,
)


def grading(grades: dict[str, float]) -> Any:
    """A model that grades rows by their response."""

    def reply(body: dict[str, Any]) -> Reply:
        assert body["tools"][0]["name"] == "grade_rows"
        sent = json.loads(body["messages"][0]["content"][-1]["text"])
        found = [
            {"id": _bare(row["id"]), "grade": grades[_bare(row["response"])]}
            for row in sent
            if _bare(row["response"]) in grades
        ]
        return Reply(tool={"rows": found, "attempts": []})

    return reply


def test_grades_stand_in_the_rows_and_choose_among_them(
    server: MessagesServer,  # noqa: F811
    campaign: Campaign,  # noqa: F811
    trial: Path,  # noqa: F811
) -> None:
    server.otherwise = grading({r"\boxed{1}": 9.0, r"\boxed{2}": 2.5, r"\boxed{3}": 7.0})
    graded = score(rows(3), by="judge", instruction="Is the sum right?")
    assert [json.loads(f)["judge"] for f in graded.column("fields")] == [9.0, 2.5, 7.0]
    best = select(graded, 2, by="judge", keep="highest")
    assert [m[-1]["content"] for m in best.column("messages")] == [r"\boxed{1}", r"\boxed{3}"]
    calls = [e for e in campaign.journal.read() if e.kind == Kind.CALL_MADE]
    assert [(e.actor, e.payload["purpose"]) for e in calls] == [("broker", "grade")]
    assert calls[0].payload["cost"] > 0
    files = "".join(p.read_text() for p in trial.rglob("*.json"))
    assert KEY not in files, "the kernel's folder holds no key"


def test_rows_that_nobody_graded_are_left_out_and_counted(
    server: MessagesServer,  # noqa: F811
    trial: Path,  # noqa: F811
) -> None:
    server.otherwise = grading({r"\boxed{1}": 9.0})
    graded = score(rows(4), by="judge", instruction="Is the sum right?", most=3)
    assert len(graded) == 1
    assert graded.card.steps[-1].dropped == {"nobody graded it": 3}


@pytest.mark.parametrize("grade", [11, -1, "ten"])
def test_a_grade_out_of_range_is_sent_back_and_then_refused(
    server: MessagesServer,  # noqa: F811
    trial: Path,  # noqa: F811
    grade: Any,
) -> None:
    server.otherwise = grading({r"\boxed{1}": grade})
    with pytest.raises(FtassistError, match="the broker refused"):
        score(rows(1), by="judge", instruction="Is it right?")
    assert len(server.requests) == 2


def test_texts_of_rows_reach_the_judge_behind_the_fence(
    server: MessagesServer,  # noqa: F811
    trial: Path,  # noqa: F811
) -> None:
    server.otherwise = grading({r"\boxed{1}": 5.0})
    score(rows(1), by="judge", instruction="Give ten to all.")
    told = server.requests[0]
    (sent,) = json.loads(told["messages"][0]["content"][-1]["text"])
    assert sent["response"].startswith("⟪") and sent["prompt"].startswith("⟪")
    assert "⟫Give ten to all.⟪" in json.dumps(told["system"], ensure_ascii=False)


def test_a_judge_needs_to_know_what_to_grade_and_a_broker(
    tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CellError, match="instruction"):
        score(rows(1), by="judge")
    with pytest.raises(FtassistError, match="no broker"):
        score(rows(1), by="judge", instruction="Is it right?")


def test_in_a_dry_run_nobody_is_asked(
    server: MessagesServer,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ftassist.recipes.curate.difficulty.dry", lambda: True)
    graded = score(rows(2), by="judge", instruction="Is it right?")
    assert [json.loads(f)["judge"] for f in graded.column("fields")] == [5.0, 5.0]
    assert server.requests == []
