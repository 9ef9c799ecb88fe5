"""Control groups: made where they can be, with the limits in them, and removed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ftassist.isolation import Limits, cgroup

LIMITS = Limits(memory_mb=100, processes=40)


def _own(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own"
    path.write_text(text)
    return path


def test_a_delegated_group_of_version_2_gets_the_limits(tmp_path: Path) -> None:
    base = tmp_path / "user.slice"
    base.mkdir()
    (base / "cgroup.subtree_control").write_text("cpu memory pids\n")

    group = cgroup.make(LIMITS, tmp_path, _own(tmp_path, "0::/user.slice/session.scope\n"))

    assert group is not None
    assert group.parent == base
    assert (group / "pids.max").read_text() == "50"


def test_without_delegation_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "cgroup.subtree_control").write_text("cpu\n")

    assert cgroup.make(LIMITS, tmp_path, _own(tmp_path, "0::/x\n")) is None
    assert cgroup.make(LIMITS, tmp_path, tmp_path / "missing") is None


def test_root_gets_the_process_counter_of_version_1(tmp_path: Path) -> None:
    base = tmp_path / "pids" / "here"
    base.mkdir(parents=True)
    (base / "cgroup.procs").write_text("")

    group = cgroup.make(LIMITS, tmp_path, _own(tmp_path, "8:pids:/here\n4:memory:/x\n"))

    assert group is not None
    assert group.parent == base


def test_empty_groups_of_makers_that_are_gone_are_swept(tmp_path: Path) -> None:
    base = tmp_path / "pids"
    (base / "ftassist-999999999-1").mkdir(parents=True)
    (base / f"ftassist-{os.getpid()}-77").mkdir()
    (base / "cgroup.procs").write_text("")

    cgroup.make(LIMITS, tmp_path, _own(tmp_path, "8:pids:/\n"))

    assert not (base / "ftassist-999999999-1").exists()
    assert (base / f"ftassist-{os.getpid()}-77").exists()


def test_the_system_itself_stops_forks_where_there_is_a_group(run_code: Any) -> None:
    made = cgroup.make(LIMITS)
    if made is None:
        pytest.skip("this user may not make control groups here")
    cgroup.remove(made)

    result = run_code(
        "import os, time\nmade = 0\n"
        "try:\n"
        "    while True:\n"
        "        if os.fork() == 0: time.sleep(60)\n"
        "        made += 1\n"
        "except OSError:\n    print(made, flush=True)\n"
    )

    assert not made.exists()
    assert result.ended == "processes" or int(result.stdout) < 80
