"""Rows of one's own for a task: mapped, shown, and written as sets and items."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from datasets import Dataset
from typer.testing import CliRunner

from ftassist.cli.app import app
from ftassist.dojo.own_rows import ColumnNames
from ftassist.dojo.own_task import OwnTask, make_task, read_rows
from ftassist.dojo.repository import DataRepository
from ftassist.dojo.task import Task
from ftassist.dojo.task_loader import load_task
from ftassist.errors import DataError, FtassistError, UnknownNameError
from ftassist.recipes import curate

WORDS = ("apple", "river", "stone", "cloud", "lamp", "horse", "paper", "glass", "bread", "wheel")
ROWS = [{"question": f"What is a {word}?", "answer": f"a {word}"} for word in WORDS]


def lines(path: Path, rows: Any) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def made(folder: Path, train: Any, evaluation: Any = None, **more: Any) -> Task:
    metric = more.pop("metric", "exact_match")
    own = OwnTask(
        folder / "own", train, ROWS if evaluation is None else evaluation, metric, **more
    )
    return load_task(str(make_task(own)))


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["task", "new", *arguments])


def items(task: Task) -> list[dict[str, Any]]:
    return [item for split in ("validation", "test") for item in task.items(split)]


def test_rows_of_any_kind_make_the_same_task(tmp_path: Path) -> None:
    frame = pd.DataFrame(ROWS)
    frame.to_csv(tmp_path / "rows.csv", index=False)
    frame.to_parquet(tmp_path / "rows.parquet")
    sources = (ROWS, Dataset.from_list(ROWS), frame, tmp_path / "rows.csv")
    expected = items(made(tmp_path / "first", tmp_path / "rows.parquet", tmp_path / "rows.csv"))
    assert len(expected) == len(ROWS)
    for number, source in enumerate(sources):
        task = made(tmp_path / str(number), source, source)
        assert items(task) == expected
        turns = DataRepository(task.repository_folder).turns("train")
        assert turns == [(row["question"], row["answer"]) for row in ROWS]


def test_several_training_files_become_several_raw_sets(tmp_path: Path) -> None:
    one = lines(tmp_path / "one.jsonl", ROWS)
    alpaca = [{"instruction": r["question"], "input": "", "output": r["answer"]} for r in ROWS]
    two = lines(tmp_path / "two.v2.jsonl", alpaca)
    task = made(tmp_path, [one, two, str(one)])
    repository = DataRepository(task.repository_folder)
    assert repository.names() == ["one", "one_2", "two"]
    assert repository.turns("one") == repository.turns("two")


def test_the_test_rows_may_be_given(tmp_path: Path) -> None:
    test = [{"question": f"How big is a {word}?", "answer": word} for word in WORDS[:4]]
    task = made(tmp_path, ROWS, ROWS, test=test)
    assert [item["prompt"] for item in task.items("test")] == [row["question"] for row in test]
    assert [item["prompt"] for item in task.items("validation")] == [r["question"] for r in ROWS]
    assert len({item["id"] for item in items(task)}) == len(ROWS) + len(test)


def test_evaluation_rows_that_repeat_a_test_row_are_left_out(tmp_path: Path) -> None:
    again = [{**row, "question": row["question"].lower()} for row in ROWS[:3]]
    task = made(tmp_path, ROWS, ROWS, test=again)
    assert len(task.items("test")) == 3
    assert len(task.items("validation")) == len(ROWS) - 3
    with pytest.raises(DataError, match="every evaluation row repeats a test row"):
        made(tmp_path / "b", ROWS, ROWS, test=ROWS)


def test_columns_left_over_stay_with_training_rows_whatever_they_hold(tmp_path: Path) -> None:
    odd = [1, None, "x", [1], {"a": 1}, 0.5, float("nan"), True, "\ud83d", 2**70]
    train = [{**row, "odd": value, "prompt": 3} for row, value in zip(ROWS, odd, strict=True)]
    names = ColumnNames(prompt="question", answer="answer")
    task = made(tmp_path, lines(tmp_path / "a.jsonl", train), names=names)
    rows = curate.load(task.repository_folder, ["train"])
    assert [json.loads(row["fields"])["odd"] for row in rows][:6] == odd[:6]
    assert json.loads(next(iter(rows))["fields"])["own_prompt"] == 3
    profile = DataRepository(task.repository_folder).profile("train")
    assert profile.rows == len(ROWS)
    json.dumps(profile.to_dict(), allow_nan=False)
    assert DataRepository(task.repository_folder).load("train").num_rows == len(ROWS)


def test_chats_keep_their_turns_marks_and_system(tmp_path: Path) -> None:
    train = [
        {
            "messages": [
                {"role": "system", "content": "Be short."},
                {"role": "user", "content": row["question"]},
                {"role": "assistant", "content": "wrong", "weight": 0},
                {"role": "user", "content": "No."},
                {"role": "assistant", "content": row["answer"]},
            ]
        }
        for row in ROWS
    ]
    task = made(tmp_path, train, train)
    first = next(iter(curate.load(task.repository_folder, ["train"])))
    assert [turn["role"] for turn in first["messages"]] == [
        "system", "user", "assistant", "user", "assistant"
    ]  # fmt: skip
    assert json.loads(first["fields"])["ftassist"] == {"untrained": [2]}
    item = task.items("validation")[0]
    assert [turn["role"] for turn in json.loads(item["messages"])] == [
        "system", "user", "assistant", "user"
    ]  # fmt: skip


def test_pairs_and_labels_are_exported_for_the_trainings_that_take_them(tmp_path: Path) -> None:
    pairs = [{"prompt": r["question"], "chosen": r["answer"], "rejected": "no"} for r in ROWS]
    labels = [{"prompt": r["question"], "completion": "no", "label": False} for r in ROWS]
    sets = [lines(tmp_path / "pairs.jsonl", pairs), lines(tmp_path / "labels.jsonl", labels)]
    task = made(tmp_path, sets)
    rows = curate.load(task.repository_folder, ["pairs", "labels"])
    curate.export(rows, tmp_path / "data")
    text = (tmp_path / "data" / "train.jsonl").read_text(encoding="utf-8")
    written = [json.loads(line) for line in text.splitlines()]
    assert (written[0]["rejected"], written[-1]["label"]) == ("no", False)


def test_the_answer_behind_the_work_is_what_counts_in_the_evaluation(tmp_path: Path) -> None:
    worked = [{**row, "answer": f"Think.\n#### {n}"} for n, row in enumerate(ROWS)]
    task = made(tmp_path, worked, worked, metric="numeric")
    assert sorted(item["answer"] for item in items(task)) == sorted(map(str, range(len(ROWS))))
    assert DataRepository(task.repository_folder).turns("train")[3][1] == "Think.\n#### 3"


def test_what_a_person_names_counts_before_what_is_found(tmp_path: Path) -> None:
    rows = [
        {"prompt": "no", "a": f"{r['question']}", "b": "Now?", "c": r["answer"], "who": "You."}
        | {"key": f"k{n}", "part": "x" if n % 2 else "y"}
        for n, r in enumerate(ROWS)
    ]
    names = ColumnNames(prompt=r"{a}\n{b}", answer="c", system="who", id="key", view="part")
    task = made(tmp_path, rows, rows, names=names)
    item = next(item for item in items(task) if item["id"] == "k0")
    assert item["view"] == "y"
    assert json.loads(item["messages"]) == [
        {"role": "system", "content": "You."},
        {"role": "user", "content": f"{ROWS[0]['question']}\nNow?"},
    ]
    assert task.card.views == {"x": "x rows", "y": "y rows"}
    with pytest.raises(UnknownNameError, match="there is no column 'keyy'"):
        made(tmp_path / "b", rows, rows, names=ColumnNames("a", "c", id="keyy"))


def test_a_bad_row_is_named_or_left_out_and_counted(tmp_path: Path) -> None:
    bad = [*ROWS, {"question": "?", "answer": {"a": 1}}, {"question": "", "answer": "x"}]
    path = lines(tmp_path / "bad.jsonl", bad)
    with pytest.raises(DataError) as refusal:
        made(tmp_path, path)
    assert refusal.value.where == f"{path} row 11"
    own = OwnTask(tmp_path / "kept", path, path, "exact_match", on_bad="drop")
    rows = read_rows(own)
    assert [len(each.bad) for each in rows.sets] == [2, 2]
    repository = DataRepository(make_task(own, rows) / "repository")
    assert len(repository.rows("train")) == len(ROWS)
    with pytest.raises(DataError, match="none of the 2 rows can be used"):
        made(tmp_path, lines(tmp_path / "all.jsonl", bad[-2:]), on_bad="drop")


def test_an_id_or_view_of_another_kind_is_a_column_like_any_other(tmp_path: Path) -> None:
    rows = [{**row, "id": [n], "view": {"a": 1}} for n, row in enumerate(ROWS)]
    assert {item["view"] for item in items(made(tmp_path, rows, rows))} == {"all"}
    with pytest.raises(DataError, match="'view' is an object"):
        made(tmp_path / "b", rows, rows, names=ColumnNames(view="view"))


def test_two_rows_with_one_id_are_named(tmp_path: Path) -> None:
    rows = [{**row, "id": "same"} for row in ROWS]
    with pytest.raises(DataError, match="share the id 'same'") as refusal:
        made(tmp_path, ROWS, lines(tmp_path / "a.jsonl", rows))
    assert "row 1 and" in refusal.value.where


def test_the_command_shows_three_rows_before_it_writes(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", [{**row, "note": "[bold]x"} for row in ROWS])
    arguments = ["--train", str(path), "--eval", str(path), "--metric", "accuracy"]
    folder = tmp_path / "own"
    shown = run(*arguments, "--folder", str(folder), "--dry-run")
    assert shown.exit_code == 0, shown.output
    assert not folder.exists()
    for row in ROWS[:3]:
        assert f"user: {row['question']}" in shown.stdout
        assert f"assistant: {row['answer']}" in shown.stdout
    assert ROWS[3]["question"] not in shown.stdout
    assert "not used: note" in shown.stdout
    written = run(*arguments, "--folder", str(folder), "--json")
    document = json.loads(written.stdout)
    assert document["task"] == "own"
    assert [s["rows"] for s in document["sources"]] == [10, 10]
    with pytest.raises(FtassistError, match="already"):
        read_rows(OwnTask(folder, ROWS, ROWS, "accuracy"))


def test_a_task_is_not_named_after_a_file_that_only_says_test(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "banking").mkdir()
    path = lines(tmp_path / "banking" / "test.jsonl", ROWS)
    monkeypatch.chdir(tmp_path)
    result = run("--train", str(path), "--eval", str(path), "--metric", "accuracy")
    assert "task banking in tasks/banking" in result.stdout


def test_markup_in_rows_is_shown_as_text(tmp_path: Path) -> None:
    rows = [{"question": f"[red]{row['question']}[/red]", "answer": "[link]"} for row in ROWS]
    path = lines(tmp_path / "a.jsonl", rows)
    arguments = ["--train", str(path), "--eval", str(path), "--metric", "accuracy", "--dry-run"]
    result = run(*arguments, "--folder", str(tmp_path / "own"))
    assert "[red]What is a apple?[/red]" in result.stdout


def test_a_system_turn_may_be_the_same_text_in_each_row(tmp_path: Path) -> None:
    names = ColumnNames(system="text:Be brief: {question}? No.")
    task = made(tmp_path, ROWS, ROWS, names=names)
    (row, *_) = curate.load(task.repository_folder, ["train"])
    assert row["messages"][0] == {
        "role": "system", "content": f"Be brief: {ROWS[0]['question']}? No."
    }  # fmt: skip
    with pytest.raises(UnknownNameError, match=r"no column 'Be brief\.'") as caught:
        made(tmp_path / "b", ROWS, ROWS, names=ColumnNames(system="Be brief."))
    assert "'text:Be brief.'" in str(caught.value.fix)
