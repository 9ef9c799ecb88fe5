"""A kept fold saves time and is never believed over the journal."""

from __future__ import annotations

import random
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ftassist.campaign import Campaign, kept_fold
from ftassist.campaign.kept_fold import NAME, keep_if_due, kept_events
from ftassist.files import CACHE_VARIABLE
from ftassist.journal import Journal, Kind
from ftassist.journal.events import row_digest
from ftassist.journal.sealed import read_sealed, write_sealed
from ftassist.teach import recordings

OLD = Path(__file__).parents[1] / "server" / "old" / "0.1.0.tar.gz"


@pytest.fixture(autouse=True)
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every journal counts as long."""
    monkeypatch.setattr(kept_fold, "LONG", 1)


@pytest.fixture
def kept(demo_folder: Path) -> Path:
    """A campaign's folder with its kept fold."""
    assert keep(demo_folder)
    return demo_folder


def keep(folder: Path) -> bool:
    """Keeps a campaign's fold where it is due; whether it was kept."""
    with closing(Journal(folder / "journal.db")) as journal:
        return keep_if_due(folder, journal, journal.read())


def told(folder: Path, *, kept: bool = False) -> str:
    """A campaign's state, types and all."""
    return repr(Campaign.open(folder, kept=kept).state)


def rows(folder: Path, upto: int, target: Path) -> None:
    """A journal that ends with an event of another one."""
    target.mkdir()
    with closing(Journal(target / "journal.db", create=True)):
        pass
    with (
        sqlite3.connect(target / "journal.db") as there,
        closing(sqlite3.connect(folder / "journal.db")) as here,
    ):
        found = here.execute("SELECT * FROM events WHERE seq <= ? ORDER BY seq", (upto,))
        there.executemany("INSERT INTO events VALUES (?,?,?,?,?,?,?)", found.fetchall())


def rechain(folder: Path, seq: int, change: Callable[[str], str], *, digests: bool) -> None:
    """Changes the payload of an event, and with `digests` the chain from there on."""
    with sqlite3.connect(folder / "journal.db") as db:
        db.execute("DROP TRIGGER IF EXISTS no_update")
        text = db.execute("SELECT payload FROM events WHERE seq=?", (seq,)).fetchone()[0]
        assert change(text) != text
        db.execute("UPDATE events SET payload=? WHERE seq=?", (change(text), seq))
        if not digests:
            return
        previous = "ftassist-journal-1"
        found = db.execute(
            "SELECT seq, time, actor, kind, trial, payload FROM events ORDER BY seq"
        )
        for row in found.fetchall():
            previous = row_digest(previous, *row)
            db.execute("UPDATE events SET digest=? WHERE seq=?", (previous, row[0]))


def of(source: str, place: Path, demo: Path) -> Path:
    """A campaign's folder: the hand-made one, one of an older version, or a recorded one."""
    if source == "old":
        with tarfile.open(OLD) as archive:
            archive.extractall(place, filter="data")
        return next(place.rglob("journal.db")).parent
    return demo if source == "demo" else recordings.recording("agent_at_work", place)


@pytest.mark.parametrize("source", ["demo", "old", "recording"])
def test_a_kept_state_and_the_rest_are_the_state_of_all(
    source: str, demo_original: Path, tmp_path: Path
) -> None:
    found = of(source, tmp_path / "source", demo_original)
    folder = shutil.copytree(found, tmp_path / "whole")
    whole = told(folder)
    last = Campaign.open(folder).state.seq
    draw = random.Random(source)
    for number, cut in enumerate([last, *(draw.randrange(3, last) for _ in range(6))]):
        place = tmp_path / f"cut{number}"
        rows(folder, cut, place)
        assert keep(place)
        shutil.copyfile(place / NAME, folder / NAME)
        again = Campaign.open(folder, kept=True)
        assert again.begun_with == cut
        assert repr(again.state) == whole
        assert again.journal.head == Campaign.open(folder).journal.head


