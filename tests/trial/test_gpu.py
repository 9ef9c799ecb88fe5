"""GPUs are leased one to a trial; a fake nvidia-smi on PATH stands for the device."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ftassist.errors import LockedError
from ftassist.records.device import Gpu
from ftassist.trial import gpu


@pytest.fixture
def two_gpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with two GPUs; returns the folder of its locks."""
    fake = tmp_path / "bin" / "nvidia-smi"
    fake.parent.mkdir()
    fake.write_text(
        textwrap.dedent("""\
        #!/bin/sh
        echo "0, GPU-aaaa-1, NVIDIA H200, 143771"
        echo "1, GPU-bbbb-2, NVIDIA H200, 143771"
        """)
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return tmp_path / "locks"


@pytest.fixture
def no_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without nvidia-smi."""
    monkeypatch.setenv("PATH", str(tmp_path))


def test_gpus_are_listed_with_name_and_memory(two_gpus: Path) -> None:
    first, second = gpu.list_gpus()

    assert first == Gpu(0, "GPU-aaaa-1", "NVIDIA H200", 143771.0)
    assert second.uuid == "GPU-bbbb-2"
    assert gpu.slots() == 2


def test_a_machine_without_gpus_has_one_slot_and_hides_devices(no_gpu: None) -> None:
    assert gpu.slots() == 1
    with gpu.lease() as lease:
        assert lease.gpu is None
        assert lease.visible == ""


def test_two_leases_get_two_gpus_and_a_third_is_refused(two_gpus: Path) -> None:
    with gpu.lease(two_gpus) as one, gpu.lease(two_gpus) as two:
        assert {one.visible, two.visible} == {"GPU-aaaa-1", "GPU-bbbb-2"}
        with pytest.raises(LockedError, match="all 2 GPUs"):
            gpu.lease(two_gpus)


def test_a_released_gpu_is_leased_again(two_gpus: Path) -> None:
    with gpu.lease(two_gpus) as one:
        first = one.visible

    with gpu.lease(two_gpus) as again:
        assert again.visible == first


def test_a_lease_ends_with_the_process_that_holds_it(two_gpus: Path) -> None:
    hold = (
        "import sys, time, pathlib; from ftassist.trial import gpu; "
        "leases = [gpu.lease(pathlib.Path(sys.argv[1])) for _ in range(2)]; "
        "print('held', flush=True); time.sleep(60)"
    )
    source = str(Path(__file__).parents[2] / "src")
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(two_gpus)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": source},
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(LockedError):
        gpu.lease(two_gpus)

    holder.kill()
    holder.wait()
    holder.stdout.close()

    with gpu.lease(two_gpus) as lease:
        assert lease.gpu is not None


@pytest.mark.parametrize(
    ("visible", "expected"),
    [("1", ["GPU-bbbb-2"]), ("GPU-aaaa", ["GPU-aaaa-1"]), ("", []), ("1,0", [0, 1])],
)
def test_only_devices_this_process_may_use_are_leased(
    two_gpus: Path, monkeypatch: pytest.MonkeyPatch, visible: str, expected: list[object]
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)

    assert len(gpu.list_gpus()) == len(expected)
    if len(expected) == 1:
        assert [g.uuid for g in gpu.list_gpus()] == expected


def test_a_trial_of_several_devices_has_all_of_them_or_none(two_gpus: Path) -> None:
    with gpu.lease(two_gpus, count=2) as both:
        assert [g.uuid for g in both.gpus] == both.visible.split(",")
        assert len(both.gpus) == 2
        assert gpu.together(both.gpus).count == 2
        assert gpu.together(both.gpus).name.startswith("2 x ")
    with gpu.lease(two_gpus) as one:
        with pytest.raises(LockedError, match="1 of 2 GPUs are free, 2 are needed"):
            gpu.lease(two_gpus, count=2)
        with gpu.lease(two_gpus) as other:
            assert other.visible != one.visible


def test_a_trial_that_wants_more_devices_than_there_are_gets_all(two_gpus: Path) -> None:
    with gpu.lease(two_gpus, count=8) as lease:
        assert len(lease.gpus) == 2
