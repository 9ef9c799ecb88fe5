"""A runner's mirrors: started when something ended, bounded, and never in a trial's way."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ftassist.campaign import Campaign
from ftassist.campaign.trackers import following
from ftassist.campaign.trackers.following import Mirrors
from ftassist.journal import Kind


@pytest.fixture
def tracked(demo: Campaign) -> Campaign:
    """The demo, as if it had been begun with `--track mlflow`."""
    object.__setattr__(demo.state, "settings", replace(demo.state.settings, track=("mlflow",)))
    return demo


def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str) -> Path:
    """A module in the place of the one that mirrors; gives the file it writes to."""
    told = tmp_path / "told"
    (tmp_path / "standin_mirror.py").write_text(f"import sys, time\ntold = {str(told)!r}\n{code}")
    monkeypatch.setattr(following, "MODULE", "standin_mirror")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return told


def test_a_mirroring_starts_only_when_a_trial_has_changed(
    tracked: Campaign, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = stand_in(monkeypatch, tmp_path, "open(told, 'a').write(sys.argv[2] + '\\n')")
    monkeypatch.setattr(following, "REST", 0.0)
    mirrors = Mirrors(tracked)
    for _ in range(3):
        mirrors.look(tracked.state)
    mirrors.close()
    assert told.read_text() == "mlflow\n"


def test_a_tracker_that_is_away_is_noted_once_and_nothing_waits_for_it(
    tracked: Campaign, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stand_in(monkeypatch, tmp_path, "sys.exit('ConnectionError: nobody is there')")
    monkeypatch.setattr(following, "REST", 0.0)
    mirrors = Mirrors(tracked)
    mirrors.look(tracked.state)
    mirrors.close()
    tracked.say(Kind.TRIAL_PINNED, trial="t0002")
    mirrors.look(tracked.refresh())
    mirrors.close()
    notes = [text for text in tracked.refresh().notes if "mirror" in text]
    assert notes == ["the mirror in mlflow is behind: ConnectionError: nobody is there"]


def test_one_that_hangs_is_ended(
    tracked: Campaign, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stand_in(monkeypatch, tmp_path, "time.sleep(60)")
    monkeypatch.setattr(following, "CLOSING", 0.3)
    mirrors = Mirrors(tracked)
    began = time.monotonic()
    mirrors.look(tracked.state)
    assert time.monotonic() - began < 5
    mirrors.close()
    assert time.monotonic() - began < 20
    assert mirrors._running == {}


def test_a_campaign_without_trackers_starts_nothing(
    demo: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere")
    mirrors = Mirrors(demo)
    mirrors.look(demo.state)
    mirrors.close()
