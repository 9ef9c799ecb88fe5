"""Failure classes: what kind of thing went wrong, from the exception and how the kernel ended.

A pure reading of names, texts and exit states. It does not repair, retry or judge whether a
trial was honest; whoever finds cheating or leakage says INVALID itself.

`StopSwitch` ends a run from outside, which is no failure; it knows nothing of what is run.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from ftassist.errors import FtassistError
from ftassist.isolation.watch import Breach

LOG_LINES = 40
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_OOM = re.compile(
    r"out of memory|can't allocate memory|cannot allocate memory|unable to allocate"
    r"|not enough memory",
    re.IGNORECASE,
)
_ENVIRONMENT = re.compile(
    r"no space left|read-only file system|permission denied|connection (refused|reset|error)"
    r"|network is unreachable|name resolution|cuda error|cudnn error|nccl error"
    r"|too many open files|disk quota",
    re.IGNORECASE,
)
_NO_DATA = re.compile(r"nothing (is )?trained|no (row|token)s? (is|are|was|were)? ?trained", re.I)


class FailureClass(StrEnum):
    """Why a trial did not end with a score."""

    CONFIG = "CONFIG"
    OOM = "OOM"
    DATA = "DATA"
    ENV = "ENV"
    TIMEOUT = "TIMEOUT"
    KILLED = "KILLED"
    BUDGET = "BUDGET"
    INVALID = "INVALID"


@dataclass(frozen=True)
class Failure:
    """What went wrong, as it is shown to people and to the next proposal.

    Attributes:
        failure: The class.
        stage: "curate", "train", "evaluate", a preflight check's name, or "start".
        message: One or a few lines; what to do where that is known.
        traceback: At most `LOG_LINES` lines, plain text; "" where there is none.
        outside: Whether something from outside ended it (a kill -9, the evaluator's death), so
            that the same trial may well end otherwise when it is run again.
    """

    failure: FailureClass
    stage: str
    message: str
    traceback: str = ""
    outside: bool = False

    def to_payload(self) -> dict[str, Any]:
        """The payload of a `trial.failed` event."""
        return {
            "class": str(self.failure),
            "stage": self.stage,
            "message": self.message,
            "traceback": self.traceback,
        }


@dataclass(frozen=True)
class KernelExit:
    """How a kernel that is gone ended.

    Attributes:
        returncode: Of the kernel process; negative for a signal, None when it is not known.
        oom_kills: How many processes the system killed for memory while the stage ran.
        peak_mb: Highest resident memory seen, in MiB; 0 when it was not measured.
        limit_mb: The kernel's memory limit in MiB; 0 for none.
    """

    returncode: int | None = None
    oom_kills: int = 0
    peak_mb: float = 0.0
    limit_mb: float = 0.0


_BY_NAME = {
    "BudgetError": FailureClass.BUDGET,
    "DataError": FailureClass.DATA,
    "EvaluatorError": FailureClass.ENV,
    "RefusedError": FailureClass.ENV,
    "SealedError": FailureClass.INVALID,
    "MemoryError": FailureClass.OOM,
    "OutOfMemoryError": FailureClass.OOM,
    "IsolationError": FailureClass.ENV,
    "KeyboardInterrupt": FailureClass.KILLED,
    "TimeoutError": FailureClass.TIMEOUT,
    "ArrowInvalid": FailureClass.DATA,
    "ArrowTypeError": FailureClass.DATA,
    "DatasetGenerationError": FailureClass.DATA,
    "JSONDecodeError": FailureClass.DATA,
    "UnicodeDecodeError": FailureClass.DATA,
    "ConnectionError": FailureClass.ENV,
    "ConnectionRefusedError": FailureClass.ENV,
    "ConnectionResetError": FailureClass.ENV,
    "BrokenPipeError": FailureClass.ENV,
    "PermissionError": FailureClass.ENV,
    "OfflineModeIsEnabled": FailureClass.ENV,
    "LocalEntryNotFoundError": FailureClass.ENV,
    "ModuleNotFoundError": FailureClass.ENV,
}
_ABOUT_ROWS = frozenset({"KeyError", "IndexError", "ValueError", "FileNotFoundError"})


def classify(ename: str, evalue: str, stage: str) -> FailureClass:
    """The class of an exception raised in a stage's cell.

    The text decides before the type for memory and for the environment, because libraries wrap
    both in RuntimeError and OSError. An error about rows raised while curating is DATA; what is
    left is the cell's own fault: CONFIG.
    """
    name = ename.rsplit(".", 1)[-1]
    if _OOM.search(evalue):
        return FailureClass.OOM
    if name == "TrainingStoppedError":
        return FailureClass.DATA if _NO_DATA.search(evalue) else FailureClass.CONFIG
    if name == "ModuleNotFoundError" and "ftassist" in evalue:
        return FailureClass.CONFIG
    if name in _BY_NAME:
        return _BY_NAME[name]
    if _ENVIRONMENT.search(evalue):
        return FailureClass.ENV
    if name in _ABOUT_ROWS and stage == "curate":
        return FailureClass.DATA
    return FailureClass.CONFIG


def from_exception(
    ename: str, evalue: str, traceback: list[str], stage: str, told: str = ""
) -> Failure:
    """The failure of a cell that raised; `told` is a class the error itself carries, if any."""
    text = f"{ename}: {evalue}" if evalue else ename
    known = told in FailureClass.__members__
    failure = FailureClass(told) if known else classify(ename, evalue, stage)
    outside = known and failure is FailureClass.KILLED
    return Failure(failure, stage, condense(text, 12), log_tail(traceback), outside)


def from_exit(ending: KernelExit, stage: str, log: str = "") -> Failure:
    """The failure of a kernel that is gone without an answer."""
    tail = condense(log)
    near_limit = ending.limit_mb > 0 and ending.peak_mb > 0.85 * ending.limit_mb
    killed = ending.returncode == -9
    if killed and (ending.oom_kills > 0 or near_limit):
        message = (
            f"the kernel was killed for memory in {stage}; its peak was {ending.peak_mb:.0f} MiB"
        )
        return Failure(FailureClass.OOM, stage, message, tail)
    message = f"the kernel {_ending(ending)} in {stage}"
    return Failure(FailureClass.KILLED, stage, message, tail, outside=killed)


def passed_limit(breach: Breach, stage: str) -> Failure:
    """The failure of a trial that was ended for what it used up.

    Memory can run out by mistake. So many processes, or so many files, no training needs: the
    trial does not count.
    """
    failure = FailureClass.OOM if breach.kind == "memory" else FailureClass.INVALID
    message = f"{stage} was ended at a limit of the sandbox: {breach.message}"
    return Failure(failure, stage, message)


def timed_out(stage: str, seconds: float) -> Failure:
    """The failure of a stage that took longer than it may."""
    message = f"{stage} took longer than its limit of {seconds:g} s and was ended"
    return Failure(FailureClass.TIMEOUT, stage, message)


def hung(stage: str, seconds: float) -> Failure:
    """The failure of a stage whose kernel neither worked nor said anything."""
    message = f"{stage} hung: no output and no processor time for {seconds:g} s; it was ended"
    return Failure(FailureClass.TIMEOUT, stage, message)


def log_tail(traceback: list[str]) -> str:
    """The last lines of a traceback as Jupyter sends it, without colours."""
    return condense("\n".join(traceback))


def condense(text: str, lines: int = LOG_LINES) -> str:
    """The last `lines` lines of a text, colours gone, equal neighbours and blank runs folded."""
    kept: list[str] = []
    for line in _ANSI.sub("", text).splitlines():
        line = line.rstrip()[:500]
        if kept and line == kept[-1]:
            continue
        kept.append(line)
    return "\n".join(kept[-lines:])


def _ending(ending: KernelExit) -> str:
    code = ending.returncode
    if code is None:
        return "stopped answering"
    if code < 0:
        return f"was killed by signal {-code}"
    return f"ended by itself with exit code {code}"


class StageFailedError(FtassistError):
    """A stage that did not end well, with the failure's class, message and log."""

    def __init__(self, failure: Failure, *, fix: str = "") -> None:
        super().__init__(
            f"{failure.failure}: {failure.message}",
            where=f"stage {failure.stage}",
            fix=fix or "see the cell's output in the notebook",
        )
        self.failure = failure


RUNNER_GONE = "the runner ended"
"""The reason that leaves a trial to a later worker instead of stopping it for good."""
T = TypeVar("T")


class RunStoppedError(FtassistError):
    """A run that was ended from outside: by a person, a signal, or the runner's end.

    Attributes:
        reason: Why.
        stage: In which stage.
        paused: Whether it is to go on later from where it was.
    """

    def __init__(self, reason: str, stage: str, *, paused: bool = False) -> None:
        what = "paused" if paused else "stopped"
        super().__init__(f"{what}: {reason}", where=f"stage {stage}" if stage else "")
        self.reason = reason
        self.stage = stage
        self.paused = paused


class StopSwitch:
    """Ends a run from outside; safe to use from a signal handler of the same loop."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.reason = ""
        self.pausing = ""
        self._on_pause: Callable[[], object] = lambda: None

    def stop(self, reason: str) -> None:
        """Asks the run to end; the first reason stays."""
        self.reason = self.reason or reason
        self._event.set()

    def pause(self, reason: str) -> None:
        """Asks the run to end where it can go on from later."""
        self.pausing = self.pausing or reason
        self._on_pause()

    def when_paused(self, tell: Callable[[], object]) -> None:
        """Has `tell` called when a pause is asked for, or at once if it was asked for before."""
        self._on_pause = tell
        if self.pausing:
            tell()

    @property
    def pulled(self) -> bool:
        """Whether a stop was asked for."""
        return self._event.is_set()

    async def wait(self) -> None:
        """Returns when a stop was asked for."""
        await self._event.wait()

    async def guard(self, work: Awaitable[T], stage: str = "") -> T:
        """Waits for work, unless a stop is asked for meanwhile.

        Raises:
            RunStoppedError: A stop was asked for; names `stage`.
        """
        task: asyncio.Future[T] = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self.wait())
        waiting: set[asyncio.Future[Any]] = {task, stopping}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if self.pulled:
                await settle(task)
                raise RunStoppedError(self.reason, stage)
            return task.result()
        finally:
            stopping.cancel()


async def settle(task: asyncio.Future[Any], seconds: float = 1.0) -> None:
    """Cancels what is left of a task and takes its error, which is told elsewhere."""
    task.cancel()
    await asyncio.wait({task}, timeout=seconds)
    if task.done() and not task.cancelled():
        task.exception()
