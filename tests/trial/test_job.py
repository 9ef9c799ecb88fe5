from __future__ import annotations

from pathlib import Path

import pytest

from ftassist.errors import LockedError
from ftassist.trial.job import trial_lock


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
