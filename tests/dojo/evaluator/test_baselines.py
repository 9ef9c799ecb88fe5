from __future__ import annotations

import json
from pathlib import Path

import pytest

from ftassist.dojo.evaluator.baselines import score_baselines
from ftassist.dojo.evaluator.registry import Registration
from ftassist.dojo.evaluator.service import Service
from ftassist.dojo.own_task import OwnTask, make_task
from ftassist.dojo.task import Task
from ftassist.dojo.task_loader import load_task
from ftassist.records.baseline import ScoredBaseline

COLOURS = {"grass": "green", "sky": "blue", "snow": "white", "coal": "black"}


def notes(number: int, offset: int) -> list[dict[str, str]]:
    things = list(COLOURS)
    return [
        {
            "prompt": f"Note {offset + i}: which colour has {things[i % 4]}?",
            "answer": COLOURS[things[i % 4]],
        }
        for i in range(number)
    ]


@pytest.fixture
def task(tmp_path: Path) -> Task:
    """A task of one's own whose answers are four colours."""
    return of_colours(tmp_path, 60)


def of_colours(folder: Path, items: int) -> Task:
    for name, rows in (("train", notes(120, 0)), ("eval", notes(items, 1000))):
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(text)
    own = OwnTask(
        folder=folder / "task",
        train=folder / "train.jsonl",
        evaluation=folder / "eval.jsonl",
        metric="accuracy",
    )
    return load_task(str(make_task(own)))


def test_a_closed_task_has_a_majority_and_two_linear_baselines_with_item_scores(
    task: Task, tmp_path: Path
) -> None:
    found = score_baselines(task, tmp_path, rows=100, seed=0, without_leaks=list)
    assert [one.name for one in found] == ["majority", "bag of words", "bag of characters"]
    by_name = {one.name: one for one in found}
    assert by_name["bag of words"].score == 1.0
    assert 0.1 < by_name["majority"].score < 0.4
    assert all(one.rows == 100 and one.labels == 4 for one in found)
    for one in found:
        written = json.loads((tmp_path / f"{one.key}.validation.json").read_text())
        assert {item["id"] for item in written["items"]} == {
            str(item["id"]) for item in task.items("validation")
        }


def test_rows_that_hold_an_evaluation_item_are_not_learned_from(
    task: Task, tmp_path: Path
) -> None:
    leaked = next(task.repository_folder.glob("*/rows.jsonl"))
    items = [*task.items("validation"), *task.items("test")]
    row = json.loads(leaked.read_text().splitlines()[0])
    added = [{**row, "prompt": item["prompt"], "answer": item["answer"]} for item in items[:20]]
    with leaked.open("a") as file:
        file.writelines(json.dumps(one) + "\n" for one in added)
    found = baselines_of(task, tmp_path)
    assert found[0].rows == 120


def baselines_of(task: Task, scores: Path) -> list[ScoredBaseline]:
    registration = Registration(
        trial="t0000", folder=scores, scores=scores, task=str(task.folder), base="tiny",
        token="x", limit=1,
    )  # fmt: skip
    return Service().baselines(registration, 1000, 0)


def test_a_task_with_worked_answers_of_many_numbers_has_none(tmp_path: Path) -> None:
    assert score_baselines(load_task("mini_math"), tmp_path, 2000, 0, list) == []


def test_a_baseline_is_scored_on_the_items_that_a_model_is(tmp_path: Path) -> None:
    task = of_colours(tmp_path, 480)
    items = task.items("validation")
    found = score_baselines(task, tmp_path, rows=100, seed=0, without_leaks=list, shown_seed=1)
    written = json.loads((tmp_path / "baseline-words.validation.json").read_text())["items"]
    shown = {item["id"] for item in written if item.get("shown")}
    assert len(shown) >= 60
    assert {one.n for one in found} == {len(items) - len(shown)}
