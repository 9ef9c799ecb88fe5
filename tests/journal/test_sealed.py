"""A sealed file is believed only as this user's own programs wrote it."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from ftassist.files import CACHE_VARIABLE, cache_folder
from ftassist.journal.sealed import KEY, read_sealed, write_sealed


@pytest.fixture(autouse=True)
def own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))


def test_what_was_written_is_read(tmp_path: Path) -> None:
    assert write_sealed(tmp_path, ".fold", b"a\nb")
    assert read_sealed(tmp_path, ".fold") == b"a\nb"
    assert read_sealed(tmp_path, ".view") is None


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b"content", b"c0ntent"),
        lambda raw: raw[:-1],
        lambda raw: raw + b"x",
        lambda raw: b"0" * 64 + raw[64:],
        lambda raw: raw.partition(b"\n")[2],
        lambda raw: b"",
        lambda raw: "\u00e9".encode() + raw,
    ],
)
def test_a_file_changed_by_hand_says_nothing(
    tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    write_sealed(tmp_path, ".fold", b"content")
    place = tmp_path / ".fold"
    place.write_bytes(change(place.read_bytes()))
    assert read_sealed(tmp_path, ".fold") is None


def test_a_file_under_another_name_says_nothing(tmp_path: Path) -> None:
    write_sealed(tmp_path, ".fold", b"content")
    (tmp_path / ".fold").rename(tmp_path / ".view")
    assert read_sealed(tmp_path, ".view") is None


def test_a_file_of_somebody_else_says_nothing_and_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_sealed(tmp_path, ".fold", b"theirs")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "mine"))
    assert read_sealed(tmp_path, ".fold") is None
    assert write_sealed(tmp_path, ".fold", b"mine")
    assert read_sealed(tmp_path, ".fold") == b"mine"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    write_sealed(tmp_path, ".fold", b"content")
    (tmp_path / ".fold").rename(tmp_path / "elsewhere")
    (tmp_path / ".fold").symlink_to(tmp_path / "elsewhere")
    assert read_sealed(tmp_path, ".fold") is None


def test_only_the_user_reads_the_key_and_a_broken_one_is_made_anew(tmp_path: Path) -> None:
    write_sealed(tmp_path, ".fold", b"content")
    key = cache_folder() / KEY
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    key.write_bytes(b"")
    assert read_sealed(tmp_path, ".fold") is None
    assert write_sealed(tmp_path, ".fold", b"content")
    assert read_sealed(tmp_path, ".fold") == b"content"
    assert [path.name for path in key.parent.iterdir()] == [KEY]


def test_where_nothing_can_be_written_nobody_is_harmed(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert not write_sealed(tmp_path / "file", ".fold", b"content")
    assert read_sealed(tmp_path / "file", ".fold") is None
