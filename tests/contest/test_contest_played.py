"""A whole contest with real trainings, killed in the middle, gone on with, and gone over again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ftassist.campaign import Campaign
from ftassist.contest import page, verify_contest
from ftassist.contest.plan import kept
from ftassist.contest.record import results

pytestmark = [pytest.mark.slow, pytest.mark.night, pytest.mark.timeout(900)]
COMMAND = [
    *(sys.executable, "-m", "ftassist", "dojo", "run", "--agents", "base,plain"),
    *("--tasks", "mini_math", "--seeds", "1", "--trials", "1", "--rows", "120"),
    *("--validation-items", "20", "--test-items", "20", "--out"),
]


def test_a_real_contest_survives_a_kill_and_is_sound(tmp_path: Path) -> None:
    folder = tmp_path / "contest"
    begun = subprocess.Popen([*COMMAND, str(folder)], stdout=subprocess.PIPE, text=True)
    plain = folder / "campaigns/mini_math/plain/seed-0"
    try:
        _await(lambda: (plain / "journal.db").is_file() and _trains(plain), begun)
    finally:
        begun.kill()
        begun.wait()
    _kill_runner(plain)
    rows = {row["agent"]: row["status"] for row in results(folder)["bouts"]}
    assert rows == {"base": "finished", "plain": "unfinished"}
    again = subprocess.run(
        [*COMMAND, str(folder)], capture_output=True, text=True, timeout=600, check=False
    )
    assert again.returncode == 0, again.stdout + again.stderr
    assert "2 bouts are over, 1 of them played now" in again.stdout
    assert "base · seed 0" not in again.stdout
    found = verify_contest(folder, rescore=True)
    assert found.findings == ()
    assert (found.finished, found.rescored) == (2, 2)
    assert kept(folder).seeds == 1
    text = page(folder)
    assert "All 2 campaigns are finished" in text
    (row,) = (bout for bout in results(folder)["bouts"] if bout["agent"] == "plain")
    assert (row["trial"], row["trials"], row["test"]["n"]) == ("t0001", 1, 20)
    assert row["seconds"] > 0


def _trains(folder: Path) -> bool:
    """Whether the campaign's trial is being run."""
    return bool(Campaign.open(folder).state.with_status("running"))


def _await(until: object, process: subprocess.Popen[str]) -> None:
    """Waits for what must come before the process ends."""
    assert callable(until)
    for _ in range(4000):
        if until():
            return
        assert process.poll() is None, process.stdout and process.stdout.read()
        time.sleep(0.1)
    raise AssertionError("it did not come in time")


def _kill_runner(folder: Path) -> None:
    """Kills the campaign's runner, as a power cut would."""
    pid = Campaign.open(folder).state.runner
    assert pid
    os.kill(pid, signal.SIGKILL)