def test_an_event_after_the_kept_state_is_chained_to_it(kept: Path) -> None:
    opened = Campaign.open(kept, kept=True)
    opened.say(Kind.NOTE, {"text": "later"})
    assert opened.refresh().notes[-1] == "later"
    assert opened.journal.damage is None
    assert told(kept) == told(kept, kept=True) == repr(opened.state)


def test_damage_after_the_kept_state_is_found(kept: Path) -> None:
    Campaign.open(kept).say(Kind.NOTE, {"text": "later"})
    seq = Campaign.open(kept).state.seq
    rechain(kept, seq, lambda text: text.replace("later", "sooner"), digests=False)
    opened = Campaign.open(kept, kept=True)
    assert opened.begun_with == seq - 1
    assert opened.journal.damage is not None and opened.journal.damage.seq == seq


def test_a_journal_rewritten_below_is_read_whole(kept: Path) -> None:
    rechain(kept, 1, lambda text: text.replace("mini_math", "mini_maths"), digests=True)
    opened = Campaign.open(kept, kept=True)
    assert (opened.begun_with, opened.state.task) == (0, "mini_maths")


def test_another_or_shorter_journal_is_read_whole(kept: Path, tmp_path: Path) -> None:
    rows(kept, 5, tmp_path / "short")
    shutil.copyfile(kept / NAME, tmp_path / "short" / NAME)
    opened = Campaign.open(tmp_path / "short", kept=True)
    assert (opened.begun_with, opened.state.seq) == (0, 5)


def test_a_fold_changed_by_hand_is_not_believed(kept: Path) -> None:
    place = kept / NAME
    whole = place.read_bytes()
    changed = whole.replace(b'"status":"scored"', b'"status":"failed"')
    assert changed != whole
    for damaged in (changed, whole[:-20], whole[100:], b"", b"\0" * 100):
        place.write_bytes(damaged)
        assert Campaign.open(kept, kept=True).begun_with == 0
        assert told(kept, kept=True) == told(kept)


def test_a_fold_of_a_stranger_is_not_believed(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Campaign.open(kept, kept=True).begun_with
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "other"))
    assert Campaign.open(kept, kept=True).begun_with == 0


def test_a_fold_of_other_code_is_not_believed(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_fold, "code_mark", lambda *rooms: "another version")
    assert Campaign.open(kept, kept=True).begun_with == 0


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]\n{}", b"3", b"\xff", b'["a","b",1,"c"]\n{}']
)
def test_a_sealed_file_of_another_form_is_not_believed(kept: Path, content: bytes) -> None:
    write_sealed(kept, NAME, content)
    assert Campaign.open(kept, kept=True).begun_with == 0


def test_a_fold_whose_text_is_of_another_event_is_not_believed(kept: Path) -> None:
    content = read_sealed(kept, NAME)
    assert content is not None
    seq = Campaign.open(kept).state.seq
    write_sealed(kept, NAME, content.replace(b'"seq":%d' % seq, b'"seq":%d' % (seq - 1), 1))
    assert Campaign.open(kept, kept=True).begun_with == 0


def test_who_does_not_ask_reads_the_whole_journal(kept: Path) -> None:
    assert Campaign.open(kept).begun_with == 0


def test_it_is_kept_anew_only_where_it_is_far_behind(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not keep(kept)
    opened = Campaign.open(kept)
    opened.say(Kind.NOTE, {"text": "one more"})
    assert not keep(kept)
    monkeypatch.setattr(kept_fold, "SHARE", 0.0)
    assert keep(kept)
    assert kept_events(kept, opened.journal) == opened.refresh().seq
    (kept / NAME).write_bytes(b"")
    assert keep(kept)


def test_a_damaged_or_short_journal_leaves_no_fold(
    demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rechain(demo_folder, 9, lambda text: f"{text} ", digests=False)
    assert Campaign.open(demo_folder).journal.damage is not None
    assert not keep(demo_folder)
    rechain(demo_folder, 9, str.rstrip, digests=False)
    monkeypatch.setattr(kept_fold, "LONG", 10_000)
    assert Campaign.open(demo_folder).journal.damage is None
    assert not keep(demo_folder)
    assert not (demo_folder / NAME).exists()
