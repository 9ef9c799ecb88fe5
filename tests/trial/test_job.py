from __future__ import annotations

from pathlib import Path

import pytest

from ftassist.errors import LockedError
from ftassist.trial.job import TrialSpec, trial_lock


def test_a_trial_is_held_by_one_worker_at_a_time(tmp_path: Path) -> None:
    with (
        trial_lock(tmp_path / "t0001"),
        pytest.raises(LockedError, match="t0001"),
        trial_lock(tmp_path / "t0001"),
    ):
        pass


def test_a_trial_is_free_again_when_its_holder_is_done(tmp_path: Path) -> None:
    with trial_lock(tmp_path / "t0001"):
        pass
    with trial_lock(tmp_path / "t0001"):
        assert (tmp_path / ".t0001.lock").exists()


def test_two_trials_are_held_side_by_side(tmp_path: Path) -> None:
    with trial_lock(tmp_path / "t0001"), trial_lock(tmp_path / "t0002"):
        assert len(list(tmp_path.glob(".*.lock"))) == 2


def spec_of(cells: dict[str, str]) -> TrialSpec:
    return TrialSpec("t0001", "mini/grid_words", "tiny", cells, "mini/grid_words")


@pytest.mark.parametrize(
    ("source", "devices"),
    [
        ("train.sft(model, 'data', 'model', learning_rate=1e-3)", 1),
        ("train.sft(model, 'data', 'model', learning_rate=1e-3, devices=4)", 4),
        ("train.sft(model, 'a', 'b', devices=2)\ntrain.sft(model, 'c', 'd', devices=3)", 3),
        ("n = 4\ntrain.sft(model, 'data', 'model', devices=n)", 1),
        ("train.sft(model, 'data', 'model', devices=True)", 1),
        ("train.sft(model, 'data', 'model', devices=0)", 1),
        ("train.sft(", 1),
        ("", 1),
    ],
)
def test_a_number_that_stands_in_the_call_counts(source: str, devices: int) -> None:
    assert spec_of({"train": source}).devices == devices


def test_only_the_train_cell_is_read() -> None:
    assert spec_of({"curate": "f(devices=8)", "train": "train.sft()"}).devices == 1
