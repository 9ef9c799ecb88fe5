"""Known bad sources: facts with a reference, found where a card or a row names one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from ftassist.dojo.known_sources import known_sources, named_in, sources_of
from ftassist.dojo.repository import DataRepository
from ftassist.dojo.task import task_folders
from ftassist.dojo.task_loader import load_card, load_task

CARD = {
    "name": "film_reviews",
    "title": "Film reviews",
    "description": "Sentences and their sentiment.",
    "fields": {"prompt": "q", "response": "a"},
    "rows": 1,
    "licence": "not stated",
    "provenance": "the validation part of nyu-mll/glue (sst2)",
    "notes": "",
}


def repository(folder: Path, **changes: object) -> DataRepository:
    place = folder / "repository" / "film_reviews"
    place.mkdir(parents=True)
    (place / "card.yaml").write_text(yaml.safe_dump(CARD | changes), encoding="utf-8")
    row = {"q": "a fine film", "a": "positive"}
    (place / "rows.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    return DataRepository(folder / "repository")


def test_every_entry_names_tasks_of_the_catalog_and_says_where_it_is_said() -> None:
    assert len(known_sources()) > 20
    for known in known_sources():
        assert known.names
        assert set(known.tasks) <= set(task_folders()), known.names
        assert known.why
        assert known.reference


def test_no_data_set_of_a_card_is_repeated_in_the_list() -> None:
    for key in task_folders():
        card = load_card(key)
        listed = [name for known in known_sources() if key in known.tasks for name in known.names]
        assert card.data is None or card.data.id not in listed, key


@pytest.mark.parametrize(
    ("text", "task", "found"),
    [
        ("rows of NYU-MLL/glue, config sst2", "sst2", ["nyu-mll/glue"]),
        ("rows of nyu-mll/glue-like data", "sst2", []),
        ("my/nyu-mll/glue", "sst2", []),
        ("from nyu-mll/glue.", "hoc", []),
        ("AIME problems (opencompass/AIME2025)", "aime25", ["opencompass/aime2025"]),
        ("agentica-org/DeepScaleR-Preview-Dataset", "aime25", []),
        ("JEC-QA and CAIL2018", "lawbench", ["JEC-QA", "CAIL2018"]),
    ],
)
def test_a_source_is_found_by_its_whole_name_and_for_its_task(
    text: str, task: str, found: list[str]
) -> None:
    assert [known.names[0] for known in named_in(text, load_card(task))] == found


def test_what_a_card_trains_on_itself_is_no_bad_source() -> None:
    assert "stanfordnlp/sst2" not in {n for k in sources_of(load_card("sst2")) for n in k.names}


def test_a_set_that_names_one_is_told_in_its_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTASSIST_CACHE", str(tmp_path / "cache"))
    [told] = repository(tmp_path).profile("film_reviews").known_sources
    assert told.startswith("nyu-mll/glue holds evaluation records of sst2: ")
    assert repository(tmp_path / "b", provenance="us").profile("film_reviews").known_sources == ()


def test_the_raw_sets_of_the_mini_tasks_name_none() -> None:
    for key in ("mini_math", "mini_chemistry", "mini_tables"):
        sets = DataRepository(load_task(key).repository_folder)
        assert [sets.known_sources(name) for name in sets.names()] == [[]] * len(sets.names())
