"""What of the code a score rests on: the task's own rule with what it imports, and no other's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import ftassist
from ftassist.dojo.evaluator import scoring
from ftassist.dojo.evaluator.closure import import_closure
from ftassist.dojo.task import Task
from ftassist.dojo.task_code import code_files
from ftassist.dojo.task_loader import load_task

PACKAGE = Path(ftassist.__file__).parent


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the rooms that scores rest on, which may be edited."""
    copy = tmp_path / "ftassist"
    for room in ("dojo/evaluator", "dojo/scorers", "statistics", "models"):
        ignored = shutil.ignore_patterns("tiny", "__pycache__")
        shutil.copytree(PACKAGE / room, copy / room, ignore=ignored)
    for file in code_files():
        (copy / file.relative_to(PACKAGE)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy / file.relative_to(PACKAGE))
    for file in (PACKAGE / "dojo").glob("*.py"):
        shutil.copy(file, copy / "dojo" / file.name)
    monkeypatch.setattr(scoring, "_CODE", copy)
    return copy


@pytest.fixture(scope="module")
def banking() -> Task:
    return load_task("banking77")


def edit(file: Path) -> None:
    assert file.is_file()
    with file.open("a") as text:
        text.write("\n# a word more\n")


@pytest.mark.parametrize(
    "file",
    ["dojo/catalog/hoc/scorer.py", "dojo/catalog/lawbench/labels.yaml", "dojo/scorers/lookup.py",
     "dojo/catalog/clinc150/scorer.py", "dojo/catalog/banking77/reader.py", "dojo/own_metrics.py"],
)  # fmt: skip
def test_another_tasks_rule_is_no_part_of_the_digest(
    package: Path, banking: Task, file: str
) -> None:
    before = scoring.evaluator_digest(banking)
    edit(package / file)
    assert scoring.evaluator_digest(banking) == before


@pytest.mark.parametrize(
    "file",
    ["dojo/catalog/banking77/scorer.py", "dojo/scorers/intents.py", "dojo/scorers/intents.yaml",
     "dojo/scorers/scorer.py", "dojo/scorers/thinking.py", "dojo/evaluator/generate.py",
     "dojo/feedback.py", "statistics/intervals.py", "models/chat_format.py"],
)  # fmt: skip
def test_the_tasks_own_rule_and_what_it_rests_on_are_part_of_it(
    package: Path, banking: Task, file: str
) -> None:
    before = scoring.evaluator_digest(banking)
    edit(package / file)
    assert scoring.evaluator_digest(banking) != before


def test_a_scoring_of_ones_own_brings_what_it_imports(tmp_path: Path) -> None:
    mine = tmp_path / "scoring.py"
    mine.write_text(
        "from ftassist.dojo.own_metrics import numeric\n"
        "def process_results(doc, results):\n"
        "    from ftassist.dojo.catalog.tomg_bench import molecules\n"
    )
    names = {path.name for path in import_closure([mine], PACKAGE)}
    assert {"own_metrics.py", "numbers.py", "molecules.py"} <= names
    assert not names & {"scorer.py", "lookup.py", "__init__.py", "scoring.py"}


def test_a_file_that_is_no_python_brings_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "scoring.py"
    broken.write_text("def (\n")
    assert import_closure([broken], PACKAGE) == []
