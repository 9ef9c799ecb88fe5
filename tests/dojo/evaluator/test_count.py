from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ftassist.dojo.evaluator import count
from ftassist.dojo.evaluator.count import PROGRESS, counted
from ftassist.dojo.evaluator.enrolment import Enrolment
from ftassist.dojo.evaluator.registry import Registry
from ftassist.dojo.evaluator.service import Service
from ftassist.files import read_json


def test_the_items_answered_stand_in_a_file_while_an_evaluation_goes_on(tmp_path: Path) -> None:
    with counted(tmp_path, "t0003", "validation") as count:
        count(0, 320)
        count(320, 320)
        told = read_json(tmp_path / PROGRESS)
        assert (told["trial"], told["split"]) == ("t0003", "validation")
        assert (told["done"], told["of"]) == (320, 320)
        assert told["started"] <= told["time"]
    assert not (tmp_path / PROGRESS).exists()


def test_the_file_goes_when_an_evaluation_fails(tmp_path: Path) -> None:
    with pytest.raises(MemoryError), counted(tmp_path, "t0003", "validation") as count:
        count(1, 320)
        raise MemoryError
    assert not (tmp_path / PROGRESS).exists()


def test_a_folder_that_cannot_be_written_to_ends_no_evaluation(tmp_path: Path) -> None:
    (tmp_path / "scores").write_text("no folder")
    with counted(tmp_path / "scores", "t0003", "validation") as count:
        count(1, 320)


def test_an_evaluation_counts_its_items(
    tmp_path: Path, task_folder: Path, base_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(count, "write_json", lambda path, told: seen.append(told))
    registration = Registry().add(
        Enrolment(
            trial="t0000",
            folder=str(tmp_path / "t0000"),
            scores=str(tmp_path / "scores"),
            task=str(task_folder),
            base=str(base_folder),
        )
    )
    feedback = Service().evaluate(registration, "validation", None)
    assert (seen[0]["done"], seen[0]["of"]) == (0, feedback.n)
    assert (seen[-1]["done"], seen[-1]["of"]) == (feedback.n, feedback.n)
