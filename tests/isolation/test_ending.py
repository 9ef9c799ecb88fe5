"""Processes: their end, of all that was started and nothing else, and the most memory they had."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from ftassist.isolation.ending import end_group, end_marked, end_orphans
from ftassist.isolation.memory import MemoryWatch

PARENT = """
import subprocess, sys, time
child = subprocess.Popen(["sleep", "300"], start_new_session=True)
print(child.pid, flush=True)
time.sleep(300)
"""


@pytest.fixture
def bystander() -> subprocess.Popen[bytes]:
    """A process that must not be touched."""
    return subprocess.Popen(["sleep", "300"])


def test_a_group_is_ended_with_children_that_left_it(bystander: subprocess.Popen[bytes]) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, start_new_session=True
    )
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))

    end_group(parent.pid)

    parent.wait(5)
    parent.stdout.close()
    _, alive = psutil.wait_procs([child], timeout=5)
    assert alive == []
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="orphans are adopted on Linux")
def test_orphans_of_a_killed_child_are_adopted_and_ended() -> None:
    adopt = f"""
import os, signal, subprocess, sys
from ftassist.isolation.ending import become_subreaper, end_orphans
become_subreaper()
kept = subprocess.Popen(["sleep", "300"])
parent = subprocess.Popen([sys.executable, "-c", {PARENT!r}], stdout=subprocess.PIPE)
orphan = int(parent.stdout.readline())
parent.kill()
parent.wait()
print(end_orphans([kept.pid]) == [orphan], kept.poll() is None)
kept.kill()
"""
    source = str(Path(__file__).parents[2] / "src")
    run = subprocess.run(
        [sys.executable, "-c", adopt],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": source, "PATH": "/usr/bin:/bin"},
        check=True,
    )
    assert run.stdout.split() == ["True", "True"]


def test_who_runs_a_campaign_within_keeps_its_own_children() -> None:
    own = subprocess.Popen(["sleep", "300"])
    try:
        assert end_orphans(()) == []
        assert own.poll() is None
    finally:
        own.kill()
        own.wait()


def test_a_process_that_is_gone_is_no_error() -> None:
    gone = subprocess.Popen(["true"], start_new_session=True)
    gone.wait()

    end_group(gone.pid)


def test_the_peak_of_memory_is_seen_after_it_is_freed() -> None:
    code = "x = bytearray(200 * 2**20); x = None; print('freed', flush=True); input()"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with MemoryWatch(process.pid, interval=60) as watch:
        assert process.stdout is not None
        process.stdout.readline()

        peak = watch.peak_mb

    process.communicate(b"\n")
    assert 200 < peak < 400


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="environments are read in /proc")
def test_what_carries_a_mark_is_ended_and_nothing_else(bystander: subprocess.Popen[bytes]) -> None:
    marked = subprocess.Popen(["sleep", "300"], env={"MARK": "/c/t0001", "PATH": "/usr/bin:/bin"})
    other = subprocess.Popen(["sleep", "300"], env={"MARK": "/c/t00011", "PATH": "/usr/bin:/bin"})

    ended = end_marked("MARK", "/c/t0001")

    assert ended == [marked.pid]
    assert marked.wait(5) == -9
    assert (other.poll(), bystander.poll()) == (None, None)
    for process in (other, bystander):
        process.kill()
        process.wait()
