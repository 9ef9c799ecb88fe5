"""What a trial uses is sampled, bounded however long it runs, and written past any link."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from ftassist.isolation.memory import MemoryWatch
from ftassist.records.device import Gpu
from ftassist.trial.usage import FILE, MOST, GpuUse, UsageMeter, gpu_use

GPU = Gpu(0, "GPU-1", "A stand-in", 16384.0)


class Clock:
    """A clock that stands until it is told to go on."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Process:
    """A process whose processor time is said."""

    def __init__(self, pid: int = 7) -> None:
        self.pid, self.used = pid, 0.0

    def create_time(self) -> float:
        return 1.0

    def cpu_times(self) -> Any:
        return type("Times", (), {"user": self.used, "system": 0.0})


def look(usage: UsageMeter, clock: Clock, *processes: Process, memory: float = 100.0) -> None:
    clock.now += 1.0
    usage.look(processes, memory)  # type: ignore[arg-type]


def test_samples_tell_processors_in_use_and_memory_by_stage(tmp_path: Path) -> None:
    clock, kernel, child = Clock(), Process(7), Process(8)
    usage = UsageMeter(tmp_path, clock=clock, memory_limit_mb=2000)
    usage.stage = "train"
    look(usage, clock, kernel)
    kernel.used += 0.5
    child.used = 1.0
    look(usage, clock, kernel, child, memory=321.5)
    (sample,) = usage.samples
    assert (sample.seconds, sample.stage, sample.cores, sample.memory_mb) == (
        2,
        "train",
        1.5,
        321.5,
    )
    look(usage, clock, kernel)  # the child has ended: what it used before counts no second time
    assert usage.samples[-1].cores == 0
    written = json.loads((tmp_path / FILE).read_text())
    assert written["memory_limit_mb"] == 2000
    assert written["samples"][0]["cores"] == 1.5


def test_a_long_run_keeps_its_peaks_in_a_small_file(tmp_path: Path) -> None:
    clock, kernel = Clock(), Process()
    usage = UsageMeter(tmp_path, clock=clock)
    for second in range(20_000):
        kernel.used += 0.25
        look(usage, clock, kernel, memory=5000.0 if second == 777 else 100.0)
    assert MOST / 4 <= len(usage.samples) < MOST
    assert max(sample.memory_mb for sample in usage.samples) == 5000.0
    assert all(sample.cores == pytest.approx(0.25, abs=0.01) for sample in usage.samples)
    assert usage.samples[-1].seconds == pytest.approx(20_000, abs=2 * usage.every)
    assert (tmp_path / FILE).stat().st_size < 64_000
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_link_in_the_place_of_the_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("untouched")
    folder = tmp_path / "t0001"
    folder.mkdir()
    (folder / FILE).symlink_to(outside)
    clock, kernel = Clock(), Process()
    usage = UsageMeter(folder, clock=clock)
    for _ in range(3):
        look(usage, clock, kernel)
    assert outside.read_text() == "untouched"
    assert not (folder / FILE).is_symlink()


def test_a_folder_that_cannot_be_written_ends_nothing(tmp_path: Path) -> None:
    clock, kernel = Clock(), Process()
    usage = UsageMeter(tmp_path / "gone", clock=clock)
    for _ in range(3):
        look(usage, clock, kernel)
    assert len(usage.samples) == 2


@pytest.fixture
def nvidia_smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for nvidia-smi, which says what the file beside it holds."""
    program = tmp_path / "bin" / "nvidia-smi"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/asked\ncat {tmp_path}/said\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return tmp_path / "said"


def test_a_gpu_says_its_memory_and_how_busy_it_is(nvidia_smi: Path) -> None:
    nvidia_smi.write_text("1234, 56\n")
    assert gpu_use([GPU]) == GpuUse(1234.0, 0.56)
    assert "--id=GPU-1" in (nvidia_smi.parent / "asked").read_text()
    nvidia_smi.write_text("1234, [N/A]\n")
    assert gpu_use([GPU]) == GpuUse(1234.0, None)


def test_several_gpus_are_told_together(nvidia_smi: Path) -> None:
    nvidia_smi.write_text("1000, 50\n2000, 100\n")
    other = Gpu(1, "GPU-2", "A stand-in", 16384.0)
    assert gpu_use([GPU, other]) == GpuUse(3000.0, 0.75)
    assert "--id=GPU-1,GPU-2" in (nvidia_smi.parent / "asked").read_text()


def test_without_nvidia_smi_nothing_is_said_of_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert gpu_use([GPU]) == GpuUse()


def test_a_process_at_work_is_seen_with_its_gpu(tmp_path: Path, nvidia_smi: Path) -> None:
    nvidia_smi.write_text("2048, 75\n")
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        usage = UsageMeter(tmp_path, [GPU])
        usage.every = 0.1
        with usage, MemoryWatch(busy.pid, interval=0.05, on_look=usage.look):
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                if any(s.cores > 0 and s.gpu_share for s in usage.samples):
                    break
                time.sleep(0.05)
        seen = next(s for s in usage.samples if s.cores > 0 and s.gpu_share)
    finally:
        busy.kill()
        busy.wait()
    assert (seen.gpu_memory_mb, seen.gpu_share) == (2048.0, 0.75)
    assert 0 < seen.memory_mb < psutil.virtual_memory().total / 2**20
