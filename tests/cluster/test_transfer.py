"""Files on their way: listed without following links, kept whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftassist.cluster import transfer
from ftassist.errors import DataError


def test_a_link_is_listed_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("k")
    trial = tmp_path / "node" / "trials" / "t0001"
    trial.mkdir(parents=True)
    (trial / "model").symlink_to(tmp_path / "secret")
    found = transfer.listing(tmp_path / "node", "trials/t0001")
    assert found["trials/t0001/model"] == {"kind": "link"}
    assert "trials/t0001/model/key" not in found
    with pytest.raises(OSError):
        transfer.read_part(tmp_path / "node", "trials/t0001/model/key", 0)


def test_small_files_travel_with_their_list_and_large_ones_by_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "SMALL", 4)
    node, head = tmp_path / "node", tmp_path / "head"
    (node / "t").mkdir(parents=True)
    (node / "t" / "small").write_bytes(b"four")
    (node / "t" / "large").write_bytes(b"five!")
    (node / "t" / "link").symlink_to("/etc/hostname")
    asked = []

    def read(name: str, offset: int) -> tuple[bytes, bool]:
        asked.append(name)
        return transfer.read_part(node, name, offset)

    listed = transfer.with_small(node, transfer.listing(node, "t"))
    transfer.take_folder(head, listed, read)
    assert asked == ["t/large"]
    assert (head / "t" / "small").read_bytes() == b"four"
    assert (head / "t" / "large").read_bytes() == b"five!"
    assert (head / "t" / "link").readlink() == Path(transfer.NOWHERE)


@pytest.mark.parametrize("name", ["/etc/passwd", "../c", "a/../../b", ""])
def test_a_path_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError):
        transfer.Incoming(tmp_path, name)


def test_a_file_in_parts_arrives_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "PART", 3)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "f").write_bytes(b"0123456789")
    transfer.take_file(tmp_path / "b", "f", lambda n, o: transfer.read_part(tmp_path / "a", n, o))
    assert (tmp_path / "b" / "f").read_bytes() == b"0123456789"


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def read(name: str, offset: int) -> tuple[bytes, bool]:
        if offset:
            raise OSError("gone")
        return b"half", False

    with pytest.raises(OSError):
        transfer.take_file(tmp_path, "f", read)
    assert list(tmp_path.iterdir()) == []
