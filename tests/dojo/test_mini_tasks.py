"""What the three mini tasks promise alike: sizes, balance, scoring, raw sets, planted faults."""

from __future__ import annotations

import importlib.util
import itertools
from collections import Counter
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ftassist.dojo.leakage import LeakIndex
from ftassist.dojo.profile import fold
from ftassist.dojo.repository import DataRepository
from ftassist.dojo.task import CATALOG, Split, Task
from ftassist.dojo.task_loader import load_task

MINI = ("mini_chemistry", "mini_math", "mini_tables")
SPLITS: tuple[Split, ...] = ("validation", "test")
LEAKY = {
    "mini_chemistry": "benchmark_mirror",
    "mini_math": "exam_archive",
    "mini_tables": "benchmark_mirror",
}
CROWD = {
    "mini_chemistry": "student_reports",
    "mini_math": "crowd_solutions",
    "mini_tables": "volunteer_answers",
}
REPEATED = {
    "mini_chemistry": "hydroxyl_log",
    "mini_math": "forum_dump",
    "mini_tables": "helpdesk_log",
}
RIGHT_FORM = {
    "mini_chemistry": "so I say. Answer: {}",
    "mini_math": r"so I say. \boxed{{{}}}",
    "mini_tables": "so I say. Final Answer: {}",
}
JUNK = (
    "",
    "I do not know.",
    r"\boxed{}",
    "Answer:",
    "Final Answer:",
    r"\boxed{1 or 2}",
    "Answer: 1 or 2",
    "Final Answer: " + "x" * 60,
)


@cache
def task(key: str) -> Task:
    return load_task(key)


@cache
def repository(key: str) -> DataRepository:
    return DataRepository(task(key).repository_folder)


