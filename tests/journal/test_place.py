"""Where a journal may lie, by what the system says is mounted where."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftassist.errors import JournalError
from ftassist.journal import Journal, place


def mount(at: str, kind: str, source: str = "x") -> str:
    return f"36 35 98:0 / {at} rw,noatime shared:1 - {kind} {source} rw"


@pytest.fixture
def mounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "mountinfo"
    monkeypatch.setattr(place, "MOUNTS", file)
    return file


@pytest.mark.parametrize(
    ("kind", "network"),
    [
        ("nfs4", True),
        ("nfs", True),
        ("cifs", True),
        ("smb3", True),
        ("lustre", True),
        ("fuse.sshfs", True),
        ("fuse.s3fs", True),
        ("ext4", False),
        ("tmpfs", False),
        ("overlay", False),
        ("fuse.ntfs-3g", False),
    ],
)
def test_network_file_systems_are_told_from_disks(mounts: Path, kind: str, network: bool) -> None:
    mounts.write_text("\n".join([mount("/", "ext4"), mount("/srv/share", kind)]))
    assert place.network_type(Path("/srv/share/c/journal.db")) == (kind if network else "")
    assert place.network_type(Path("/srv/shared/c")) == ""


def test_the_nearest_mount_decides_and_names_with_blanks_are_read(mounts: Path) -> None:
    lines = [mount("/", "nfs4"), mount("/local\\040disk", "ext4")]
    mounts.write_text("\n".join(lines))
    assert place.network_type(Path("/local disk/c")) == ""
    assert place.network_type(Path("/elsewhere")) == "nfs4"


def test_a_new_journal_on_one_is_refused_with_what_to_do_and_an_old_one_opens(
    mounts: Path, tmp_path: Path
) -> None:
    mounts.write_text(mount("/", "ext4"))
    Journal(tmp_path / "old" / "journal.db", create=True).close()
    mounts.write_text(mount("/", "nfs4"))
    with pytest.raises(JournalError, match=r"network file system \(nfs4\)") as caught:
        Journal(tmp_path / "new" / "journal.db", create=True)
    assert "disk of this machine" in caught.value.fix
    assert not (tmp_path / "new").exists()
    Journal(tmp_path / "attempt" / "journal.db", create=True, passing=True).close()
    assert Journal(tmp_path / "old" / "journal.db").read() == []


def test_a_system_that_does_not_tell_is_taken_for_a_disk(mounts: Path) -> None:
    assert not mounts.exists()
    assert place.network_type(Path("/a")) == ""
