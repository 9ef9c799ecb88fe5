"""One runner a campaign, and a dead one holds nothing."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import signal
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from ftassist.campaign.lock import RunnerLock, holder, start_runner
from ftassist.errors import FtassistError, LockedError
from ftassist.files import write_json


def _hold(folder: Path, ready: Connection) -> None:
    with RunnerLock(folder):
        ready.send("held")
        ready.recv()


def test_a_second_runner_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    with RunnerLock(tmp_path), pytest.raises(LockedError) as error, RunnerLock(tmp_path):
        pass
    assert str(os.getpid()) in error.value.what


def test_the_holder_is_known_while_the_lock_is_held_and_not_after(tmp_path: Path) -> None:
    with RunnerLock(tmp_path):
        who = holder(tmp_path)
        assert who is not None
        assert who.pid == os.getpid()
    assert holder(tmp_path) is None


def test_who_only_looks_whether_a_runner_is_there_keeps_none_from_coming(tmp_path: Path) -> None:
    looking = (tmp_path / "runner.lock").open("ab")
    fcntl.flock(looking, fcntl.LOCK_SH)
    threading.Timer(0.2, looking.close).start()
    with RunnerLock(tmp_path):
        assert holder(tmp_path) is not None


def test_a_killed_runner_holds_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_hold, args=(tmp_path, theirs))
    process.start()
    assert ours.recv() == "held"
    assert holder(tmp_path) is not None
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert holder(tmp_path) is None
    with RunnerLock(tmp_path):
        assert holder(tmp_path) is not None


def test_a_runner_that_is_about_to_end_says_so_and_another_is_started_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[bool] = []

    class Started:
        def __init__(self, *_: object, **__: object) -> None:
            started.append(holder(tmp_path) is None)
            lock = RunnerLock(tmp_path)
            lock.__enter__()
            held.append(lock)

        def poll(self) -> None:
            return None

    held: list[RunnerLock] = []
    monkeypatch.setattr("ftassist.campaign.lock.isolation", lambda: None)
    monkeypatch.setattr("subprocess.Popen", Started)
    with RunnerLock(tmp_path) as lock:
        assert start_runner(tmp_path) == os.getpid()
        assert not started
        lock.leave()
        who = holder(tmp_path)
        assert who is not None
        assert who.leaving
        held.append(lock)
        threading.Timer(0.2, lambda: held.pop().__exit__(None, None, None)).start()
        start_runner(tmp_path)
        assert started == [True]
        held.pop().__exit__(None, None, None)


def test_a_runner_on_another_host_holds_until_its_heartbeat_is_stale(tmp_path: Path) -> None:
    write_json(tmp_path / "runner.json", {"pid": 1, "host": "elsewhere", "time": time.time()})
    with pytest.raises(LockedError, match="elsewhere"), RunnerLock(tmp_path):
        pass
    write_json(tmp_path / "runner.json", {"pid": 1, "host": "elsewhere", "time": time.time() - 99})
    with RunnerLock(tmp_path):
        who = holder(tmp_path)
        assert who is not None
        assert who.pid == os.getpid()


def test_a_runner_that_was_silent_for_too_long_finds_that_another_host_took_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RunnerLock(tmp_path) as lock:
        lock.beat()
        write_json(tmp_path / "runner.json", {"pid": 1, "host": "elsewhere", "time": time.time()})
        monkeypatch.setattr("ftassist.campaign.lock.STALE_SECONDS", 0.0)
        with pytest.raises(LockedError, match="elsewhere"):
            lock.beat()
        assert not lock.held
    assert (tmp_path / "runner.json").is_file()


def test_a_campaign_that_cannot_be_written_starts_no_runner_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftassist.campaign.lock.isolation", lambda: None)
    (tmp_path / "logs").write_text("no folder")
    with pytest.raises(FtassistError, match="its log cannot be written") as caught:
        start_runner(tmp_path)
    assert str(tmp_path / "logs") in caught.value.where
    assert "copy the campaign" in caught.value.fix
