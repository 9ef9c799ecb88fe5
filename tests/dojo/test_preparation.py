"""What a prepared task is made anew for: its card, its data, and all code that shapes it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ftassist.dojo import preparation
from ftassist.dojo.record import Record
from ftassist.dojo.task_loader import load_card

PACKAGE = Path(preparation.__file__).parents[1]
APART = ("dojo.evaluator",)
SHAPES_NOTHING = {"ftassist", "ftassist.errors", "ftassist.files", "ftassist.hub_reach"}
"""Modules that preparing imports and that decide nothing of what a task holds."""
HASHED = ("ftassist.dojo", "ftassist.records")

ALL_READERS = """
import json, pkgutil, sys
from importlib import import_module
from ftassist.dojo import preparation, readers, tables, task_code
for package in (readers, tables):
    for found in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        import_module(found.name)
for task in task_code.tasks_with("reader"):
    import_module(task_code.module_of(task, "reader"))
print(json.dumps(sorted(name for name in sys.modules if name.split(".")[0] == "ftassist")))
"""


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the code of which the digest is taken."""
    copy = tmp_path / "dojo"
    for room in ("dojo", "records"):
        shutil.copytree(
            PACKAGE / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__")
        )
    monkeypatch.setattr(preparation, "__file__", str(copy / "preparation.py"))
    preparation._code_digest.cache_clear()
    yield copy
    preparation._code_digest.cache_clear()


def digest() -> str:
    preparation._code_digest.cache_clear()
    return preparation._code_digest()


@pytest.mark.parametrize(
    "file",
    [
        "tables/json_rows.py",
        "tables/columnar.py",
        "record.py",
        "readers/packed.py",
        "catalog/gsm8k/reader.py",
        "catalog/tablebench/answers.py",
        "catalog/lawbench/labels.yaml",
        "scorers/intents.yaml",
        "location.py",
        "github.py",
        "task.py",
        "../records/metric.py",
    ],
)
def test_a_change_of_the_code_that_reads_or_divides_makes_tasks_anew(
    code: Path, file: str
) -> None:
    before = digest()
    changed = code / file
    changed.write_text(changed.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")

    assert digest() != before


@pytest.mark.parametrize("file", ["evaluator/server.py", "catalog/mini_math/card.yaml"])
def test_a_change_of_what_only_scores_or_of_another_task_keeps_them(code: Path, file: str) -> None:
    before = digest()
    changed = code / file
    changed.write_text(changed.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")

    assert digest() == before


def test_no_module_that_reading_leads_to_is_outside_what_is_hashed() -> None:
    command = [sys.executable, "-c", ALL_READERS]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    loaded = {name for name in json.loads(done.stdout) if name not in SHAPES_NOTHING}

    outside = {name for name in loaded if not name.startswith(HASHED)}
    apart = {name for name in loaded if name.startswith(tuple(f"ftassist.{a}" for a in APART))}

    assert outside | apart == set()
    assert {"ftassist.dojo.tables.json_rows", "ftassist.dojo.catalog.hoc.reader"} <= loaded


@pytest.mark.parametrize("answer", ["", "\n\n\n"])
def test_a_record_without_an_answer_is_no_row_to_learn_from(answer: str) -> None:
    card = load_card("lawbench")
    view = next(iter(card.views))
    doc = {"instruction": "Answer.", "question": "Who?"}
    found = [Record(f"{n}", view, {**doc, "answer": a}) for n, a in enumerate(["a judge", answer])]
    assert [row["id"] for row in preparation.training_rows(card, found)] == ["0"]
