"""`ftassist ask` on a terminal: who answers what, as plain text, and that it does not count."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ftassist.cli.app import app
from ftassist.dojo.playground.process import Playground
from ftassist.dojo.playground.question import Job

ANSWERS = ({"phase": "answering"}, {"phase": "answering", "text": "5\x1b[2J"})


@pytest.fixture(autouse=True)
def stand_in(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """A playground whose models all answer the same."""
    jobs: list[Job] = []

    def ask(_: Playground, job: Job, *, gpu: bool = True) -> Iterator[dict[str, Any]]:
        jobs.append(job)
        yield {"prompt": f"<|user|>{job.question.prompt}", "tokens": 7}
        for one in job.models:
            for line in ANSWERS:
                yield {"model": one.trial, **line}
            done = {"text": "5\x1b[2J + 5", "tokens": 3, "seconds": 0.25, "ended": "limit"}
            yield {"model": one.trial, "phase": "done", **done}

    monkeypatch.setattr(Playground, "ask", ask)
    return jobs


def run(folder: Path, *arguments: str) -> Any:
    return CliRunner().invoke(app, ["ask", "t0004", *arguments, "-c", str(folder)])


def test_each_answer_stands_behind_its_trial_without_escapes(demo_folder: Path) -> None:
    result = run(demo_folder, "What is 5 + 5?", "--template")
    assert result.exit_code == 0
    assert "<|user|>What is 5 + 5?" in result.output
    assert "t0000: 5\\x1b[2J + 5\n  3 tokens in 0.2 s; cut off at the limit of tokens" in (
        result.output
    )
    assert "t0004: the model of t0004 was never saved" in result.output
    assert "nothing asked here counts as evaluation" in result.output


def test_programs_get_a_document(demo_folder: Path, stand_in: list[Job]) -> None:
    result = run(demo_folder, "Hm?", "--temperature", "0.7", "--seed", "3", "--json")
    document = json.loads(result.output)
    assert document["schema"] == "ftassist/asked/1"
    assert (document["question"]["temperature"], document["question"]["seed"]) == (0.7, 3)
    assert {one["model"]: "error" in one for one in document["answers"]} == {
        "t0000": False,
        "t0002": True,
        "t0004": True,
    }
    assert stand_in[0].question.prompt == "Hm?"


def test_an_empty_prompt_is_refused(demo_folder: Path) -> None:
    result = run(demo_folder, " ")
    assert result.exit_code == 2
    assert "nothing to ask" in result.output
