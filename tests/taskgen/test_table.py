"""docs/tasks.md is what the cards say."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console
from taskgen.table import document

from ftassist.dojo.task import task_folders
from ftassist.dojo.task_loader import load_card
from ftassist.ui.task_text import task_list

FILE = Path(__file__).parents[2] / "docs" / "tasks.md"


def test_the_document_is_fresh() -> None:
    fresh = FILE.read_text(encoding="utf-8") == document()
    assert fresh, "run python -m taskgen.table > docs/tasks.md"


def test_every_published_task_has_a_section() -> None:
    text = document()
    for key in task_folders():
        if load_card(key).paper:
            assert f"### {key}: " in text


def test_licences_that_forbid_commercial_use_are_flagged() -> None:
    assert "CC-BY-NC-4.0 (not for commercial use)" in document()


def test_the_list_of_tasks_has_a_line_for_each_with_its_whole_key() -> None:
    shown = io.StringIO()
    cards = [load_card(key) for key in task_folders()]
    Console(file=shown, width=120).print(task_list(cards))
    lines = [line.split() for line in shown.getvalue().splitlines()]
    assert [line[0] for line in lines if line and line[0] in task_folders()] == list(
        task_folders()
    )
    assert sum(map(bool, lines)) == len(cards) + 2
