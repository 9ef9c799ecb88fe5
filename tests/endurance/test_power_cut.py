"""A power cut between any two writes of the loop: the folder as it is then opens and goes on.

The trials are simulated (see tests/campaign); the runner, its journal and its files are real. A
copy of the folder is taken after every event and after every document that was written.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import ftassist.files
from ftassist.campaign import Campaign
from ftassist.journal import Journal, State
from ftassist.journal.events import Event, Kind

from ..campaign.conftest import Played, make_campaign

__all__ = ["make_campaign"]


class Copies:
    """Copies of a campaign's folder, one after each write in it."""

    def __init__(self, folder: Path, into: Path) -> None:
        self.folder = folder
        self.into = into
        self.taken: list[Path] = []

    def take(self) -> None:
        """Copies the folder as it is now."""
        target = self.into / f"{len(self.taken):04d}"
        # In a process of its own: closing a database file here would drop SQLite's locks.
        subprocess.run(["cp", "-a", str(self.folder), str(target)], check=True)
        self.taken.append(target)


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copies:
    into = tmp_path / "copies"
    into.mkdir()
    copies = Copies(tmp_path / "c", into)
    append, write = Journal.append_when, ftassist.files.write_atomic

    def append_then_copy(self: Journal, *arguments: Any, **more: Any) -> Event:
        event = append(self, *arguments, **more)
        if self.path.parent == copies.folder:
            copies.take()
        return event

    def write_then_copy(path: Path, content: str | bytes) -> None:
        write(path, content)
        if path.is_relative_to(copies.folder):
            copies.take()

    monkeypatch.setattr(Journal, "append_when", append_then_copy)
    monkeypatch.setattr(ftassist.files, "write_atomic", write_then_copy)
    return copies


def improving(trial: str) -> float:
    return 0.2 if trial == "t0000" else 0.6


def test_a_copy_taken_between_any_two_writes_opens_and_goes_on(
    make_campaign: Any, copies: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Played(make_campaign(trials=2), improving)
    whole.run()
    taken = list(copies.taken)
    copies.folder = Path("/nonexistent")
    assert len(taken) > 30

    made = [copy for copy in taken if (copy / "journal.db").is_file()]
    assert len(taken) - len(made) == 1  # cut before there was a campaign: it is made anew
    assert Campaign.create(taken[0], task="mini_math").state.trials
    for copy in made:
        before = Campaign.open(copy).refresh()
        played = Played(Campaign.open(copy), improving)
        played.run()
        after = played.campaign.refresh()
        assert played.campaign.journal.damage is None, copy
        assert after.phase == "finished", copy
        assert ended(after) == ended(whole.campaign.refresh()), copy
        for name, trial in before.trials.items():
            if trial.status == "scored":  # what was known is not run again
                assert name not in played.workers.started, copy
                assert after.trials[name].feedback == trial.feedback, copy
        shutil.rmtree(copy)


def test_a_database_cut_off_in_the_middle_of_a_write_opens_up_to_the_last_whole_event(
    make_campaign: Any, tmp_path: Path
) -> None:
    played = Played(make_campaign(trials=1), improving)
    played.run()
    events = played.campaign.journal.read()
    log = tmp_path / "c" / "journal.db-wal"
    assert log.is_file()
    for keep in range(0, log.stat().st_size, 4096):
        copy = tmp_path / f"cut{keep}"
        subprocess.run(["cp", "-a", str(tmp_path / "c"), str(copy)], check=True)
        with (copy / log.name).open("r+b") as file:
            file.truncate(keep + 100)
        if keep < 12_000:  # the table itself is not on the disk yet
            continue
        journal = Journal(copy / "journal.db")
        read = journal.read()
        assert journal.damage is None
        assert read == events[: len(read)]
        journal.append(actor="test", kind=Kind.NOTE, payload={"text": "goes on"})
        assert len(journal.read()) == len(read) + 1


def ended(state: State) -> dict[str, tuple[str, str]]:
    """How each trial ended."""
    return {t.id: (t.status, t.verdict.kind or "") for t in state.trials.values()}
