"""How much of the machine a sandbox may use.

Two kinds: those that the system holds (resource limits, set inside the sandbox, where nothing can
raise them again), and those that `watch` holds by looking. Starts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from ftassist.errors import FtassistError

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Limits of one sandbox; 0 means none.

    Attributes:
        memory_mb: Anonymous and shared memory of all its processes together, in MiB.
        processes: How many processes and threads at once.
        file_mb: The largest file it may write, in MiB.
        disk_mb: How much its writable folders may hold together, in MiB.
        free_disk_mb: How much of the disk stays free for everybody else, in MiB.
        temporary_mb: Its private /tmp, and its /dev/shm, in MiB each; they lie in memory.
        seconds: Wall time; for `run_isolated` only, a trial's stages have limits of their own.
        output_mb: What `run_isolated` keeps of standard output and error each, in MiB.

    Raises:
        FtassistError: A limit is negative.
    """

    memory_mb: float = 0.0
    processes: int = 1024
    file_mb: float = 20_000.0
    disk_mb: float = 40_000.0
    free_disk_mb: float = 256.0
    temporary_mb: float = 512.0
    seconds: float = 0.0
    output_mb: float = 1.0

    def __post_init__(self) -> None:
        for entry in fields(self):
            value = getattr(self, entry.name)
            if value < 0:
                raise FtassistError(
                    f"the limit {entry.name} is {value:g}", fix="give 0 for none, or more"
                )

    @property
    def hard_processes(self) -> int:
        """Where the system itself stops: a little above the limit, so that the watch sees it."""
        return self.processes + self.processes // 4

    def arguments(self) -> list[str]:
        """What `prlimit` is told, as its arguments."""
        told = ["--core=0:0"]
        if self.processes:
            told.append(f"--nproc={self.hard_processes}:{self.hard_processes}")
        if self.file_mb:
            size = int(self.file_mb * MIB)
            told.append(f"--fsize={size}:{size}")
        return told
