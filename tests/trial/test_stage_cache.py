"""The stage cache: an entry is whole and true, or it is not used."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftassist.trial import stage_cache
from ftassist.trial.stage_cache import (
    CachedStage,
    FolderState,
    StageCache,
    normalise,
    outputs_digest,
    stage_key,
)

KEY = "0123456789abcdef"


@pytest.fixture
def cache(tmp_path: Path) -> StageCache:
    """An empty cache."""
    return StageCache(tmp_path / "cache")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A trial's folder with data in it."""
    folder = tmp_path / "trial"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "train.jsonl").write_text('{"a": 1}\n')
    return folder


@pytest.fixture
def train(cache: StageCache, folder: Path) -> Callable[[], CachedStage]:
    """Acts as a train stage and stores it."""

    def run() -> CachedStage:
        before = FolderState.of(folder)
        (folder / "model" / "deep").mkdir(parents=True)
        (folder / "model" / "deep" / "weights.bin").write_bytes(b"w" * 5000)
        (folder / "metrics.jsonl").write_text('{"step": 1}\n')
        return cache.store(KEY, "train", "t0001", folder, before, 12.5, {"loss": 0.5})

    return run


def test_what_a_stage_wrote_is_kept_and_restored(
    cache: StageCache, train: Callable[[], CachedStage], tmp_path: Path
) -> None:
    train()
    other = tmp_path / "other"

    entry = cache.find(KEY).entry

    assert entry is not None
    assert set(entry.files) == {"model/deep/weights.bin"}
    assert (entry.trial, entry.seconds, entry.summary) == ("t0001", 12.5, {"loss": 0.5})
    other.mkdir()
    cache.restore(entry, other)
    assert (other / "model/deep/weights.bin").read_bytes() == b"w" * 5000
    assert (other / "metrics.jsonl").read_text() == '{"step": 1}\n'
    assert not (other / "data").exists()


def test_an_unknown_key_is_a_miss(cache: StageCache) -> None:
    assert cache.find(KEY) == stage_cache.Lookup()


@pytest.mark.parametrize(
    "name", ["files/model/deep/weights.bin", "metrics.jsonl", "manifest.json"]
)
def test_a_flipped_byte_is_a_miss_and_is_named(
    cache: StageCache, train: Callable[[], CachedStage], name: str
) -> None:
    train()
    path = cache.folder / KEY / name
    raw = bytearray(path.read_bytes())
    raw[0] ^= 1
    path.write_bytes(raw)

    lookup = cache.find(KEY)

    assert lookup.entry is None
    assert lookup.damaged == f"cache/{KEY}/{name}"
    assert cache.find(KEY) == stage_cache.Lookup()


def test_a_lost_file_is_damage(cache: StageCache, train: Callable[[], CachedStage]) -> None:
    train()
    (cache.folder / KEY / "files/model/deep/weights.bin").unlink()

    assert "weights.bin" in cache.find(KEY).damaged


def test_writing_into_a_trial_does_not_change_the_cache(
    cache: StageCache, train: Callable[[], CachedStage], folder: Path
) -> None:
    train()
    with (folder / "model/deep/weights.bin").open("r+b") as file:
        file.write(b"changed")

    assert cache.find(KEY).entry is not None


def test_a_cached_file_shares_nothing_that_a_trial_could_change(
    cache: StageCache, train: Callable[[], CachedStage], folder: Path
) -> None:
    train()
    kept = cache.folder / KEY / "files/model/deep/weights.bin"
    before = kept.read_bytes()

    assert not kept.samefile(folder / "model/deep/weights.bin")
    (folder / "model/deep/weights.bin").write_bytes(b"changed")

    assert kept.read_bytes() == before


def test_files_are_copied_where_the_system_cannot_clone_them(
    cache: StageCache,
    train: Callable[[], CachedStage],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.EXDEV, "across file systems")

    monkeypatch.setattr(os, "copy_file_range", refuse, raising=False)
    train()

    kept = cache.folder / KEY / "files/model/deep/weights.bin"
    assert kept.read_bytes() == (folder / "model/deep/weights.bin").read_bytes()


def test_a_half_built_entry_is_never_found(
    cache: StageCache, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    before = FolderState.of(folder)
    (folder / "new").write_text("x")
    monkeypatch.setattr(stage_cache, "write_json", fail)
    with pytest.raises(KeyboardInterrupt):
        cache.store(KEY, "train", "t0001", folder, before, 1.0, {})

    assert cache.find(KEY) == stage_cache.Lookup()
    assert list(cache.folder.iterdir()) == []


def test_the_second_of_two_writers_leaves_the_first_entry(
    cache: StageCache, train: Callable[[], CachedStage], folder: Path
) -> None:
    train()
    before = FolderState.of(folder)
    (folder / "model/deep/weights.bin").write_bytes(b"other")
    cache.store(KEY, "train", "t0002", folder, before, 1.0, {})

    entry = cache.find(KEY).entry
    assert entry is not None
    assert entry.trial == "t0001"


def test_a_digest_covers_names_and_bytes(folder: Path) -> None:
    first = outputs_digest(folder, "data")
    (folder / "data/train.jsonl").rename(folder / "data/rows.jsonl")
    renamed = outputs_digest(folder, "data")
    (folder / "data/rows.jsonl").write_text('{"a": 2}\n')

    assert len({first, renamed, outputs_digest(folder, "data")}) == 3


def test_comments_and_layout_do_not_change_a_key() -> None:
    one = "x = 1  # one\n\n\ny = call(x,\n    2)"
    other = "# begin\nx=1\ny = call(x, 2)"

    assert normalise(one) == normalise(other)
    assert _key(source=one) == _key(source=other)


@pytest.mark.parametrize(
    "change",
    [
        {"stage": "curate"},
        {"source": "x = seed + 2"},
        {"parameters": {"seed": 2, "row_cap": 5, "trial": "t1", "repository": "r"}},
        {"inputs": {"data": "other"}},
        {"device": "NVIDIA H200"},
    ],
)
def test_everything_a_stage_depends_on_changes_its_key(change: dict[str, object]) -> None:
    assert _key(**change) != _key()


@settings(deadline=None)
@given(st.sampled_from(["row_cap", "trial", "repository"]), st.text(max_size=5))
def test_a_parameter_the_cell_does_not_read_does_not_change_its_key(name: str, value: str) -> None:
    changed = {"seed": 1, "row_cap": 5, "trial": "t1", "repository": "r"} | {name: value}

    assert _key(parameters=changed) == _key()


def _key(**changes: object) -> str:
    facts: dict[str, object] = {
        "stage": "train",
        "source": "x = seed + 1",
        "names": {"seed"},
        "parameters": {"seed": 1, "row_cap": 5, "trial": "t1", "repository": "r"},
        "inputs": {"data": "digest"},
    }
    return stage_key(**(facts | changes))  # type: ignore[arg-type]
