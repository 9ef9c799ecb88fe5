"""A journal can be looked at where nothing may be written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ftassist.errors import JournalError
from ftassist.journal import Journal, opening
from ftassist.journal.opening import Opened, open_file

_RIGHTS = "-dac_override,-dac_read_search,-fowner"
_READ = """
import json, sys
from pathlib import Path
from ftassist.errors import JournalError
from ftassist.journal import Journal
journal = Journal(Path(sys.argv[1]))
said = ""
try:
    journal.append(actor="a", kind="note", payload={"text": "x"})
except JournalError as error:
    said = error.what
print(json.dumps([[e.payload["text"] for e in journal.read()], said, journal.damage is None]))
"""


def _journal(folder: Path, texts: str = "ab") -> Path:
    journal = Journal(folder / "journal.db", create=True)
    for text in texts:
        journal.append(actor="a", kind="note", payload={"text": text})
    journal.close()
    return journal.path


@contextmanager
def _protected(folder: Path) -> Iterator[None]:
    """Nobody may write in a folder meanwhile."""
    places = [folder, *folder.iterdir()]
    modes = [place.stat().st_mode for place in places]
    for place in places:
        place.chmod(place.stat().st_mode & ~0o222)
    try:
        yield
    finally:
        for place, mode in zip(places, modes, strict=True):
            place.chmod(mode)


def _looked_at(path: Path) -> tuple[list[str], str, bool]:
    """What a process without a superuser's rights reads, and what it hears when it writes."""
    command = [sys.executable, "-c", _READ, str(path)]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("needs setpriv to give up the rights of root")
        rights = ["--bounding-set", _RIGHTS, "--inh-caps", _RIGHTS]
        command = ["setpriv", *rights, *command]
    with _protected(path.parent):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    texts, said, sound = json.loads(done.stdout)
    return texts, said, sound


def test_a_write_protected_journal_is_read_and_says_that_it_cannot_be_written(
    tmp_path: Path,
) -> None:
    path = _journal(tmp_path)
    before = sorted(tmp_path.iterdir())
    texts, said, sound = _looked_at(path)
    assert (texts, sound) == (["a", "b"], True)
    assert "can only be read" in said
    assert sorted(tmp_path.iterdir()) == before


def test_events_that_a_killed_writer_left_beside_the_file_are_read(tmp_path: Path) -> None:
    live = tmp_path / "live"
    writer = Journal(_journal(live))
    writer.append(actor="a", kind="note", payload={"text": "c"})
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("journal.db", "journal.db-wal"):
        shutil.copyfile(live / name, copy / name)
    writer.close()
    assert _looked_at(copy / "journal.db")[0] == ["a", "b", "c"]


def test_a_journal_that_somebody_else_writes_is_followed(tmp_path: Path) -> None:
    path = _journal(tmp_path)
    writer = Journal(path)
    writer.append(actor="a", kind="note", payload={"text": "c"})
    assert _looked_at(path)[0] == ["a", "b", "c"]
    writer.close()


def test_a_file_read_as_it_lies_is_opened_anew_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _journal(tmp_path)

    def only_as_it_lies(path: Path, *, create: bool = False) -> Opened:
        connection = opening._connect(path, "mode=ro&immutable=1")
        return Opened(connection, False, opening.mark(path))

    monkeypatch.setattr("ftassist.journal.store.open_file", only_as_it_lies)
    reader = Journal(path)
    assert reader.last_seq() == 2
    monkeypatch.setattr("ftassist.journal.store.open_file", open_file)
    writer = Journal(path)
    writer.append(actor="a", kind="note", payload={"text": "c"})
    writer.close()
    monkeypatch.setattr("ftassist.journal.store.open_file", only_as_it_lies)
    assert [event.payload["text"] for event in reader.read()] == ["a", "b", "c"]
    with pytest.raises(JournalError, match="can only be read"):
        reader.append(actor="a", kind="note")
