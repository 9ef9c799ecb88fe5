"""The GPUs of one trial's kernel, one as a rule: found with nvidia-smi, leased by a file lock.

Imports no torch and touches no device. A lease lasts as long as the process that holds it: the
system drops the lock when that process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

from ftassist.errors import LockedError
from ftassist.records.device import NO_GPU, Gpu

_QUERY = ("--query-gpu=index,uuid,name,memory.total", "--format=csv,noheader,nounits")
_SECONDS = 15.0


class Lease:
    """GPUs held for one kernel, or none on a machine without; release it when done."""

    def __init__(self, gpus: Sequence[Gpu], locks: Sequence[IO[str]]) -> None:
        self.gpus = tuple(gpus)
        self._locks = list(locks)

    @property
    def gpu(self) -> Gpu | None:
        """The first of them; None on a machine without."""
        return self.gpus[0] if self.gpus else None

    @property
    def visible(self) -> str:
        """The value of CUDA_VISIBLE_DEVICES for the kernel; "" hides every device."""
        return ",".join(gpu.uuid for gpu in self.gpus)

    def release(self) -> None:
        """Gives the devices back. Safe to call twice."""
        while self._locks:
            self._locks.pop().close()

    def __enter__(self) -> Lease:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def list_gpus() -> list[Gpu]:
    """The GPUs this process may use; none where nvidia-smi is missing or fails."""
    try:
        run = subprocess.run(
            ["nvidia-smi", *_QUERY], capture_output=True, text=True, timeout=_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return []
    found = [gpu for line in run.stdout.splitlines() if (gpu := _parse(line))]
    allowed = os.environ.get("CUDA_VISIBLE_DEVICES")
    if allowed is None:
        return found
    wanted = [part.strip() for part in allowed.split(",") if part.strip()]
    return [gpu for gpu in found if str(gpu.index) in wanted or _named(gpu.uuid, wanted)]


def together(gpus: Sequence[Gpu]) -> Gpu:
    """The devices of a trial as they are recorded with it: the first, and how many there are."""
    if not gpus:
        return NO_GPU
    if (several := len(gpus)) == 1:
        return gpus[0]
    return replace(gpus[0], name=f"{several} x {gpus[0].name}", count=several)


def slots() -> int:
    """How many trials may run at once: one a GPU, or one on a CPU."""
    return max(1, len(list_gpus()))


def lease(folder: Path | None = None, count: int = 1) -> Lease:
    """Takes the first free GPUs, or an empty lease on a machine without GPUs.

    Args:
        folder: Where the locks lie; by default one for this user on this machine.
        count: How many; all of them where there are fewer.

    Raises:
        LockedError: There are GPUs and too few of them are free.
    """
    gpus = list_gpus()
    if not gpus:
        return Lease((), ())
    count = min(count, len(gpus))
    taken = Lease((), ())
    folder = folder or runtime_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for gpu in gpus:
        lock = (folder / f"{gpu.uuid}.lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        taken = Lease((*taken.gpus, gpu), (*taken._locks, lock))
        if len(taken.gpus) == count:
            return taken
    taken.release()  # all or none: two that each hold a half would wait for each other
    free = len(taken.gpus)
    told = f"{free} of {len(gpus)} GPUs are free, {count} are needed" if free else ""
    raise LockedError(
        told or f"all {len(gpus)} GPUs are taken by other trials",
        where=", ".join(gpu.name for gpu in gpus),
        fix="wait for one to end, or stop one with `ftassist veto`",
    )


def runtime_folder() -> Path:
    """The folder of this user's GPU locks on this machine."""
    base = os.environ.get("XDG_RUNTIME_DIR")
    if base and Path(base).is_dir():
        return Path(base) / "ftassist"
    return Path(tempfile.gettempdir()) / f"ftassist-{os.getuid()}"


def _parse(line: str) -> Gpu | None:
    parts = [part.strip() for part in line.split(",")]
    try:
        return Gpu(int(parts[0]), parts[1], parts[2], float(parts[3]))
    except (IndexError, ValueError):
        return None


def _named(uuid: str, wanted: list[str]) -> bool:
    """Whether a list of devices names this one; a shortened identifier counts."""
    return any(part.startswith("GPU-") and uuid.startswith(part) for part in wanted)
