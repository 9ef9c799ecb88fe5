"""A model as judge of answers that a rule called wrong; its answers are scripted by the test."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ftassist.agent import key
from ftassist.agent.judge import AnswerJudge
from ftassist.cli.app import app
from ftassist.dojo.scorers import Row, score_rows
from ftassist.errors import BudgetError, DataError, FtassistError, UnknownNameError

from .messages_server import MessagesServer, Reply, serving

MODEL = "claude-haiku-5-5"
KEY = "sk-ant-planted-judge-0123456789"
DOC = {"question": "What is 4 times 6?", "answer": "24"}
RIGHT, WRONG, UNBOXED = r"So \boxed{24}.", r"So \boxed{7}.", "It is two dozen."


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(key.VARIABLE, KEY)
    yield
    key.forget()


@pytest.fixture
def server() -> Iterator[MessagesServer]:
    with serving() as running:
        yield running


def verdict(word: str) -> Reply:
    return Reply(tool={"verdict": word})


def rows(*predictions: str) -> list[Row]:
    return [Row(f"{n}", DOC, text) for n, text in enumerate(predictions)]


def test_only_answers_the_rule_calls_wrong_are_shown_to_the_judge(server: MessagesServer) -> None:
    server.say(verdict("INCORRECT"), verdict("CORRECT"))
    judge = AnswerJudge(MODEL, base_url=server.url)
    scores = score_rows("aime25", rows(RIGHT, WRONG, UNBOXED, "  "), judge=judge)
    assert scores.metrics == {"accuracy": 0.25, "accuracy_with_judge": 0.5}
    assert scores.strict == {"accuracy": 0.25, "accuracy_with_judge": 0.25}
    assert scores.intervals["accuracy_with_judge"][0] > 0.1
    texts = [json.dumps(body["messages"]) for body in server.requests]
    assert len(texts) == 2
    assert "two dozen" in texts[1]
    assert "What is 4 times 6?" in texts[1]


def test_the_score_says_who_judged_and_what_it_cost(server: MessagesServer) -> None:
    server.say(verdict("CORRECT"))
    judge = AnswerJudge(MODEL, base_url=server.url)
    told = score_rows("aime25", rows(UNBOXED), judge=judge).to_dict()["judge"]
    assert (told["model"], told["asked"], told["overturned"]) == (MODEL, 1, 1)
    assert told["usd"] > 0


def test_without_a_judge_nothing_is_asked_and_no_judge_is_named() -> None:
    document = score_rows("aime25", rows(RIGHT, UNBOXED)).to_dict()
    assert "judge" not in document
    assert list(document["metrics"]) == ["accuracy"]


def test_the_cap_ends_the_calls(server: MessagesServer) -> None:
    with pytest.raises(BudgetError, match="could cost"):
        score_rows("aime25", rows(WRONG), judge=AnswerJudge(MODEL, usd=1e-6, base_url=server.url))
    assert not server.requests


def test_a_model_without_a_price_is_refused(server: MessagesServer) -> None:
    judge = AnswerJudge("somebody-7b", base_url=server.url)
    with pytest.raises(UnknownNameError, match="price"):
        judge("?", "1", "2")


def test_a_verdict_that_is_none_is_sent_back_once(server: MessagesServer) -> None:
    server.say(verdict("MAYBE"), verdict("CORRECT"))
    assert AnswerJudge(MODEL, base_url=server.url)("?", "1", "one")
    assert len(server.requests) == 2


def test_a_task_without_a_second_look_refuses_a_judge(server: MessagesServer) -> None:
    row = Row("1", {"sentence": "fine", "label": 1}, "bad")
    with pytest.raises(DataError, match="no second look"):
        score_rows("sst2", [row], judge=AnswerJudge(MODEL, base_url=server.url))


def predictions(folder: Path) -> str:
    path = folder / "p.jsonl"
    lines = [{"id": row.id, "doc": row.doc, "prediction": row.prediction} for row in rows(UNBOXED)]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return str(path)


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["score", "aime25", *arguments])


def test_the_command_names_the_judge_in_its_output_and_nowhere_the_key(
    server: MessagesServer, tmp_path: Path
) -> None:
    server.say(verdict("CORRECT"), verdict("CORRECT"))
    asked = ("--predictions", predictions(tmp_path), "--judge", MODEL, "--base-url", server.url)
    page = run(*asked)
    assert f"with LLM judge {MODEL}" in " ".join(page.stdout.split())
    document = json.loads(run(*asked, "--json").stdout)
    assert document["metrics"] == {"accuracy": 0.0, "accuracy_with_judge": 1.0}
    assert document["judge"]["model"] == MODEL
    assert KEY not in page.stdout + json.dumps(document)


def test_without_a_key_the_command_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: MessagesServer
) -> None:
    monkeypatch.delenv(key.VARIABLE)
    asked = ("--predictions", predictions(tmp_path), "--judge", MODEL, "--base-url", server.url)
    refused = run(*asked)
    assert refused.exit_code == 2
    assert "no key" in refused.stderr
    with pytest.raises(FtassistError, match="no key"):
        AnswerJudge(MODEL, base_url=server.url)("?", "1", "2")
