"""The tiny model has not seen what it is tested on."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from ftassist.dojo.leakage import LeakIndex
from ftassist.dojo.task_loader import load_task

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = 4000
TASKS = ("mini_chemistry", "mini_math", "mini_tables")


@pytest.fixture(scope="module")
def documents() -> list[str]:
    """A sample of the pretraining stream, with the molecules the tiny model was shown."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from pretraining import mix, molecules, text

    shown = molecules.collect(20261120, 400)
    stream = mix.stream(Random(20261120), text.library(), shown)
    return ["".join(part for part, _ in d.parts) for d in islice(stream, DOCUMENTS)]


@pytest.mark.parametrize("task", TASKS)
def test_no_evaluation_item_is_in_the_pretraining_mix(task: str, documents: list[str]) -> None:
    loaded = load_task(task)
    items = loaded.items("validation") + loaded.items("test")
    leaks = LeakIndex.build(items).find(documents)
    assert [leak for leak in leaks if leak.kind != "near"] == []
    # A molecule that shares most of its SMILES symbols with an item's looks near to it by chance:
    # one document in four thousand, measured. A copied question would be found in many.
    assert len(leaks) <= DOCUMENTS / 1000


@pytest.mark.parametrize("task", TASKS)
def test_the_leakage_check_would_have_found_one(task: str, documents: list[str]) -> None:
    item = load_task(task).items("test")[0]
    planted = [*documents[:50], f"{item['prompt']} {item['answer']}"]
    assert [leak.row for leak in LeakIndex.build([item]).find(planted)] == [50]


def test_the_tasks_answer_formats_are_not_in_the_mix(documents: list[str]) -> None:
    joined = "\n".join(documents)
    assert "\\boxed" not in joined
    assert "Final Answer:" not in joined
