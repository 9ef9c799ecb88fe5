"""What a trial's processes use while it runs: processor, memory, GPU; sampled, kept bounded.

`usage.json` in the trial's folder holds at most `MOST` samples, however long the trial runs: where
there would be more, two neighbours become one (the mean of processor and GPU, the peak of memory)
and samples come half as often. It is written whole each time, beside and then in place: the folder
is open to the trial's cells, whose links are replaced and not followed. It is for looking at only;
nothing depends on it, and it stays out of the journal.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from ftassist.records.device import Gpu

FILE = "usage.json"
MOST = 240
"""Samples that are kept."""
EVERY = 1.0
"""Seconds between two samples at first."""
_GPU_QUERY = ("--query-gpu=memory.used,utilization.gpu", "--format=csv,noheader,nounits")
_GPU_SECONDS = 10.0
_GPU_EVERY = 2.0


@dataclass(frozen=True)
class UsageReading:
    """What is used at a moment, or over a while.

    Attributes:
        seconds: Since the kernel was given its first cell, at the end of the while.
        stage: The stage that ran; "" between two.
        cores: Processors in use, on average: 1.0 is one of them all the time.
        memory_mb: The most resident memory of all of them, in MiB; what they share counts in each.
        gpu_memory_mb: Memory in use on the trial's GPUs together, in MiB; None without one.
        gpu_share: How busy they are on average, 0 to 1; None where they do not say.
    """

    seconds: float
    stage: str
    cores: float
    memory_mb: float
    gpu_memory_mb: float | None = None
    gpu_share: float | None = None

    def joined(self, after: UsageReading) -> UsageReading:
        """One sample of two neighbours of the same length."""
        return UsageReading(
            seconds=after.seconds,
            stage=after.stage,
            cores=round((self.cores + after.cores) / 2, 3),
            memory_mb=max(self.memory_mb, after.memory_mb),
            gpu_memory_mb=_of(max, self.gpu_memory_mb, after.gpu_memory_mb),
            gpu_share=_of(_mean, self.gpu_share, after.gpu_share),
        )


@dataclass(frozen=True)
class GpuUse:
    """What a GPU says of itself: memory in use in MiB, and how busy it is, 0 to 1."""

    memory_mb: float | None = None
    share: float | None = None


class UsageMeter:
    """Samples of a process tree, written to the trial's folder as they come.

    Args:
        folder: The trial's folder.
        gpus: The trial's GPUs; none on a CPU.
        memory_limit_mb: What it may use, in MiB; 0 for no limit.
        clock: Seconds of a steady clock.

    Attributes:
        stage: The stage that runs now; set by who runs them.
    """

    def __init__(
        self,
        folder: Path,
        gpus: Sequence[Gpu] = (),
        memory_limit_mb: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.stage = ""
        self.samples: list[UsageReading] = []
        self.every = EVERY
        self._folder, self._gpus, self._limit, self._clock = folder, gpus, memory_limit_mb, clock
        self._gauge = GpuGauge(gpus) if gpus else None
        self._begun = self._last = clock()
        self._times: dict[tuple[int, float], float] = {}
        self._peak = 0.0

    def __enter__(self) -> UsageMeter:
        if self._gauge:
            self._gauge.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._gauge:
            self._gauge.stop()

    def look(self, tree: Iterable[psutil.Process], memory_mb: float) -> None:
        """Takes a sample where one is due.

        Args:
            tree: The processes.
            memory_mb: Their resident memory, in MiB.
        """
        self._peak = max(self._peak, memory_mb)
        now = self._clock()
        passed = now - self._last
        if self._times and passed < self.every:
            return
        before, times = self._times, _processor_times(tree)
        self._times, self._last = times, now
        if not before:
            return  # what was used before the first look is no rate
        used = sum(max(0.0, t - before.get(key, 0.0)) for key, t in times.items())
        gpu = self._gauge.last if self._gauge else GpuUse()
        self._add(
            UsageReading(
                seconds=round(now - self._begun, 2),
                stage=self.stage,
                cores=round(used / passed, 3),
                memory_mb=round(self._peak, 1),
                gpu_memory_mb=gpu.memory_mb,
                gpu_share=gpu.share,
            )
        )
        self._peak = 0.0

    def _add(self, sample: UsageReading) -> None:
        self.samples.append(sample)
        if len(self.samples) >= MOST:
            pairs = zip(self.samples[::2], self.samples[1::2], strict=False)
            self.samples = [one.joined(after) for one, after in pairs]
            self.every *= 2
        with suppress(OSError):  # a full disk ends a trial by itself; curves do not
            _replace(self._folder, FILE, json.dumps(self.document()))

    def document(self) -> dict[str, Any]:
        """What is written: the samples, and what they are of."""
        return {
            "every": self.every,
            "cores": len(os.sched_getaffinity(0)),
            "memory_limit_mb": self._limit or None,
            "gpu": ", ".join(gpu.name for gpu in self._gpus) or None,
            "gpu_memory_mb": sum(gpu.memory_mb for gpu in self._gpus) or None,
            "samples": [asdict(sample) for sample in self.samples],
        }


class GpuGauge:
    """Asks nvidia-smi about GPUs, now and then, from a thread of its own: it may take long."""

    def __init__(self, gpus: Sequence[Gpu], every: float = _GPU_EVERY) -> None:
        self.last = GpuUse()
        self._gpus, self._every = gpus, every
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._ask, name="gpu-gauge", daemon=True)

    def start(self) -> None:
        """Begins to ask."""
        self._thread.start()

    def stop(self) -> None:
        """Asks no more."""
        self._done.set()

    def _ask(self) -> None:
        while not self._done.is_set():
            self.last = gpu_use(self._gpus)
            self._done.wait(self._every)


def gpu_use(gpus: Sequence[Gpu]) -> GpuUse:
    """What GPUs use now, their memory together; nothing where nvidia-smi does not say."""
    named = ",".join(gpu.uuid for gpu in gpus)
    command = ["nvidia-smi", f"--id={named}", *_GPU_QUERY]
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, timeout=_GPU_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return GpuUse()
    said = [line.partition(",") for line in run.stdout.splitlines() if line.strip()]
    percent = _of(_mean, *(_number(share) for _, _, share in said))
    memory = _of(sum, *(_number(used) for used, _, _ in said))
    return GpuUse(memory, None if percent is None else percent / 100)


def _number(text: str) -> float | None:
    """A number of nvidia-smi; None for "[N/A]"."""
    try:
        return float(text)
    except ValueError:
        return None


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _of(join: Callable[[list[float]], float], *values: float | None) -> float | None:
    known = [value for value in values if value is not None]
    return join(known) if known else None


def _processor_times(tree: Iterable[psutil.Process]) -> dict[tuple[int, float], float]:
    """Processor seconds of each process so far, by its id and when it began."""
    found = {}
    for process in tree:
        with suppress(psutil.Error):
            times = process.cpu_times()
            found[process.pid, process.create_time()] = times.user + times.system
    return found


def _replace(folder: Path, name: str, text: str) -> None:
    """Puts a small file in the place of the one before; follows no link, waits for no disk."""
    handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o644)
            file.write(text)
        Path(temporary).replace(folder / name)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
