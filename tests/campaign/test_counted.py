from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign.counted import read_counted
from ftassist.files import write_json
from ftassist.journal.state import Trial

RUNNING = Trial(id="t0003", status="running", stage="evaluate", started=100.0)
TOLD = {
    "trial": "t0003", "split": "validation", "done": 80, "of": 320,
    "started": 110.0, "time": 130.0,
}  # fmt: skip


def test_items_and_the_time_left_are_read(tmp_path: Path) -> None:
    write_json(tmp_path / "scores/progress.json", TOLD)
    counted = read_counted(tmp_path, RUNNING)
    assert counted is not None
    assert (counted.done, counted.of) == (80, 320)
    assert counted.left == pytest.approx(60.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"trial": "t0002"},
        {"split": "test"},
        {"started": 90.0},
        {"done": 400},
        {"of": 0},
        {"done": "many"},
        {"time": None},
    ],
    ids=["another trial", "another split", "an earlier attempt", "too many", "none", "text", "no"],
)
def test_what_is_not_of_this_evaluation_is_not_shown(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    write_json(tmp_path / "scores/progress.json", {**TOLD, **changes})
    assert read_counted(tmp_path, RUNNING) is None


def test_a_file_that_is_no_object_is_not_shown(tmp_path: Path) -> None:
    write_json(tmp_path / "scores/progress.json", ["no", "object"])
    assert read_counted(tmp_path, RUNNING) is None


def test_nothing_is_counted_outside_an_evaluation(tmp_path: Path) -> None:
    write_json(tmp_path / "scores/progress.json", TOLD)
    for trial in (
        Trial(id="t0003", status="running", stage="train", started=100.0),
        Trial(id="t0003", status="scored", stage=None, started=100.0),
    ):
        assert read_counted(tmp_path, trial) is None