@cache
def scoring(key: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        f"{key}_scoring", task(key).folder / "scoring.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def items(key: str, split: Split) -> list[dict[str, Any]]:
    return task(key).items(split)


def all_sets() -> list[tuple[str, str]]:
    return [(key, name) for key in MINI for name in repository(key).names()]


@pytest.mark.parametrize("key", MINI)
@pytest.mark.parametrize("split", SPLITS)
def test_a_split_has_at_least_300_items_with_unique_ids_and_prompts(
    key: str, split: Split
) -> None:
    found = items(key, split)
    assert len(found) >= 300
    assert len({item["id"] for item in found}) == len({item["prompt"] for item in found})
    assert len({item["prompt"] for item in found}) == len(found)


@pytest.mark.parametrize("key", MINI)
@pytest.mark.parametrize("split", SPLITS)
def test_views_of_a_split_are_those_of_the_card_and_equally_large(key: str, split: Split) -> None:
    counts = Counter(item["view"] for item in items(key, split))
    assert set(counts) == set(task(key).card.views)
    assert max(counts.values()) - min(counts.values()) <= 1


@pytest.mark.parametrize("key", MINI)
@pytest.mark.parametrize("split", SPLITS)
def test_every_gold_answer_scores_one(key: str, split: Split) -> None:
    for item in items(key, split):
        text = RIGHT_FORM[key].format(item["answer"])
        assert scoring(key).process_results(item, [text]) == {"score": 1.0, "parsed": 1.0}


@pytest.mark.parametrize("key", MINI)
@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("junk", JUNK)
def test_junk_scores_zero_and_is_unparsed(key: str, split: Split, junk: str) -> None:
    for item in items(key, split):
        assert scoring(key).process_results(item, [junk]) == {"score": 0.0, "parsed": 0.0}


@pytest.mark.parametrize("key", MINI)
def test_another_item_s_answer_scores_zero_but_is_parsed(key: str) -> None:
    found = items(key, "test")
    for item, other in itertools.pairwise(found):
        if item["answer"] != other["answer"]:
            text = RIGHT_FORM[key].format(other["answer"])
            assert scoring(key).process_results(item, [text]) == {"score": 0.0, "parsed": 1.0}


@pytest.mark.parametrize("key", MINI)
def test_the_last_answer_counts(key: str) -> None:
    item = items(key, "test")[0]
    right, wrong = RIGHT_FORM[key].format(item["answer"]), RIGHT_FORM[key].format(77)
    assert scoring(key).process_results(item, [f"{wrong}\n{right}"])["score"] == 1.0
    assert scoring(key).process_results(item, [f"{right}\n{wrong}"])["score"] == 0.0


@pytest.mark.parametrize(("key", "name"), all_sets())
def test_every_raw_row_loads_with_its_mapped_fields(key: str, name: str) -> None:
    sets = repository(key)
    card, rows = sets.card(name), sets.rows(name)
    assert card.name == name
    assert card.rows == len(rows) >= 400
    assert all(all(turn.strip() for turn in card.turns(row)) for row in rows)


@pytest.mark.parametrize("key", MINI)
def test_raw_sets_do_not_agree_on_field_names(key: str) -> None:
    cards = [repository(key).card(name) for name in repository(key).names()]
    assert 6 <= len(cards) <= 9
    assert len({tuple(card.fields.values()) for card in cards}) == len(cards)


@pytest.mark.parametrize(("key", "name"), LEAKY.items())
def test_the_leaky_set_holds_items_of_both_splits_verbatim_and_disguised(
    key: str, name: str
) -> None:
    prompts = {prompt for prompt, _ in repository(key).turns(name)}
    folded = {fold(prompt) for prompt in prompts}
    for split in SPLITS:
        verbatim = sum(item["prompt"] in prompts for item in items(key, split))
        found = sum(fold(item["prompt"]) in folded for item in items(key, split))
        assert verbatim >= 20
        assert found >= verbatim + 20


@pytest.mark.parametrize(("key", "name"), [s for s in all_sets() if LEAKY[s[0]] != s[1]])
def test_no_other_set_holds_an_evaluation_item(key: str, name: str) -> None:
    folded = {fold(prompt) for prompt, _ in repository(key).turns(name)}
    held = {fold(item["prompt"]) for split in SPLITS for item in items(key, split)}
    assert not folded & held


@pytest.mark.parametrize(("key", "name"), CROWD.items())
def test_conflicting_labels_of_the_crowd_show_in_the_profile(key: str, name: str) -> None:
    profile = repository(key).profile(name)
    assert profile.repeated_prompts >= 500
    assert 0.4 < profile.conflicting_prompts / profile.repeated_prompts < 0.6


@pytest.mark.parametrize(("key", "name"), REPEATED.items())
def test_duplicates_of_the_log_show_in_the_profile(key: str, name: str) -> None:
    profile = repository(key).profile(name)
    assert profile.exact_duplicates > 0.5 * profile.rows
    assert profile.near_duplicates > 0.1 * profile.rows


@pytest.mark.parametrize("key", MINI)
def test_bare_answers_come_in_bulk_and_worked_solutions_in_small_sets(key: str) -> None:
    profiles = [repository(key).profile(name) for name in repository(key).names()]
    bare = [p.rows for p in profiles if p.worked_share == 0]
    worked = [p.rows for p in profiles if p.worked_share > 0.9 and p.exact_duplicates == 0]
    assert max(bare) >= 2000
    assert len(worked) >= 3
    assert max(worked) <= 1000


def test_the_catalog_stays_small() -> None:
    size = sum(p.stat().st_size for p in Path(CATALOG).rglob("mini_*/**/*") if p.is_file())
    assert size < 7_000_000


@pytest.mark.parametrize(("key", "name"), all_sets())
def test_the_leakage_check_finds_the_planted_items_and_nothing_else(key: str, name: str) -> None:
    held = {fold(item["prompt"]) for split in SPLITS for item in items(key, split)}
    turns = repository(key).turns(name)
    planted = {row for row, (prompt, _) in enumerate(turns) if fold(prompt) in held}
    index = LeakIndex.build([item for split in SPLITS for item in items(key, split)])
    assert {leak.row for leak in index.find(["\n".join(turn) for turn in turns])} == planted
