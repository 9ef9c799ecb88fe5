"""Runs a program behind walls and brings back what it wrote: for code nobody has read.

The same walls as a trial's kernel has. Where isolation does not work the program runs all the
same, within the limits that can be held, and the result says so. Knows nothing of kernels.
"""

from __future__ import annotations

import math
import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Literal

from ftassist.errors import IsolationError
from ftassist.isolation.command import Sandboxed
from ftassist.isolation.limits import MIB, Limits
from ftassist.isolation.processes import kill_tree
from ftassist.isolation.support import Isolation, isolation
from ftassist.isolation.system import library_paths, python_paths, system_paths
from ftassist.isolation.walls import HOME, Walls
from ftassist.isolation.watch import ProcessWatch

Ending = Literal["", "memory", "processes", "disk", "time"]
CODE_LIMITS = Limits(
    memory_mb=2048.0,
    processes=128,
    file_mb=64.0,
    disk_mb=256.0,
    temporary_mb=64.0,
    seconds=60.0,
)
"""For a short program, such as one that draws a chart."""
INSIDE = Path("/sandbox")
"""Where the folder lies inside; no common name, lest it hides a checkout that lies there."""
_TICK_SECONDS = 1.0
_PASSED = ("LANG", "LC_ALL", "LC_CTYPE", "TZ", "OMP_NUM_THREADS", "OMP_WAIT_POLICY")


@dataclass(frozen=True)
class Result:
    """What came of a program.

    Attributes:
        returncode: Its exit code; negative for a signal.
        stdout: What it wrote to standard output, as far as it is kept.
        stderr: The same of standard error.
        seconds: Wall time.
        ended: The limit it passed, "" for none.
        message: That limit in words; "" for none.
        isolation: "bubblewrap", or "none": it could do what you can.
    """

    returncode: int
    stdout: str
    stderr: str
    seconds: float
    ended: Ending
    message: str
    isolation: Isolation


def run_isolated(
    argv: Sequence[str],
    folder: Path,
    limits: Limits = CODE_LIMITS,
    *,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
    readable: Sequence[Path] = (),
    hidden: Sequence[Path] = (),
    tick: Callable[[], None] | None = None,
) -> Result:
    """Runs a program with no network, no home, no evaluation data and no key.

    It sees the system and this interpreter's packages read-only, a private /tmp, and `folder`,
    which it may write to and in which it starts.

    Args:
        argv: The program and its arguments, such as `[sys.executable, "-I", "chart.py"]`.
        folder: Its working directory, at `/sandbox` inside.
        limits: What it may use up.
        stdin: Its standard input.
        environment: Variables it gets beside a few harmless ones; none pass by themselves.
        readable: Further files and folders it may read.
        hidden: Parts of what it may read that are empty for it, beside the tasks that ship.
        tick: Called about once a second while it runs; what it raises ends the program.

    Raises:
        IsolationError: Isolation is required and does not work here, or `folder` is missing.
    """
    if not folder.is_dir():
        raise IsolationError("there is no such folder", where=str(folder), fix="make it first")
    kind = isolation()
    env = _environment(kind, folder) | dict(environment or {})
    if kind == "none":
        process = _start([*_prlimit(limits), *argv], env, cwd=folder)
        return _finish(process, folder, limits, stdin, kind, tick)
    walls = Walls(
        INSIDE,
        readable=[*system_paths(), *python_paths(), *library_paths(), *readable],
        hidden=hidden,
        writable={INSIDE: folder},
        limits=limits,
    )
    with Sandboxed(argv, walls) as command:
        process = _start(command.arguments, env, pass_fds=command.descriptors)
    try:
        return _finish(process, folder, limits, stdin, kind, tick)
    finally:
        command.forget()


def _environment(kind: Isolation, folder: Path) -> dict[str, str]:
    home = str(HOME if kind != "none" else folder)
    env = {name: os.environ[name] for name in _PASSED if name in os.environ}
    return env | {"PATH": os.defpath, "HOME": home, "MPLCONFIGDIR": home, "MPLBACKEND": "Agg"}


def _prlimit(limits: Limits) -> list[str]:
    """Limits without walls: but for the number of processes, which would count all of yours."""
    return ["prlimit", *replace(limits, processes=0).arguments(), "--"]


def _start(
    argv: Sequence[str],
    env: Mapping[str, str],
    *,
    cwd: Path | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            argv,
            env=dict(env),
            cwd=cwd,
            pass_fds=pass_fds,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        fix = "run `ftassist doctor`"
        raise IsolationError(f"cannot start: {error}", where=str(argv[0]), fix=fix) from error


def _finish(
    process: subprocess.Popen[bytes],
    folder: Path,
    limits: Limits,
    stdin: bytes,
    kind: Isolation,
    tick: Callable[[], None] | None,
) -> Result:
    begun = time.monotonic()
    out = _StreamReader(process.stdout, limits)
    err = _StreamReader(process.stderr, limits)
    feeder = threading.Thread(target=_feed, args=(process.stdin, stdin), daemon=True)
    feeder.start()
    with ProcessWatch(process.pid, limits, [folder]) as watch:
        try:
            late = not _ended(process, limits.seconds, tick)
        finally:
            kill_tree(process.pid)
            process.wait()
    seconds = time.monotonic() - begun
    breach = watch.breach
    ended: Ending = breach.kind if breach else "time" if late else ""
    message = breach.message if breach else ""
    if late and not breach:
        message = f"it took longer than its limit of {limits.seconds:g} s"
    code = process.returncode
    if kind != "none" and code > 128:
        code = 128 - code  # bubblewrap tells a signal as a shell does
    return Result(code, out.text(), err.text(), seconds, ended, message, kind)


def _ended(
    process: subprocess.Popen[bytes], seconds: float, tick: Callable[[], None] | None
) -> bool:
    """Waits for a process; whether it ended within so many seconds (0 for as long as it takes)."""
    until = time.monotonic() + (seconds or math.inf)
    while (left := until - time.monotonic()) > 0:
        try:
            process.wait(min(left, _TICK_SECONDS) if tick or seconds else None)
            return True
        except subprocess.TimeoutExpired:
            if tick:
                tick()
    return False


def _feed(stream: IO[bytes] | None, content: bytes) -> None:
    if stream is None:
        return
    try:
        stream.write(content)
        stream.close()
    except OSError:
        return  # it does not read its input, or has ended


class _StreamReader:
    """Reads a stream to its end and keeps its beginning."""

    def __init__(self, stream: IO[bytes] | None, limits: Limits) -> None:
        assert stream is not None
        self._stream = stream
        self._limit = int(limits.output_mb * MIB)
        self._kept = bytearray()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def text(self, seconds: float = 5.0) -> str:
        """What was read, once the stream has ended or nobody can write to it any more."""
        self._thread.join(seconds)
        return bytes(self._kept).decode(errors="replace")

    def _read(self) -> None:
        with self._stream as stream:
            while part := stream.read1(1 << 16):  # type: ignore[attr-defined]
                self._kept += part[: max(0, self._limit - len(self._kept))]
