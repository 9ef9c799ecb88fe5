"""docs/tasks.md is what the cards say."""

from __future__ import annotations

from pathlib import Path

from ftassist.dojo.task import load_card, task_folders
from ftassist.ui.task_table import document

FILE = Path(__file__).parents[2] / "docs" / "tasks.md"


def test_the_document_is_fresh() -> None:
    fresh = FILE.read_text(encoding="utf-8") == document()
    assert fresh, "run python -m ftassist.ui.task_table > docs/tasks.md"


def test_every_published_task_has_a_section() -> None:
    text = document()
    for key in task_folders():
        if load_card(key).paper:
            assert f"### {key}: " in text


def test_licences_that_forbid_commercial_use_are_flagged() -> None:
    assert "CC-BY-NC-4.0 (not for commercial use)" in document()
