"""Freeing space: what is kept by rule, what goes, and that it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftassist.campaign import Campaign, commands
from ftassist.campaign.final import open_test
from ftassist.campaign.gc import collect, keepers, plan
from ftassist.campaign.lock import RunnerLock
from ftassist.errors import FtassistError, LockedError
from ftassist.files import write_json
from ftassist.journal import Kind

SIZES = {"t0001": 100, "t0002": 200, "t0003": 3000, "t0004": 400, "t0005": 5000, "t0008": 80}


@pytest.fixture
def kept(demo: Campaign) -> Campaign:
    """The demo with models on the disk: t0004 is the best and the finalist, t0002 its parent."""
    for trial, size in {**SIZES, "t0009": 9, "t0010": 10, "t0011": 11}.items():
        folder = demo.trial_folder(trial) / "model"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.safetensors").write_bytes(bytes(size))
    return demo


def test_the_best_its_path_the_finalist_its_seeds_pins_and_running_trials_are_kept(
    kept: Campaign,
) -> None:
    commands.pin(kept, "t3", "to look at its answers")
    why = keepers(kept)
    assert {"t0001", "t0002", "t0003", "t0004", "t0009", "t0010", "t0011"} <= why.keys()
    assert why["t0003"] == "is pinned"
    assert "t0005" not in why
    assert "t0008" not in why
    commands.unpin(kept, "t3")
    assert "t0003" not in keepers(kept)


def test_a_plan_removes_nothing_and_names_sizes_the_largest_first(kept: Campaign) -> None:
    removals = plan(kept)
    assert [(r.trial, r.bytes) for r in removals] == [
        ("t0005", 5000), ("t0003", 3000), ("t0008", 80)
    ]  # fmt: skip
    assert all(removal.path.is_dir() for removal in removals)


def test_collecting_frees_the_space_tells_the_journal_and_the_trial_says_so(
    kept: Campaign,
) -> None:
    assert collect(kept, plan(kept)) == 8080
    assert not (kept.trial_folder("t0008") / "model").exists()
    assert (kept.trial_folder("t0004") / "model").is_dir()
    (event,) = (e for e in kept.journal.read() if e.kind == Kind.MODELS_REMOVED)
    assert event.payload == {"trials": {"t0003": 3000, "t0005": 5000, "t0008": 80}, "bytes": 8080}
    assert kept.trial("t0008").model_removed
    with pytest.raises(FtassistError, match="the model of t0008 was removed to free space"):
        kept.model_folder("t0008")
    with pytest.raises(FtassistError, match="the model of t0008 was removed to free space"):
        open_test(kept, "t0008", again=True)
    assert plan(kept) == []


def test_cached_models_that_only_losers_used_go_too(kept: Campaign) -> None:
    for key, trial in (("aa", "t0008"), ("bb", "t0004")):
        place = kept.folder / "cache" / key
        write_json(place / "manifest.json", {"stage": "train", "trial": trial})
    (kept.folder / "cache" / ".building-x").mkdir()
    (kept.folder / "cache" / ".building-x" / "part").write_bytes(b"12")
    names = {removal.path.name for removal in plan(kept)}
    assert {"aa", ".building-x"} <= names
    assert "bb" not in names


def test_nothing_is_collected_while_a_runner_is_at_work(kept: Campaign) -> None:
    removals = plan(kept)
    with RunnerLock(Path(kept.folder)), pytest.raises(LockedError, match="is at work"):
        collect(kept, removals)
    assert all(removal.path.is_dir() for removal in removals)


def test_what_only_saves_time_can_go_and_what_is_left_of_writing_it(kept: Campaign) -> None:
    for name in (".fold", ".view", "..fold.killed"):
        (kept.folder / name).write_bytes(bytes(10_000))
    removals = plan(kept)
    named = {removal.path.name: removal.why for removal in removals[:3]}
    assert named.keys() == {".fold", ".view", "..fold.killed"}
    assert named["..fold.killed"] == "a killed process left it half-done"
    collect(kept, removals)
    assert not [path.name for path in kept.folder.iterdir() if "fold" in path.name]
    assert not (kept.folder / ".view").exists()
    assert plan(kept) == []
