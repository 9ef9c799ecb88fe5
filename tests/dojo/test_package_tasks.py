"""The real tasks that ship: their data is whole, their splits are the benchmark's and apart."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from pathlib import Path

import pytest

from ftassist.dojo.task import CATALOG, Task
from ftassist.dojo.task_loader import load_task

KEYS = ("banking77", "clinc150", "gsm8k")
PUBLISHED = {
    "banking77/data/train.csv.gz": 10_003,
    "banking77/data/test.csv.gz": 3_080,
    "gsm8k/data/train.jsonl.gz": 7_473,
    "gsm8k/data/test.jsonl.gz": 1_319,
}
TEST_ITEMS = {"banking77": 3_080, "clinc150": 5_500, "gsm8k": 1_319}


@pytest.fixture(scope="module", params=KEYS)
def task(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Task:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FTASSIST_CACHE", str(tmp_path_factory.mktemp("cache")))
        return load_task(request.param)


def rows_of(task: Task, name: str) -> list[dict[str, str]]:
    text = (task.repository_folder / name / "rows.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


@pytest.mark.parametrize(("name", "rows"), PUBLISHED.items())
def test_the_files_hold_as_many_records_as_were_published(name: str, rows: int) -> None:
    text = gzip.decompress((CATALOG / name).read_bytes()).decode()
    found = (
        list(csv.DictReader(text.splitlines(keepends=True)))
        if ".csv" in name
        else (text.splitlines())
    )
    assert len(found) == rows


def test_clinc150_has_all_of_its_parts() -> None:
    found = json.loads(gzip.decompress((CATALOG / "clinc150/data/data_full.json.gz").read_bytes()))
    assert {name: len(part) for name, part in found.items()} == {
        "train": 15_000, "val": 3_000, "test": 4_500,
        "oos_train": 100, "oos_val": 100, "oos_test": 1_000,
    }  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_the_licence_and_the_citation_lie_beside_the_data(key: str) -> None:
    text = (CATALOG / key / "LICENSE").read_text(encoding="utf-8")
    assert "unchanged but for compression" in text
    assert "Cite: " in text


def test_the_benchmarks_own_test_set_is_the_test_split_in_its_order(task: Task) -> None:
    items = task.items("test")
    assert len(items) == TEST_ITEMS[task.key]
    assert items[0]["id"] == "test-0"


def test_no_item_of_validation_is_in_the_test_split_or_in_the_training_sets(task: Task) -> None:
    validation = {item["prompt"] for item in task.items("validation")}
    assert len(validation) == task.card.splits.validation if task.card.splits else False
    assert not validation & {item["prompt"] for item in task.items("test")}
    for folder in task.repository_folder.iterdir():
        prompts = {row["prompt"] for row in rows_of(task, folder.name)}
        assert not validation & prompts
        assert not prompts & {item["prompt"] for item in task.items("test")}


def test_validation_is_the_same_whenever_it_is_drawn(
    task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if task.key != "banking77":
        pytest.skip("drawn by one function for all three; once is enough")
    monkeypatch.setenv("FTASSIST_CACHE", str(tmp_path))
    again = load_task(task.key)
    assert again.items("validation") == task.items("validation")
    ids = hashlib.sha256("".join(i["id"] for i in again.items("validation")).encode()).hexdigest()
    assert ids.startswith(BANKING77_IDS)


BANKING77_IDS = "784e7378edcbf180"
"""Of the ids of the validation items: a change would make scores incomparable."""


def test_every_view_of_the_card_has_items_in_both_splits(task: Task) -> None:
    for split in ("validation", "test"):
        assert {item["view"] for item in task.items(split)} == set(task.card.views)
