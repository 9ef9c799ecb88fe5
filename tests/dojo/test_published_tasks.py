"""Every published task: its card is whole, its data makes a task folder, its splits are apart.

What needs the real records looks for them below FTASSIST_DATA and skips, saying so, without them.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from ftassist.dojo.evaluator.harness import harness_task
from ftassist.dojo.location import DATA_VARIABLE, available
from ftassist.dojo.repository import DataRepository
from ftassist.dojo.scorers import scorer_for, scorer_keys
from ftassist.dojo.task import Task, task_folders
from ftassist.dojo.task_loader import load_card, load_task

PUBLISHED = [key for key in task_folders() if load_card(key).paper]
FT_BENCH = {
    "aci_bench", "cs_bench", "econlogicqa", "gta", "hoc", "lawbench", "omebench", "openfindata",
    "sst2", "tomg_bench",
}  # fmt: skip

GLUED = ("chemcotbench_reaction", "retro")
"""54 of its published references glue reactants together without a dot and are no molecules."""


def test_ft_bench_is_whole() -> None:
    assert {key for key in PUBLISHED if load_card(key).paper == "FT-Bench"} == FT_BENCH


@pytest.mark.parametrize("key", PUBLISHED)
def test_a_card_says_all_that_a_person_needs(key: str) -> None:
    card = load_card(key)
    assert card.key == key
    assert card.data is not None
    for text in (card.title, card.domain, card.prompt, card.output_contract, card.headline):
        assert text.strip()
    for text in (card.licence, card.limits, card.left_out, card.data.licence):
        assert text.strip()
    assert card.splits is not None
    assert set(card.budget) == {"trials", "rows", "seconds"}


@pytest.mark.parametrize("key", PUBLISHED)
def test_a_card_pins_its_data_and_says_so_where_only_a_short_commit_is_known(key: str) -> None:
    card = load_card(key)
    for source in [card.data, *(training.source for training in card.training)]:
        assert source is not None
        if source.host != "package":
            assert re.fullmatch("[0-9a-f]{7}|[0-9a-f]{40}", source.revision)
            assert len(source.revision) == 40 or source.revision in card.limits
        assert source.files
        assert all(source.files)


@pytest.mark.parametrize("key", PUBLISHED)
def test_a_card_and_its_scorer_agree_on_views_and_metrics(key: str) -> None:
    card = load_card(key)
    assert card.scorer in scorer_keys()
    assert set(card.views) <= set(scorer_for(card.scorer).views)
    assert card.reduction == "scorer"


def prepared(key: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, policy: str = "") -> Task:
    """The task on the mirror's records, or a skip that says what is missing."""
    card = load_card(key)
    if not os.environ.get(DATA_VARIABLE):
        pytest.skip(f"set {DATA_VARIABLE} to a mirror of the data sets")
    assert card.data is not None
    if available(card.data) is None:
        pytest.skip(f"the mirror does not have {card.data.id}")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("FTASSIST_CACHE", str(tmp_path))
    return load_task(f"{key}{policy}")


@pytest.mark.slow
@pytest.mark.parametrize("key", PUBLISHED)
def test_the_real_records_make_a_task_with_splits_apart(
    key: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    task = prepared(key, monkeypatch, tmp_path)
    validation, test = task.items("validation"), task.items("test")
    ids = [(item["view"], item["id"]) for item in (*validation, *test)]
    assert len(ids) == len(set(ids))
    prompts = {item["prompt"] for item in validation}
    assert not prompts & {item["prompt"] for item in test}
    assert {item["view"] for item in validation} <= set(task.card.views)
    assert harness_task(task, "validation").task_name == f"ftassist_{key}"
    assert load_task(key).folder == task.folder


@pytest.mark.slow
@pytest.mark.parametrize("key", PUBLISHED)
def test_raw_sets_hold_no_evaluation_item(
    key: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    task = prepared(key, monkeypatch, tmp_path)
    held = {item["prompt"] for split in ("validation", "test") for item in task.items(split)}
    repository = DataRepository(task.repository_folder)
    for name in repository.names():
        assert not held & {prompt for prompt, _ in repository.turns(name)}, name


@pytest.mark.slow
@pytest.mark.parametrize("key", PUBLISHED)
def test_gold_answers_of_real_records_score_best(
    key: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    task = prepared(key, monkeypatch, tmp_path)
    scorer = scorer_for(task.card.scorer)
    for item in task.items("validation"):
        doc, view = json.loads(item["record"]), item["view"]
        gold = scorer.gold(doc, view)
        if gold is not None:
            best = scorer.judge(doc, gold, view)
            worst = scorer.judge(doc, "~", view)
            sign = 1 if task.card.metric.higher_is_better else -1
            assert sign * best.item >= sign * worst.item, item["id"]
            assert best.parsed or (key, view) == GLUED, item["id"]


@pytest.mark.slow
def test_the_released_split_takes_the_first_and_last_records_of_each_view(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    task = prepared("sst2", monkeypatch, tmp_path, "@released")
    assert [item["id"] for item in task.items("validation")] == [f"sst2-{i}" for i in range(100)]
    assert [item["id"] for item in task.items("test")] == [f"sst2-{i}" for i in range(772, 872)]
