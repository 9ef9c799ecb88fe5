"""The journal's file: nothing lost, damage named, stale decisions refused."""

from __future__ import annotations

import multiprocessing
import sqlite3
from pathlib import Path

import pytest

from ftassist.errors import JournalError, StaleDecisionError
from ftassist.journal import Journal, Kind
from ftassist.journal.store import MAX_PAYLOAD, refuse_stale


def note(journal: Journal, text: str) -> int:
    return journal.append(actor="test", kind=Kind.NOTE, payload={"text": text}).seq


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.db", create=True)


def break_row(path: Path, seq: int) -> None:
    """Changes a stored payload behind the journal's back, as a flipped bit would."""
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER no_update")
        connection.execute('UPDATE events SET payload=\'{"text":"x"}\' WHERE seq=?', (seq,))


def test_events_come_back_in_order_as_they_were_written(journal: Journal) -> None:
    texts = ["eins", "zwei ✓", '"drei"\n']
    for text in texts:
        note(journal, text)
    events = journal.read()
    assert [e.payload["text"] for e in events] == texts
    assert [e.seq for e in events] == [1, 2, 3]


def test_reading_since_a_sequence_number_gives_only_what_is_newer(journal: Journal) -> None:
    for text in "abcd":
        note(journal, text)
    assert [e.payload["text"] for e in journal.read(since=2)] == ["c", "d"]
    assert journal.read(since=4) == []


def test_a_fresh_reader_can_start_in_the_middle(journal: Journal) -> None:
    for text in "abcd":
        note(journal, text)
    other = Journal(journal.path)
    assert [e.seq for e in other.read(since=3)] == [4]
    assert other.damage is None


def test_a_journal_cannot_be_updated_or_deleted_from(journal: Journal) -> None:
    note(journal, "a")
    for statement in ("UPDATE events SET actor='x'", "DELETE FROM events"):
        with sqlite3.connect(journal.path) as connection, pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)


def test_a_missing_journal_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="no journal here") as error:
        Journal(tmp_path / "journal.db")
    assert "ftassist init" in error.value.fix


def test_a_damaged_row_is_named_and_reading_stops_before_it(journal: Journal) -> None:
    for text in "abcde":
        note(journal, text)
    break_row(journal.path, 3)
    damaged = Journal(journal.path)
    assert [e.seq for e in damaged.read()] == [1, 2]
    assert damaged.damage is not None
    assert damaged.damage.seq == 3


def test_a_removed_row_is_noticed(journal: Journal) -> None:
    for text in "abcde":
        note(journal, text)
    with sqlite3.connect(journal.path) as connection:
        connection.execute("DROP TRIGGER no_delete")
        connection.execute("DELETE FROM events WHERE seq=2")
    damaged = Journal(journal.path)
    assert [e.seq for e in damaged.read()] == [1]
    assert damaged.damage is not None
    assert "missing" in damaged.damage.what


def test_a_damaged_journal_takes_no_more_events(journal: Journal) -> None:
    note(journal, "a")
    break_row(journal.path, 1)
    damaged = Journal(journal.path)
    damaged.read()
    with pytest.raises(JournalError, match="damaged at event 1"):
        note(damaged, "b")


def test_a_truncated_file_reads_up_to_the_damage(journal: Journal, tmp_path: Path) -> None:
    for number in range(400):
        note(journal, f"{number} " + "x" * 200)
    with sqlite3.connect(journal.path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    journal.close()
    raw = journal.path.read_bytes()
    cut = tmp_path / "cut" / "journal.db"
    cut.parent.mkdir()
    cut.write_bytes(raw[: len(raw) * 2 // 3])
    damaged = Journal(cut)
    events = damaged.read()
    assert damaged.damage is not None
    assert [e.seq for e in events] == list(range(1, len(events) + 1))
    with pytest.raises(JournalError):
        note(damaged, "more")


def test_a_file_that_is_no_database_is_reported_not_raised_as_a_trace(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"this is not a database, " * 100)
    damaged = Journal(path)
    assert damaged.read() == []
    assert damaged.damage is not None


def test_an_overlong_payload_is_refused(journal: Journal) -> None:
    with pytest.raises(JournalError, match="too long"):
        note(journal, "x" * (MAX_PAYLOAD + 1))


def test_a_check_that_raises_writes_nothing(journal: Journal) -> None:
    note(journal, "a")

    def refuse(last: int) -> None:
        refuse_stale(0, last, "t0001")

    with pytest.raises(StaleDecisionError, match="has changed since"):
        journal.append_when(refuse, actor="test", kind=Kind.NOTE, payload={"text": "b"})
    assert journal.last_seq() == 1


def _write(path: Path, name: str, count: int) -> None:
    journal = Journal(path)
    for number in range(count):
        note(journal, f"{name}{number}")


def test_two_processes_writing_at_once_lose_nothing(journal: Journal) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=_write, args=(journal.path, name, 100)) for name in ("a", "b")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    texts = [e.payload["text"] for e in journal.read()]
    assert len(texts) == 200
    for name in ("a", "b"):
        own = [t for t in texts if t.startswith(name)]
        assert own == [f"{name}{number}" for number in range(100)]
    assert journal.damage is None


def test_a_read_only_folder_is_an_error_that_says_so(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    with pytest.raises(JournalError, match="cannot write the journal"):
        Journal(file / "journal.db", create=True)


def test_a_full_disk_refuses_the_event_loses_nothing_and_is_no_damage(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db", create=True)
    kept = [journal.append(actor="a", kind="note", payload={"n": n}).seq for n in range(3)]
    pages = journal._own().execute("PRAGMA page_count").fetchone()[0]
    # What SQLite says at this limit is what it says of a disk without room.
    journal._own().execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(JournalError, match=r"(?s)disk is full.*check that the disk is not full"):
        journal.append(actor="a", kind="note", payload={"text": "x" * 100_000})

    assert [event.seq for event in Journal(tmp_path / "journal.db").read()] == kept
    journal._own().execute("PRAGMA max_page_count = 1000000")
    assert journal.append(actor="a", kind="note").seq == len(kept) + 1
    assert Journal(tmp_path / "journal.db").damage is None
