"""Digests of code: told by names and bytes, of Python and the tables beside it."""

from __future__ import annotations

from pathlib import Path

from ftassist.files import hash_code


def test_code_is_told_by_names_and_bytes_below_its_folders(tmp_path: Path) -> None:
    room = tmp_path / "room"
    (room / "inner").mkdir(parents=True)
    (room / "inner" / "one.py").write_text("a = 1\n")
    first = hash_code(room)

    (room / "inner" / "one.py").write_text("a = 2\n")
    changed = hash_code(room)
    (room / "inner" / "one.py").rename(room / "inner" / "two.py")
    renamed = hash_code(room)
    (room / "labels.yaml").write_text("- a\n")

    assert len({first, changed, renamed, hash_code(room)}) == 4


def test_what_is_no_code_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("a = 1\n")
    before = hash_code(tmp_path)

    (tmp_path / "weights.safetensors").write_bytes(b"1")

    assert hash_code(tmp_path) == before
