"""`ftassist score`: a file of predictions in, official and strict metrics out."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ftassist.cli.app import app
from ftassist.dojo.task_loader import task_with_data

GOOD = {"sentence": "fine", "label": 1}


def write(path: Path, rows: list[Any]) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["score", *arguments])


def test_json_holds_metrics_strict_and_intervals(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "doc": GOOD, "prediction": "positive"},
        {"id": "2", "doc": GOOD, "prediction": "positive or negative"},
        {"id": "3", "doc": GOOD, "prediction": "negative"},
    ]
    result = run("sst2", "--predictions", str(write(tmp_path / "p.jsonl", rows)), "--json")
    found = json.loads(result.stdout)
    assert (found["task"], found["n"]) == ("sst2", 3)
    assert found["metrics"]["accuracy"] == pytest.approx(2 / 3)
    assert found["strict"]["accuracy"] == pytest.approx(1 / 3)
    low, high = found["intervals"]["accuracy"]
    assert low < 2 / 3 < high


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "not valid JSON"),
        ("[1]", "no JSON object"),
        ({"id": "2", "doc": GOOD}, "`prediction` is missing"),
        ({"id": "2", "doc": GOOD, "prediction": 3}, "`prediction` is no text"),
        ({"id": "2", "doc": {"sentence": "x"}, "prediction": "x"}, "lacks 'label'"),
        ({"prediction": "x"}, "neither `doc` nor `id`"),
        ({"id": "2", "doc": GOOD, "view": ["all"], "prediction": "x"}, "`view` is no text"),
        ({"id": "2", "doc": [GOOD], "prediction": "x"}, "`doc` is no JSON object"),
        ('{"a":' * 9000, "not valid JSON"),
        ('{"id": "2", "doc": {"sentence": "x", "label": 1e400}, "prediction": "x"}', "label"),
    ],
)
def test_a_bad_row_is_named_by_line_and_reason(tmp_path: Path, bad: Any, reason: str) -> None:
    rows = [{"id": "1", "doc": GOOD, "prediction": "positive"}, bad]
    path = write(tmp_path / "p.jsonl", rows)
    result = run("sst2", "--predictions", str(path))
    assert result.exit_code == 2
    assert "line 2" in result.stderr
    assert reason in result.stderr
    result = run("sst2", "--predictions", str(path), "--keep-going", "--json")
    found = json.loads(result.stdout)
    assert found["n"] == 1
    assert len(found["left_out"]) == 1
    assert "line 2" in found["left_out"][0]


def test_the_view_of_all_rows_can_be_given(tmp_path: Path) -> None:
    row = {"id": "1", "doc": {"answer": "正确答案：B。"}, "prediction": "B"}
    path = write(tmp_path / "p.jsonl", [row])
    missing = run("lawbench", "--predictions", str(path))
    assert missing.exit_code == 2
    assert "--view" in missing.stderr
    found = json.loads(
        run("lawbench", "--predictions", str(path), "--view", "1-2", "--json").stdout
    )
    assert found["metrics"] == {"score": 1.0, "1-2.score": 1.0, "1-2.abstention_rate": 0.0}


def test_rows_without_a_record_are_joined_to_the_data_by_id(tmp_path: Path) -> None:
    write(tmp_path / "data.tsv", [])
    (tmp_path / "test.tsv").write_text("sentence\tlabel\nso good\t1\nso bad\t0\n")
    rows = [{"id": "sst2-0", "prediction": "positive"}, {"id": "sst2-1", "prediction": "positive"}]
    path = write(tmp_path / "p.jsonl", rows)
    arguments = ("sst2", "--predictions", str(path), "--data", str(tmp_path), "--json")
    assert json.loads(run(*arguments).stdout)["metrics"]["accuracy"] == 0.5
    write(path, [{"id": "sst2-9", "prediction": "positive"}])
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert "no record with the id" in refused.stdout


def test_only_the_test_split_of_a_policy_is_scored_where_asked(tmp_path: Path) -> None:
    lines = [f"sentence number {i} about thing {i * 7}\t{i % 2}" for i in range(10)]
    (tmp_path / "test.tsv").write_text("sentence\tlabel\n" + "\n".join(lines) + "\n")
    rows = [{"id": f"sst2-{i}", "prediction": "positive"} for i in range(10)]
    path = write(tmp_path / "p.jsonl", rows)
    arguments = ("sst2", "--predictions", str(path), "--data", str(tmp_path), "--json")
    found = json.loads(run(*arguments, "--split", "released").stdout)
    assert (found["n"], found["split"]) == (5, "released")


def test_people_get_a_table_with_both_readings(tmp_path: Path) -> None:
    path = write(tmp_path / "p.jsonl", [{"id": "1", "doc": GOOD, "prediction": "positive"}])
    text = run("sst2", "--predictions", str(path)).stdout
    assert "accuracy" in text
    assert "100.0 %" in text
    assert "strict" in text


def test_text_with_a_line_separator_in_it_stays_one_row(tmp_path: Path) -> None:
    row = json.dumps({"id": "1", "doc": GOOD, "prediction": "a\u2028positive"}, ensure_ascii=False)
    path = write(tmp_path / "p.jsonl", [row])
    assert json.loads(run("sst2", "--predictions", str(path), "--json").stdout)["n"] == 1


def sentences(folder: Path, count: int = 10) -> Path:
    """The data of sst2 in a folder: sentences that have nothing in common."""
    lines = [f"sentence number {i} about thing {i * 7}\t{i % 2}" for i in range(count)]
    (folder / "test.tsv").write_text("sentence\tlabel\n" + "\n".join(lines) + "\n")
    return folder


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read(tmp_path: Path) -> None:
    row = json.dumps({"id": "1", "doc": GOOD, "prediction": "positive"})
    path = tmp_path / "p.jsonl"
    path.write_bytes(f"\ufeff{row}\r\n\r\n{row}\r\n".encode())
    assert json.loads(run("sst2", "--predictions", str(path), "--json").stdout)["n"] == 2


def test_what_a_split_lacks_and_what_the_file_has_beside_it_are_told(tmp_path: Path) -> None:
    rows = [{"id": f"sst2-{i}", "prediction": "positive"} for i in (0, 8, 9)]
    path = write(tmp_path / "p.jsonl", rows)
    arguments = ("sst2", "--predictions", str(path), "--data", str(sentences(tmp_path)))
    found = json.loads(run(*arguments, "--split", "released", "--json").stdout)
    assert (found["n"], found["outside"], found["unanswered"]) == (2, 1, 3)
    shown = run(*arguments, "--split", "released").stdout
    assert "1 rows of the file are not in that split; 3 of its items have no prediction" in shown


def test_a_file_without_any_row_of_the_split_is_told_which_ids_there_are(tmp_path: Path) -> None:
    path = write(tmp_path / "p.jsonl", [{"id": "mine", "doc": GOOD, "prediction": "positive"}])
    arguments = ("sst2", "--predictions", str(path), "--data", str(sentences(tmp_path)))
    refused = run(*arguments, "--split", "released")
    assert refused.exit_code == 2
    assert "no row is in the test split of 'released'" in refused.stderr
    assert "'sst2-0'" in refused.stderr


def test_data_that_is_missing_is_an_error_and_no_row_is_left_out_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    path = write(tmp_path / "p.jsonl", [{"id": "sst2-0", "prediction": "positive"}] * 3)
    arguments = ("sst2", "--predictions", str(path), "--data", str(tmp_path / "none"))
    refused = run(*arguments, "--keep-going")
    assert refused.exit_code == 2
    assert "the data set stanfordnlp/sst2 is not on this machine" in refused.stderr


TABLE = {"columns": ["year", "cars"], "data": [["2001", 12]]}


def tables(folder: Path, count: int = 8) -> Path:
    """The data of tablebench_data_analysis in a folder, half of it with a rule of its own."""
    rows = [
        {
            "id": f"t{i}", "qtype": "DataAnalysis", "table": TABLE, "answer": str(i),
            "qsubtype": ("CorrelationAnalysis", "CausalAnalysis")[i % 2],
            "question": f"What is it with {i} and {i * 31}?",
        }
        for i in range(count)
    ]  # fmt: skip
    write(folder / "TableBench_TCoT.jsonl", rows)
    return folder


def test_in_the_released_split_a_row_answers_its_record_in_every_view_it_is_asked_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("FTASSIST_CACHE", str(tmp_path / "cache"))
    task = "tablebench_data_analysis"
    rows = [{"id": f"t{i}", "prediction": f"Final Answer: {i}"} for i in range(8)]
    path = write(tmp_path / "p.jsonl", rows)
    arguments = (task, "--predictions", str(path), "--data", str(tables(tmp_path)), "--json")
    found = json.loads(run(*arguments, "--split", "released").stdout)
    assert found["unanswered"] == 0
    assert found["counts"] == {"CorrelationAnalysis": 2, "other": 4}
    made = task_with_data(f"{task}@released", tmp_path)
    counted = Counter(str(item["view"]) for item in made.items("test"))
    assert counted == found["counts"]


def test_a_row_that_names_another_view_than_its_record_is_refused(tmp_path: Path) -> None:
    rows = [{"id": "t1", "view": "ImpactAnalysis", "prediction": "Final Answer: 1"}]
    path = write(tmp_path / "p.jsonl", rows)
    arguments = ("--predictions", str(path), "--data", str(tables(tmp_path)))
    refused = run("tablebench_data_analysis", *arguments)
    assert refused.exit_code == 2
    assert "the record 't1' is of the view 'other', not 'ImpactAnalysis'" in refused.stderr


def test_the_document_names_every_key_of_the_json(tmp_path: Path) -> None:
    path = write(tmp_path / "p.jsonl", [{"id": "sst2-9", "prediction": "positive"}])
    arguments = ("sst2", "--predictions", str(path), "--data", str(sentences(tmp_path)), "--json")
    found = json.loads(run(*arguments, "--split", "released").stdout)
    text = (Path(__file__).parents[2] / "docs" / "scoring.md").read_text(encoding="utf-8")
    for key in found:
        assert f"`{key}`" in text, key
