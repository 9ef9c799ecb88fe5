"""Where rows are found: files and parts, folders, Hub ids, objects in memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import huggingface_hub
import pandas as pd
import pytest
from datasets import Dataset, DatasetDict

from ftassist.dojo.tables import hub_sets
from ftassist.dojo.tables.sources import NamedRows, Role, read_source
from ftassist.errors import DataError, UnknownNameError

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def put(path: Path, *texts: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return path


def texts(found: list[NamedRows]) -> list[list[str]]:
    return [[row["text"] for table in each.tables for row in table.rows] for each in found]


@pytest.fixture
def no_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty mirror and cache, and no network."""
    monkeypatch.setenv("FTASSIST_DATA", str(tmp_path / "mirror"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return tmp_path


@pytest.mark.parametrize(
    ("role", "expected"), [("train", "one"), ("evaluation", "two"), ("test", "three")]
)
def test_a_folder_s_files_are_parted_by_their_names(
    tmp_path: Path, role: Role, expected: str
) -> None:
    for name, text in {"train": "one", "dev": "two", "test": "three"}.items():
        put(tmp_path / "set" / f"{name}.jsonl", text)
    (tmp_path / "set" / "README.txt").write_text("words")
    assert texts(read_source(tmp_path / "set", role)) == [[expected]]
    assert texts(read_source(f"{tmp_path / 'set'}:train", role)) == [["one"]]
    with pytest.raises(UnknownNameError, match="validation"):
        read_source(f"{tmp_path / 'set'}:valid", role)


def test_the_folder_one_stands_in_is_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "train.jsonl", "one")
    monkeypatch.chdir(tmp_path)
    assert texts(read_source(".", "train")) == [["one"]]
    (found,) = read_source("./", "train")
    assert found.origin == "train.jsonl"


def test_shards_are_one_set_and_other_files_of_a_folder_are_sets_of_their_own(
    tmp_path: Path,
) -> None:
    put(tmp_path / "a" / "train-00000-of-00002.jsonl", "one")
    put(tmp_path / "a" / "train-00001-of-00002.jsonl", "two")
    assert texts(read_source(tmp_path / "a", "train")) == [["one", "two"]]
    put(tmp_path / "b" / "maths.jsonl", "one")
    put(tmp_path / "b" / "words.jsonl", "two")
    found = read_source(tmp_path / "b", "train")
    assert [each.name for each in found] == ["maths", "words"]


def test_a_readme_s_configurations_are_parts(tmp_path: Path) -> None:
    put(tmp_path / "x.jsonl", "one")
    put(tmp_path / "y.jsonl", "two")
    files = [{"split": "train", "path": "x.jsonl"}, {"split": "test", "path": "y.jsonl"}]
    head = {"configs": [{"config_name": "main", "data_files": files}]}
    (tmp_path / "README.md").write_text(f"---\n{json.dumps(head)}\n---\n# Set\n")
    assert texts(read_source(tmp_path, "test")) == [["two"]]
    head["configs"].append({"config_name": "other", "data_files": files})
    (tmp_path / "README.md").write_text(f"---\n{json.dumps(head)}\n---\n# Set\n")
    with pytest.raises(DataError, match="main/train, other/train"):
        read_source(tmp_path, "train")
    assert texts(read_source(f"{tmp_path}:other/test", "train")) == [["two"]]


def test_a_saved_data_set_and_objects_in_memory_are_read(tmp_path: Path) -> None:
    one, two = Dataset.from_dict({"text": ["one"]}), Dataset.from_dict({"text": ["two"]})
    both = DatasetDict({"train": one, "test": two})
    both.save_to_disk(tmp_path / "saved")
    one.save_to_disk(tmp_path / "single")
    objects: list[Any] = [tmp_path / "saved", both]
    for source in objects:
        assert texts(read_source(source, "train")) == [["one"]]
        assert texts(read_source(source, "evaluation")) == [["two"]]
    rows = [{"text": "one"}]
    for thing in (tmp_path / "single", one, rows, iter(rows), pd.DataFrame(rows)):
        assert texts(read_source(thing, "test")) == [["one"]]
    for nothing in (3, "", {"text": "one"}, [1]):
        with pytest.raises(DataError):
            read_source(nothing, "train")


def test_a_hub_id_is_looked_for_in_the_mirror_first(no_hub: Path) -> None:
    put(no_hub / "mirror" / "org" / "name" / "data" / "train.jsonl", "one")
    put(no_hub / "mirror" / "org" / "name" / "more" / "x.json", "two")
    (found,) = read_source("org/name", "train")
    assert texts([found]) == [["one"]]
    assert (found.name, "org/name (in FTASSIST_DATA)" in found.origin) == ("name", True)
    assert texts(read_source("org/name/more/x.json", "train")) == [["two"]]


def test_a_hub_id_is_taken_from_the_cache_at_the_commit_it_has(no_hub: Path) -> None:
    cache = no_hub / "hub" / "datasets--org--name"
    put(cache / "snapshots" / COMMIT / "train.jsonl", "one")
    (cache / "refs").mkdir()
    (cache / "refs" / "main").write_text(COMMIT)
    (found,) = read_source("org/name", "train")
    assert texts([found]) == [["one"]]
    assert f"org/name at revision {COMMIT[:12]}" in found.origin


def test_a_hub_id_is_downloaded_at_the_commit_the_hub_names(
    no_hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    class Api:
        """A Hub with one data set."""

        def dataset_info(self, key: str, revision: str | None) -> Any:
            """Its commit and files."""
            asked.append((key, revision))
            names = ["README.md", "train.jsonl", "picture.png"]
            files = [type("F", (), {"rfilename": name})() for name in names]
            return type("I", (), {"sha": COMMIT, "siblings": files})()

    def download(key: str, **settings: Any) -> str:
        asked.append((settings["revision"], sorted(settings["allow_patterns"])))
        put(no_hub / "made" / "train.jsonl", "one")
        (no_hub / "made" / "README.md").write_text("# Set")
        return str(no_hub / "made")

    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setattr(huggingface_hub, "HfApi", Api)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    monkeypatch.setattr(hub_sets, "reachable", lambda: True)
    monkeypatch.setattr("ftassist.dojo.hub.reachable", lambda: True)
    assert texts(read_source("org/name@v1", "train")) == [["one"]]
    assert asked == [("org/name", "v1"), (COMMIT, ["README.md", "train.jsonl"])]


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("org/name", "cannot be had"),
        ("nowhere.jsonl", "no such file"),
        ("data/nowhere.csv", "no such file"),
        ("./nowhere", "no such file"),
        ("/nowhere:train", "no such file"),
        ("nowhere", "no such file"),
        ("bad\0name", "no such file"),
    ],
)
def test_a_source_that_is_nowhere_is_named(no_hub: Path, source: str, what: str) -> None:
    with pytest.raises(DataError, match=what) as refusal:
        read_source(source, "train")
    assert refusal.value.fix


def test_a_folder_without_rows_is_named(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("words")
    with pytest.raises(DataError, match="no files with rows"):
        read_source(tmp_path, "train")
