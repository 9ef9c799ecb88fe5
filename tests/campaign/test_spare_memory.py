"""The spare kernel's memory: none is kept where it is needed for something else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import workers as module
from ftassist.campaign.workers import PRESSURE_MB, ROOM_MB, SPARE_MB, Worker, Workers
from ftassist.isolation.memory import free_mb, tree_mb
from ftassist.trial.job import TrialJob, TrialSpec


class Memory:
    """What the machine and the spare would say of their memory, in MiB."""

    free = 64_000.0
    held = 700.0


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Memory:
    memory = Memory()
    monkeypatch.setattr(module, "free_mb", lambda: memory.free)
    monkeypatch.setattr(module, "tree_mb", lambda pid: memory.held)
    monkeypatch.setattr(module, "_LOOK_SECONDS", 0.0)
    return memory


@pytest.fixture
def keeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    """Workers whose processes only wait for the end of their input."""

    def launch(self: Workers, *, spare: bool) -> Worker:
        wait = [sys.executable, "-c", "import sys; sys.stdin.read()"]
        return Worker(subprocess.Popen(wait, stdin=subprocess.PIPE, start_new_session=True))

    monkeypatch.setattr(Workers, "_launch", launch)
    keeper = Workers(tmp_path, "tiny", "mini_math")
    yield keeper
    keeper.release()


def test_a_spare_that_holds_little_is_kept(keeper: Workers, memory: Memory) -> None:
    keeper.prepare_spare()
    pids = keeper.pids
    keeper.mind_spare()
    keeper.prepare_spare()
    assert len(pids) == 1
    assert keeper.pids == pids


@pytest.mark.parametrize(
    "told", [{"held": SPARE_MB + 1}, {"free": PRESSURE_MB - 1}], ids=["grown", "pressure"]
)
def test_a_spare_is_given_up_for_its_memory(
    keeper: Workers, memory: Memory, told: dict[str, Any]
) -> None:
    keeper.prepare_spare()
    (pid,) = keeper.pids
    vars(memory).update(told)
    keeper.mind_spare()
    assert keeper.pids == []
    assert tree_mb(pid) == 0


def test_a_spare_that_grew_too_large_is_not_tried_again(keeper: Workers, memory: Memory) -> None:
    keeper.prepare_spare()
    memory.held = SPARE_MB + 1
    keeper.mind_spare()
    keeper.prepare_spare()
    assert keeper.pids == []


def test_a_trial_that_was_begun_before_leaves_the_spare_to_one_that_it_can_run(
    keeper: Workers, memory: Memory, tmp_path: Path
) -> None:
    keeper.prepare_spare()
    (spare,) = keeper.pids
    begun = tmp_path / "trials" / "t0001" / "model"
    begun.mkdir(parents=True)
    for trial in ("t0001", "t0002"):
        spec = TrialSpec(trial, "mini_math", "tiny", {}, "mini_math")
        keeper.start(TrialJob(str(tmp_path), spec))
    ran = {trial: worker.process.pid == spare for trial, worker in keeper.running.items()}
    assert ran == {"t0001": False, "t0002": True}


def test_no_spare_is_started_where_there_is_no_room_for_it(
    keeper: Workers, memory: Memory
) -> None:
    memory.free = ROOM_MB - 1
    keeper.prepare_spare()
    assert keeper.pids == []
    memory.free = ROOM_MB
    keeper.prepare_spare()
    assert len(keeper.pids) == 1


def test_the_limit_of_a_container_counts_as_the_machines_memory(tmp_path: Path) -> None:
    group = tmp_path / "groups" / "box"
    group.mkdir(parents=True)
    own = tmp_path / "cgroup"
    own.write_text("0::/box\n")
    mebibyte = 1024 * 1024
    (group / "memory.current").write_text(f"{300 * mebibyte}\n")
    (group / "memory.stat").write_text(f"anon 1\ninactive_file {50 * mebibyte}\n")
    (group / "memory.max").write_text(f"{400 * mebibyte}\n")
    assert free_mb(tmp_path / "groups", own) == 150
    (group / "memory.max").write_text("max\n")
    assert free_mb(tmp_path / "groups", own) > 150
