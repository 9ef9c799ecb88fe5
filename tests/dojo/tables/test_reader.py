"""The one reader of rows: every format gives the same rows, and what is no table is named."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from datasets import ClassLabel, Dataset, Features, Value
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ftassist.dojo.tables.reader import SUFFIXES, read_rows, read_table
from ftassist.dojo.tables.table import OnBad
from ftassist.errors import DataError, FtassistError, UnknownNameError

ROWS = [{"prompt": "Wie groß?", "answer": "1"}, {"prompt": "two, or\nthree?", "answer": 'a "b"'}]
LINES = "\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS)


def csv_text(separator: str = ",") -> str:
    return str(pd.DataFrame(ROWS).to_csv(index=False, sep=separator))


def parquet(path: Path) -> None:
    pd.DataFrame(ROWS).to_parquet(path)


WRITERS: dict[str, Callable[[Path], Any]] = {
    "lines.jsonl": lambda p: p.write_text(LINES, encoding="utf-8"),
    "bom.jsonl": lambda p: p.write_text(LINES, encoding="utf-8-sig"),
    "windows.jsonl": lambda p: p.write_bytes(LINES.replace("\n", "\r\n").encode()),
    "blank.ndjson": lambda p: p.write_text(f"\n{LINES}\n\n", encoding="utf-8"),
    "packed.jsonl.gz": lambda p: p.write_bytes(gzip.compress(LINES.encode())),
    "array.json": lambda p: p.write_text(json.dumps(ROWS, indent=1), encoding="utf-8"),
    "array.jsonl": lambda p: p.write_text(json.dumps(ROWS), encoding="utf-8"),
    "lines.json": lambda p: p.write_text(LINES, encoding="utf-8"),
    "named.json": lambda p: p.write_text(json.dumps({"version": 1, "data": ROWS})),
    "columns.json": lambda p: pd.DataFrame(ROWS).to_json(p),
    "lists.json": lambda p: p.write_text(json.dumps({k: [r[k] for r in ROWS] for k in ROWS[0]})),
    "table.csv": lambda p: p.write_text(csv_text(), encoding="utf-8"),
    "excel.csv": lambda p: p.write_text(csv_text(";"), encoding="utf-8-sig"),
    "tabs.csv": lambda p: p.write_text(csv_text("\t"), encoding="utf-8"),
    "table.tsv": lambda p: p.write_text(csv_text("\t"), encoding="utf-8"),
    "packed.csv.gz": lambda p: p.write_bytes(gzip.compress(csv_text().encode())),
    "table.parquet": parquet,
    "nameless": parquet,
    "packed": lambda p: p.write_bytes(gzip.compress(LINES.encode())),
}


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_rows_are_read_from_every_format(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / name)
    assert read_rows(tmp_path / name) == ROWS


@pytest.mark.parametrize(
    ("name", "content", "what", "where"),
    [
        ("a.jsonl", b"", "empty", "a.jsonl"),
        ("a.jsonl", b" \n \n", "empty", "a.jsonl"),
        ("a.jsonl", b'{"a": 1}\n{"a": \n', "not valid JSON", "row 2"),
        ("a.jsonl", b'{"a": 1}\n\n[1]\n"x"\n', "no JSON object", "row 3"),
        ("a.json", b'[{"a": 1},\n {"a": }]', "not valid JSON", "line 2"),
        ("a.json", b'[{"a": 1}, 3]', "no JSON object, it is int", "row 2"),
        ("a.json", b"[" * 100_000, "nested too deeply", "a.json"),
        ("a.jsonl", b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too deeply", "row 1"),
        ("a.json", b"hello", "no JSON", "row 1"),
        ("a.json", b"[]", "no rows", "a.json"),
        ("a.jsonl", '{"a": "Café"}'.encode("latin-1"), "WINDOWS-1252", "a.jsonl"),
        ("a.jsonl", LINES.encode("utf-16"), "UTF-16", "a.jsonl"),
        ("a.jsonl", LINES.encode("utf-16-le"), "UTF-16LE", "a.jsonl"),
        ("a.csv", "Это проверка кодировки текста".encode("cp1251"), "CP1251", "a.csv"),
        ("a.jsonl", b'{"a": "x\0y"}', "zero bytes", "line 1"),
        ("a.jsonl.gz", b"no gzip", "no gzip file", "a.jsonl.gz"),
        ("a.jsonl.gz", gzip.compress(b'{"a": 1}' * 99, mtime=0)[:20], "damaged", "a.jsonl.gz"),
        ("a.csv", b"prompt,answer\n", "a header (prompt, answer) and no rows", "a.csv"),
        ("a.csv", b"a,b\n1,2\n3,4,5\n", "line 3 has 3 cells, the header has 2", "line 3"),
        ("a.csv", b'a,b\n1,"2\n', "never closed", "a.csv"),
        ("a.csv", b"a,a\n1,2\n", "two columns are called 'a'", "a.csv"),
        ("a.csv", b"PK\x03\x04....[Content_Types].xml", "an Excel file", "a.csv"),
        ("a.xlsx", b"PK\x03\x04....xl/workbook", "an Excel file", "a.xlsx"),
        ("a.xls", b"\xd0\xcf\x11\xe0rest", "old Excel", "a.xls"),
        ("a.zip", b"PK\x03\x04rest", "a zip archive", "a.zip"),
        ("a.jsonl", b"version https://git-lfs.github.com/spec/v1\n", "Git LFS", "a.jsonl"),
        ("a.csv", b"<!DOCTYPE html><html>", "web page", "a.csv"),
        ("a.parquet", b"PAR1garbagePAR1", "damaged", "a.parquet"),
        ("a.arrow", b"garbage!", "damaged", "a.arrow"),
        ("a.pkl", b"\x80\x04rest", "pickle", "a.pkl"),
        ("a.txt", b"just words\n", "cannot be read from a .txt file", "a.txt"),
    ],
)
def test_what_is_no_table_is_named_with_its_place(
    tmp_path: Path, name: str, content: bytes, what: str, where: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as refusal:
        read_rows(tmp_path / name)
    assert what in refusal.value.what
    assert where in refusal.value.where
    assert refusal.value.fix


def test_a_folder_and_a_missing_file_are_no_files(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a folder"):
        read_rows(tmp_path)
    with pytest.raises(DataError, match="no such file"):
        read_rows(tmp_path / "none.csv")


def test_another_encoding_is_named_with_how_to_convert_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": "grüße aus köln"}\n', encoding="latin-1")
    with pytest.raises(DataError, match="line 1 is not UTF-8") as refusal:
        read_rows(path)
    assert "iconv -f WINDOWS-1252 -t UTF-8 'a.jsonl'" in refusal.value.fix


def test_columns_nobody_asked_for_may_hold_anything(tmp_path: Path) -> None:
    rows = [{"a": "x", "b": 1, "c": None}, {"a": "y", "b": 0.5}, {"a": "z", "b": [{}], "d": True}]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert read_rows(path) == rows


def test_cells_of_a_table_are_text_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b,c\n007,NA,\n1e3,null,2024-01-01\n", encoding="utf-8")
    assert read_rows(tmp_path / "a.csv") == [
        {"a": "007", "b": "NA", "c": ""},
        {"a": "1e3", "b": "null", "c": "2024-01-01"},
    ]


def test_quotes_of_a_table_by_tabs_are_text_unless_it_was_written_with_quotes(
    tmp_path: Path,
) -> None:
    (tmp_path / "plain.tsv").write_text('s\tl\n"good" film\t1\n" open\t0\n', encoding="utf-8")
    assert read_rows(tmp_path / "plain.tsv")[0]["s"] == '"good" film'
    (tmp_path / "quoted.tsv").write_text(csv_text("\t"), encoding="utf-8")
    assert read_rows(tmp_path / "quoted.tsv") == ROWS


def test_labels_of_a_parquet_file_are_given_by_name(tmp_path: Path) -> None:
    features = Features({"text": Value("string"), "label": ClassLabel(names=["no", "yes"])})
    made = Dataset.from_dict({"text": ["a", "b"], "label": [1, 0]}, features=features)
    made.to_parquet(tmp_path / "a.parquet")
    assert [row["label"] for row in read_rows(tmp_path / "a.parquet")] == ["yes", "no"]


def test_one_of_several_lists_of_a_document_is_taken_by_name(tmp_path: Path) -> None:
    path = tmp_path / "full.json"
    path.write_text(json.dumps({"train": [["hi", "greet"]], "test": [["bye", "leave"]]}))
    assert read_table(path, part="test").rows == [{"column_1": "bye", "column_2": "leave"}]
    assert read_table(path, prefer=("train",)).rows[0]["column_1"] == "hi"
    with pytest.raises(DataError, match=r"several lists: train \(1\), test \(1\)"):
        read_rows(path)
    with pytest.raises(UnknownNameError, match="test"):
        read_table(path, part="tset")


def test_rows_that_cannot_be_read_are_left_out_where_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\nbroken\n{"a": 2}\n', encoding="utf-8")
    found = read_table(path, on_bad="drop")
    assert [row["a"] for row in found.rows] == [1, 2]
    assert list(found.numbers) == [1, 3]
    assert [bad.where for bad in found.bad] == [f"{path} row 2"]
    (tmp_path / "a.csv").write_text("a,b\n1,2\n3,4,5\n6,7,8\n9,0\n", encoding="utf-8")
    table = read_table(tmp_path / "a.csv", on_bad="drop")
    assert [row["a"] for row in table.rows] == ["1", "9"]
    assert len(table.bad) == 2


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    suffix=st.sampled_from([*SUFFIXES, ".jsonl.gz", ".csv.gz", ".txt", ""]),
    start=st.sampled_from([b"", b"{", b"[", b"PAR1", b"\x1f\x8b", b"a,b\n", b'{"a":1}\n']),
    content=st.binary(max_size=60),
)
@example(suffix=".tsv", start=b'"', content=b"\t\n")
@example(suffix=".csv", start=b"a,b\n", content=b'"\n')
def test_bytes_of_any_kind_are_rows_or_a_named_error(
    tmp_path: Path, suffix: str, start: bytes, content: bytes
) -> None:
    path = tmp_path / f"rows{suffix}"
    path.write_bytes(start + content)
    choices: tuple[OnBad, ...] = ("refuse", "drop")
    for on_bad in choices:
        try:
            found = read_table(path, on_bad=on_bad)
        except FtassistError as error:
            assert error.where
        else:
            assert found.rows


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "prompt": st.text(
                    st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1
                )
            }
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_json_lines_say_is_read_back(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert read_rows(path) == rows
