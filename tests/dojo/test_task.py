"""Task folders: found by key or folder, checked, and refused with the nearest name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from ftassist.dojo.task import CATALOG, task_folders
from ftassist.dojo.task_loader import load_task
from ftassist.errors import DataError, UnknownNameError

MINI = ("mini_chemistry", "mini_math", "mini_tables")


def test_the_catalog_holds_the_three_mini_tasks() -> None:
    assert set(MINI) <= set(task_folders())


@pytest.mark.parametrize("key", MINI)
def test_a_card_names_its_folder_its_views_and_a_budget(key: str) -> None:
    card = load_task(key).card
    assert card.key == key
    assert len(card.views) >= 3
    assert card.budget == {"trials": 8, "rows": 2000, "seconds": 1800}


@pytest.mark.parametrize("key", MINI)
def test_a_card_carries_measured_baselines(key: str) -> None:
    names = {baseline.name for baseline in load_task(key).card.baselines}
    assert {"majority", "bag of characters"} <= names


@pytest.mark.parametrize("key", MINI)
def test_a_card_and_its_harness_definition_agree_on_the_answer_limit(key: str) -> None:
    task = load_task(key)
    text = (task.folder / "harness.yaml").read_text(encoding="utf-8")
    assert f"max_gen_toks: {task.card.max_new_tokens}\n" in text


def test_an_unknown_task_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError, match="mini_math"):
        load_task("mini_maths")


def test_a_task_can_be_loaded_from_a_folder(tmp_path: Path) -> None:
    shutil.copytree(CATALOG / "mini_math", tmp_path / "mine")
    task = load_task(str(tmp_path / "mine"))
    assert task.folder == (tmp_path / "mine").resolve()


def test_tasks_of_one_s_own_are_found_through_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(CATALOG / "mini_math", tmp_path / "mine")
    monkeypatch.setenv("FTASSIST_TASKS", str(tmp_path))
    assert load_task("mine").folder.name == "mine"


@pytest.mark.parametrize("field", ["metric", "budget", "views"])
def test_an_incomplete_card_is_refused_with_its_path(tmp_path: Path, field: str) -> None:
    raw = yaml.safe_load((CATALOG / "mini_math" / "card.yaml").read_text(encoding="utf-8"))
    del raw[field]
    (tmp_path / "card.yaml").write_text(yaml.safe_dump(raw), encoding="utf-8")
    with pytest.raises(DataError) as refusal:
        load_task(str(tmp_path))
    assert refusal.value.where == str(tmp_path / "card.yaml")
    assert field in str(refusal.value)


def test_programs_that_import_the_loaders_from_their_old_place_go_on() -> None:
    from ftassist.dojo import task, task_loader

    assert task.load_task is task_loader.load_task
    assert task.load_card is task_loader.load_card
    assert not hasattr(task, "load_anything")
