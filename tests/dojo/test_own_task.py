"""Tasks of one's own: two files and a metric make a task folder that can be scored."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ftassist.cli.app import app
from ftassist.dojo.evaluator.definition import read_definition
from ftassist.dojo.evaluator.harness import harness_task
from ftassist.dojo.own_task import METRICS, OwnTask, make_task
from ftassist.dojo.repository import DataRepository
from ftassist.dojo.task import Task
from ftassist.dojo.task_loader import load_task
from ftassist.errors import DataError, FtassistError, UnknownNameError

DOCUMENT = Path(__file__).parents[2] / "docs" / "own-tasks.md"
WORDS = ("apple", "river", "stone", "cloud", "lamp", "horse", "paper", "glass", "bread", "wheel")


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def own(tmp_path: Path) -> OwnTask:
    """A task on colours of things."""
    rows = [
        {"prompt": f"What colour is {word} number {i}?", "answer": "red" if i % 2 else "blue"}
        for i, word in enumerate(WORDS)
    ]
    train = write(
        tmp_path / "a.jsonl", [{**row, "prompt": row["prompt"] + " Now?"} for row in rows]
    )
    return OwnTask(tmp_path / "colours", train, write(tmp_path / "b.jsonl", rows), "accuracy")


def judged(task: Task, answer: str, text: str) -> float:
    """The score that the task's scoring gives to an answer."""
    definition = read_definition(task.folder / "harness.yaml")
    item = {"id": "1", "view": "all", "answer": answer, "prompt": "?"}
    if task.card.scorer:
        item["record"] = json.dumps({"answer": answer, "labels": ["blue", "red"]})
    found: dict[str, float] = definition["process_results"](item, [text])
    return float(found["score"])


def test_the_folder_is_a_task_that_the_evaluator_and_the_repository_read(own: OwnTask) -> None:
    task = load_task(str(make_task(own)))
    assert task.key == "colours"
    validation, test = task.items("validation"), task.items("test")
    assert len(validation) + len(test) == len(WORDS)
    assert not {item["id"] for item in validation} & {item["id"] for item in test}
    assert harness_task(task, "validation").task_name == "ftassist_colours"
    repository = DataRepository(task.repository_folder)
    assert repository.names() == ["train"]
    assert len(repository.turns("train")) == len(WORDS)


@pytest.mark.parametrize(
    ("metric", "answer", "right", "wrong"),
    [
        ("exact_match", "red", "red", "Red."),
        ("accuracy", "red", "Red.", "blue"),
        ("macro_f1", "red", "RED", "blue"),
        ("numeric", "12.5", "It is 1,000 or 12.50", "12.5 or 13"),
        (r"regex:#(\d+)", "7", "so #6 no #7", "7"),
        ("rougeL", "a red house", "a red house", "nothing"),
    ],
)
def test_each_metric_tells_right_from_wrong(
    own: OwnTask, metric: str, answer: str, right: str, wrong: str
) -> None:
    if metric.startswith(("numeric", "regex")):
        numbers = [{"prompt": f"{word} number {i}?", "answer": i} for i, word in enumerate(WORDS)]
        own = replace(own, evaluation=write(own.evaluation, numbers))
    task = load_task(str(make_task(replace(own, metric=metric))))
    assert judged(task, answer, right) == 1.0
    assert judged(task, answer, wrong) == 0.0


def test_macro_f1_is_the_headline_of_a_task_that_asks_for_it(own: OwnTask) -> None:
    card = load_task(str(make_task(replace(own, metric="macro_f1")))).card
    assert (card.metric.name, card.reduction, card.scorer) == ("macro_f1", "scorer", "own_labels")


def test_a_scoring_file_of_one_s_own_is_taken_over(own: OwnTask, tmp_path: Path) -> None:
    code = (
        "def process_results(item, results):\n"
        "    return {'score': 0.25 * (results[0] == item['answer']), 'parsed': 1}\n"
    )
    (tmp_path / "mine.py").write_text(code, encoding="utf-8")
    task = load_task(str(make_task(replace(own, metric=f"python:{tmp_path / 'mine.py'}"))))
    assert judged(task, "red", "red") == 0.25


def test_the_documented_scoring_file_works(own: OwnTask, tmp_path: Path) -> None:
    found = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    (tmp_path / "mine.py").write_text(found.group(1), encoding="utf-8")
    task = load_task(str(make_task(replace(own, metric=f"python:{tmp_path / 'mine.py'}"))))
    assert [judged(task, "red", text) for text in ("red", "Red", "blue")] == [1.0, 0.5, 0.0]


def test_every_kind_of_metric_is_documented() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for name in (*METRICS, "regex:PATTERN", "python:FILE.py"):
        assert f"| `{name}` |" in text


def test_a_metric_that_does_not_exist_is_refused_with_the_nearest(own: OwnTask) -> None:
    with pytest.raises(UnknownNameError, match="accuracy"):
        make_task(replace(own, metric="acuracy"))


