"""What files would become is told as far as they can be read, and nothing is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ftassist.dojo.own_files import looked_at, own_task

QUESTIONS = ("When does it open?", "Who is the owner?", "Where can I park?", "May dogs come in?")


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Any]:
    """Training and evaluation rows of a small classification, as CSV and JSON lines."""
    train = "".join(f'"{n}: {QUESTIONS[n % 4]}",topic{n % 4}\n' for n in range(12))
    (tmp_path / "train.csv").write_text("message,topic\n" + train)
    rows = [
        {"message": f"{n} {QUESTIONS[n % 4]} {n * 37}", "topic": f"topic{n % 4}"}
        for n in range(40)
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "eval.jsonl").write_text(text)
    return {
        "folder": str(tmp_path / "tasks" / "topics"),
        "train": [str(tmp_path / "train.csv")],
        "evaluation": str(tmp_path / "eval.jsonl"),
        "metric": "accuracy",
        "prompt": "message",
        "answer": "topic",
    }


def look(files: dict[str, Any], items: int | None = None, **more: Any) -> dict[str, Any]:
    return looked_at(own_task({**files, **more}), items)


def test_columns_and_three_rows_are_told_and_nothing_is_written(
    files: dict[str, Any], tmp_path: Path
) -> None:
    before = sorted(tmp_path.rglob("*"))
    found = look(files)
    assert found["problem"] is None
    assert found["columns"] == ["message", "topic"]
    assert [(one["role"], one["rows"]) for one in found["sources"]] == [
        ("train", 12),
        ("evaluation", 40),
    ]
    assert len(found["sources"][0]["examples"]) == 3
    assert sorted(tmp_path.rglob("*")) == before


def test_answers_are_judged_as_the_metric_would(files: dict[str, Any]) -> None:
    judged = {one["text"]: one["score"] for one in look(files)["judged"]}
    assert judged["topic0"] == judged["TOPIC0"] == judged['"topic0".'] == 1.0
    assert judged["topic1"] == judged[""] == judged["The answer is topic0."] == 0.0
    strict = {one["text"]: one["score"] for one in look(files, metric="exact_match")["judged"]}
    assert (strict["topic0"], strict["TOPIC0"]) == (1.0, 0.0)
    pattern = {
        one["text"]: one["score"] for one in look(files, metric=r"regex:(topic\d)")["judged"]
    }
    assert pattern["The answer is topic0."] == 1.0


def test_fewer_items_show_only_larger_gains(files: dict[str, Any]) -> None:
    every = look(files)
    few = look(files, items=10)
    assert sum(every["items"].values()) == 40
    assert few["items"] == every["items"]
    assert few["smallest_effect"] is None or few["smallest_effect"] > every["smallest_effect"]


def test_without_evaluation_rows_the_training_rows_are_shown(files: dict[str, Any]) -> None:
    found = look(files, evaluation="")
    assert [one["role"] for one in found["sources"]] == ["train"]
    assert (found["items"], found["problem"]) == (None, None)


def test_a_column_that_is_not_there_is_the_problem_and_the_columns_are_told(
    files: dict[str, Any],
) -> None:
    found = look(files, prompt="mesage")
    assert "mesage" in found["problem"]["what"]
    assert "message" in found["problem"]["fix"]
    assert found["columns"] == ["message", "topic"]


def test_a_scoring_file_is_refused_and_never_run(files: dict[str, Any], tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.py"
    bomb.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\ndef process_results(i, r): ...\n")
    with pytest.raises(Exception, match="command line"):
        own_task({**files, "metric": f"python:{bomb}"})
    assert not (tmp_path / "ran").exists()
