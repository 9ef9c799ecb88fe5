"""A server that has just started lists a long journal without reading it."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from ftassist.journal import Journal, Kind
from ftassist.server import entry_snapshots
from ftassist.server.campaigns import Campaigns
from ftassist.server.entry_snapshots import NAME
from ftassist.server.open_campaign import OpenCampaign


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every journal counts as long."""
    monkeypatch.setattr(entry_snapshots, "LONG", 1)


def listed(root: Path) -> dict[str, Any]:
    """The one line of the list of a server that has just started."""
    fresh = Campaigns(root)
    try:
        (entry,) = fresh.document()["campaigns"]
        return dict(entry)
    finally:
        fresh.close()


def forbid(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders of campaigns that are read from now on."""
    read: list[Path] = []

    def noted(name: str, path: str, folder: Path, *, kept: bool) -> Any:
        read.append(folder)
        return OpenCampaign(name, path, folder, kept=kept)

    monkeypatch.setattr("ftassist.server.campaigns.OpenCampaign", noted)
    return read


def test_a_line_that_still_holds_is_given_without_reading(
    demo_folder: Path, long: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = demo_folder.parent.parent
    first = listed(root)
    read = forbid(monkeypatch)
    assert listed(root) == first
    assert read == []


def test_a_journal_that_has_grown_is_read(
    demo_folder: Path, long: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = demo_folder.parent.parent
    first = listed(root)
    journal = Journal(demo_folder / "journal.db")
    journal.append(actor="person:ada", kind=Kind.CAMPAIGN_PAUSED, payload={"reason": "tea"})
    journal.close()
    read = forbid(monkeypatch)
    again = listed(root)
    assert read == [demo_folder]
    assert (first["phase"], again["phase"]) != ("paused", "running")
    assert again["phase"] == "paused" and again["seq"] == first["seq"] + 1


def test_a_line_is_kept_with_the_event_it_was_made_at(
    demo_folder: Path, long: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = demo_folder.parent.parent
    real = OpenCampaign.entry

    def overtaken(self: OpenCampaign) -> dict[str, Any]:
        entry = real(self)
        journal = Journal(demo_folder / "journal.db")
        journal.append(actor="person:ada", kind=Kind.CAMPAIGN_PAUSED, payload={"reason": "tea"})
        journal.close()
        reads = threading.Thread(target=lambda: self.do(lambda one: one.refresh()), daemon=True)
        reads.start()
        reads.join(0.5)
        return entry

    with monkeypatch.context() as patched:
        patched.setattr(OpenCampaign, "entry", overtaken)
        first = listed(root)
    again = listed(root)
    assert (again["phase"], again["seq"]) == ("paused", first["seq"] + 1)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d | {"head": [d["head"][0], "0" * 64]},
        lambda d: d | {"version": "0.0.0"},
        lambda d: d | {"schema": "something"},
        lambda d: [d],
        lambda d: d | {"entry": None},
    ],
)
def test_a_line_that_does_not_fit_the_journal_is_not_believed(
    demo_folder: Path, long: None, monkeypatch: pytest.MonkeyPatch, change: Any
) -> None:
    root = demo_folder.parent.parent
    first = listed(root)
    place = demo_folder / NAME
    document = json.loads(place.read_text(encoding="utf-8"))
    document["entry"]["best_score"] = 1.0
    place.write_text(json.dumps(change(document)), encoding="utf-8")
    read = forbid(monkeypatch)
    assert listed(root) == first
    assert read == [demo_folder]


def test_a_short_journal_leaves_no_file(demo_folder: Path) -> None:
    listed(demo_folder.parent.parent)
    assert not (demo_folder / NAME).exists()