@pytest.mark.parametrize("metric", ["regex:(", "regex:", "python:nowhere.py"])
def test_a_metric_that_cannot_work_is_refused(own: OwnTask, metric: str) -> None:
    with pytest.raises(DataError):
        make_task(replace(own, metric=metric))
    assert not own.folder.exists()


def test_a_row_without_an_answer_is_named(own: OwnTask, tmp_path: Path) -> None:
    bad = write(tmp_path / "bad.jsonl", [{"prompt": "a", "answer": "b"}, {"prompt": "c"}])
    with pytest.raises(DataError, match="'answer' is missing") as refusal:
        make_task(replace(own, train=bad))
    assert refusal.value.where.endswith("row 2")


@pytest.mark.parametrize(
    ("metric", "answer", "why"),
    [
        ("numeric", "seven", "no number"),
        ("numeric", "12:30", "no single number"),
        ("rougeL", "?!", "no words"),
        ("accuracy", {"colour": "red"}, "an object"),
        ("accuracy", ["red", {"colour": "red"}], "an object"),
        ("macro_f1", float("nan"), "nan"),
        ("exact_match", "<think>red", "without an answer"),
    ],
)
def test_a_right_answer_that_cannot_be_compared_is_refused_with_its_row(
    own: OwnTask, tmp_path: Path, metric: str, answer: Any, why: str
) -> None:
    rows = [{"prompt": f"{word} number {i}?", "answer": i} for i, word in enumerate(WORDS)]
    rows[3]["answer"] = answer
    bad = write(tmp_path / "bad.jsonl", rows)
    with pytest.raises(DataError, match=why) as refusal:
        make_task(replace(own, evaluation=bad, metric=metric))
    assert refusal.value.where == f"{bad} row 4"
    assert not own.folder.exists()


@pytest.mark.parametrize("metric", ["exact_match", "accuracy", "macro_f1", "numeric", "rougeL"])
def test_any_of_the_answers_in_a_list_is_right(own: OwnTask, tmp_path: Path, metric: str) -> None:
    rows: list[dict[str, Any]] = [
        {"prompt": f"{word} number {i}?", "answer": i} for i, word in enumerate(WORDS)
    ]
    rows[0]["answer"], rows[9]["answer"] = ["100", "one hundred 100"], [7, 9]
    several = replace(own, metric=metric, evaluation=write(tmp_path / "several.jsonl", rows))
    task = load_task(str(make_task(several)))
    process = read_definition(task.folder / "harness.yaml")["process_results"]
    items = {i["id"]: i for split in ("validation", "test") for i in task.items(split)}
    said = {"0": ["100", "1"], "9": ["9", "8"], "5": ["5", "4"]}
    for key, (right, wrong) in said.items():
        assert process(items[key], [right])["score"] == 1.0
        assert process(items[key], [f"{wrong}</think>{right}"])["score"] == 1.0
        assert process(items[key], [wrong])["score"] == 0.0
    assert harness_task(task, "validation").task_name == "ftassist_colours"


def test_a_scoring_file_gets_the_text_after_thinking_unless_it_names_the_tags(
    own: OwnTask, tmp_path: Path
) -> None:
    code = (
        "def process_results(item, results):\n"
        "    right = results[0].endswith(item['answer'])\n"
        "    return {'score': float(right * len(results[0]))}\n"
    )
    (tmp_path / "mine.py").write_text(code, encoding="utf-8")
    mine = replace(own, metric=f"python:{tmp_path / 'mine.py'}")
    assert judged(load_task(str(make_task(mine))), "red", "<think>a</think>red") == 3
    (tmp_path / "mine.py").write_text(code + "# <think> counts\n", encoding="utf-8")
    whole = replace(mine, folder=tmp_path / "whole")
    assert judged(load_task(str(make_task(whole))), "red", "<think>a</think>red") == 19


def test_rows_that_are_all_alike_make_no_two_splits(own: OwnTask, tmp_path: Path) -> None:
    same = write(tmp_path / "same.jsonl", [{"prompt": "One?", "answer": "1"}] * 5)
    with pytest.raises(DataError, match="too few"):
        make_task(replace(own, evaluation=same))


def test_an_existing_folder_is_not_overwritten(own: OwnTask) -> None:
    make_task(own)
    with pytest.raises(FtassistError, match="already"):
        make_task(own)


def test_the_command_makes_a_task_and_says_what_comes_next(own: OwnTask) -> None:
    arguments = ["--train", str(own.train), "--eval", str(own.evaluation), "--metric", "accuracy"]
    made = CliRunner().invoke(app, ["task", "new", *arguments, "--folder", str(own.folder)])
    assert made.exit_code == 0, made.output
    assert "ftassist init --task" in made.stdout
    assert load_task(str(own.folder)).key == "colours"
