"""Runs the cells of a notebook in a kernel, one after the other, and tells truthfully how it went.

A cell that raises, a kernel that is gone, a limit that is passed and a stop from outside are
told apart here. Hooks are asked before and after each stage, in a thread of their own and one at a
time; the stage cache and the preflight checks answer them. Knows stages and hooks, not caches,
checks, journals or leases.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from ftassist.errors import FtassistError, TrainingPausedError
from ftassist.isolation.memory import SILENT_SECONDS, MemoryWatch, SilenceWatch
from ftassist.trial.client import NOTEBOOK_LIMIT, TrialClient
from ftassist.trial.failures import (
    Failure,
    FailureClass,
    KernelExit,
    RunStoppedError,
    StageFailedError,
    StopSwitch,
    from_exception,
    from_exit,
    hung,
    passed_limit,
    settle,
)
from ftassist.trial.failures import timed_out as timed_out_failure
from ftassist.trial.kernel import START_SECONDS, TrialKernel
from ftassist.trial.notebook import RunRecord, Status, stage_of
from ftassist.trial.usage import UsageMeter

GRACE_SECONDS = 2.0
"""How long an interrupted cell may take to end before its kernel is killed."""
_AUTOSAVE_SECONDS = 1.0
_LOOK_SECONDS = 5.0
_PAUSED = TrainingPausedError.__name__
T = TypeVar("T")


@dataclass(frozen=True)
class Reuse:
    """A stage's result that is there already.

    Attributes:
        message: One line for the cell's output.
        facts: What goes into the cell's metadata, such as `cached_from`.
    """

    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class StageHooks(Protocol):
    """Answers of the stage cache and the preflight checks; a refusal is a StageFailedError."""

    def before_stage(self, stage: str) -> Reuse | None:
        """Called before a stage's cell; a `Reuse` skips the cell."""
        ...

    def after_stage(self, stage: str, seconds: float, reused: Reuse | None) -> None:
        """Called when a stage's cell ended well or was skipped."""
        ...


class NoHooks:
    """Runs every stage; for a notebook run outside a campaign."""

    def before_stage(self, stage: str) -> Reuse | None:
        """Runs the stage."""
        return None

    def after_stage(self, stage: str, seconds: float, reused: Reuse | None) -> None:
        """Accepts what the stage made."""


@dataclass
class Run:
    """One run of a notebook.

    Attributes:
        record: The notebook with its statuses.
        kernel: The kernel, started.
        folder: The folder the cells write to.
        hooks: Asked before and after each stage.
        timeouts: Seconds a stage may take, by stage.
        stop: Ends the run from outside.
        memory_limit_mb: The kernel's memory limit in MiB, to tell an out-of-memory kill.
        output_limit: Most characters of output a cell keeps in the notebook.
        usage: Told what the kernel's processes use; None for nobody.
        silence: Seconds after which a cell that does nothing at all is taken to hang.
        peak_memory_mb: Filled in: the highest resident memory of the kernel, in MiB.
        cuda_peak_mb: Filled in: the most GPU memory torch held in the kernel, in MiB.
    """

    record: RunRecord
    kernel: TrialKernel
    folder: Path
    hooks: StageHooks = field(default_factory=NoHooks)
    timeouts: Mapping[str, float] = field(default_factory=dict)
    stop: StopSwitch = field(default_factory=StopSwitch)
    memory_limit_mb: float = 0.0
    output_limit: int = NOTEBOOK_LIMIT
    usage: UsageMeter | None = None
    silence: float = field(default_factory=lambda: SILENT_SECONDS)
    peak_memory_mb: float = 0.0
    cuda_peak_mb: float = 0.0

    async def execute(self) -> None:
        """Runs all cells. The notebook is saved at every change of a status.

        Raises:
            StageFailedError: A stage did not end well, or a hook refused it.
            RunStoppedError: `stop` was pulled.
        """
        self.record.save()
        client = TrialClient(self.record, self.kernel, self.folder, self.output_limit)
        autosave = asyncio.create_task(self._autosave())
        on_look = self.usage.look if self.usage else None
        with self.usage or nullcontext(), MemoryWatch(self.kernel.pid, on_look=on_look) as watch:
            try:
                await self._connect(client)
                for index, cell in enumerate(self.record.notebook.cells):
                    await self._cell(client, cell, index, watch)
                client.set_widgets_metadata()
            except StageFailedError as error:
                self.record.finish({"failure": error.failure.to_payload()})
                raise
            except RunStoppedError as error:
                self.record.finish({"paused" if error.paused else "stopped": error.reason})
                raise
            finally:
                self.cuda_peak_mb = await self._cuda_peak(client)
                self.peak_memory_mb = watch.peak_mb
                autosave.cancel()
                if client.kc is not None:
                    client.kc.stop_channels()
        self.record.finish({})

    async def _connect(self, client: TrialClient) -> None:
        client.startup_timeout = START_SECONDS
        try:
            await self.stop.guard(client.async_start_new_kernel_client(), "")
        except RuntimeError as error:
            log = self.kernel.log()
            message = f"the kernel did not start: {error}"
            killed = self.kernel.returncode == -9
            kind = FailureClass.KILLED if killed else FailureClass.ENV
            failure = Failure(kind, "start", message, log, outside=killed)
            raise StageFailedError(failure) from error

    async def _cell(
        self, client: TrialClient, cell: NotebookNode, index: int, watch: MemoryWatch
    ) -> None:
        stage = stage_of(cell)
        if self.usage is not None:
            self.usage.stage = stage
        reused: Reuse | None = None
        begun = time.monotonic()
        if stage:
            reused = await self.stop.guard(in_thread(self.hooks.before_stage, stage), stage)
        if reused is not None:
            self.record.skip(cell, reused.message, reused.facts)
        elif cell.cell_type == "code" and cell.source.strip():
            await self._run_cell(client, cell, index, watch)
        if stage:
            seconds = time.monotonic() - begun
            after = in_thread(self.hooks.after_stage, stage, seconds, reused)
            await self.stop.guard(after, stage)

    async def _run_cell(
        self, client: TrialClient, cell: NotebookNode, index: int, watch: MemoryWatch
    ) -> None:
        name = stage_of(cell) or str(cell.get("id", index))
        oom_before = watch.oom_kills
        self.record.begin(cell)
        running = asyncio.create_task(client.async_execute_cell(cell, index))
        stopping = asyncio.create_task(self.stop.wait())
        hanging = asyncio.create_task(self._hangs(client))
        limit = self.timeouts.get(name)
        try:
            await asyncio.wait(
                {running, stopping, hanging}, timeout=limit, return_when=asyncio.FIRST_COMPLETED
            )
            if not running.done():
                await self._interrupt(running)
                await settle(running)
                self.record.end(cell, "killed")
                if self.stop.pulled:
                    raise RunStoppedError(self.stop.reason, name)
                if hanging.done():
                    raise StageFailedError(hung(name, self.silence))
                raise StageFailedError(timed_out_failure(name, limit or 0.0))
            await self._judge(client, running, cell, name, watch, oom_before)
        except asyncio.CancelledError:
            running.cancel()
            self.record.end(cell, "killed")
            raise
        finally:
            stopping.cancel()
            hanging.cancel()

    async def _hangs(self, client: TrialClient) -> None:
        """Returns when the kernel has neither worked nor said anything for too long."""
        watch = SilenceWatch(self.kernel.pid, self.silence)
        pause = min(_LOOK_SECONDS, self.silence / 4)
        while True:
            await asyncio.sleep(pause)
            if watch.silent(client.sounds):
                return

    async def _judge(
        self,
        client: TrialClient,
        running: asyncio.Task[Any],
        cell: NotebookNode,
        name: str,
        watch: MemoryWatch,
        oom_before: int,
    ) -> None:
        """Marks the cell by how its task ended; raises unless it ended well."""
        error = running.exception()
        if (breach := self.kernel.breach) is not None:
            self.record.end(cell, "killed")
            raise StageFailedError(passed_limit(breach, name)) from error
        if error is None:
            self.record.end(cell, "completed")
            return
        status: Status = "failed"
        if isinstance(error, CellExecutionError) and error.ename == _PAUSED:
            self.record.end(cell, "killed")
            raise RunStoppedError(self.stop.pausing or "asked to pause", name, paused=True)
        if isinstance(error, CellExecutionError):
            kind = await self._kind_told(client, error.ename)
            failure = from_exception(error.ename, error.evalue, _traceback(cell), name, kind)
        elif isinstance(error, DeadKernelError):
            status = "killed"
            ending = KernelExit(
                self.kernel.returncode,
                watch.oom_kills - oom_before,
                watch.peak_mb,
                self.memory_limit_mb,
            )
            failure = from_exit(ending, name, self.kernel.log())
        else:
            failure = Failure(FailureClass.ENV, name, f"{type(error).__name__}: {error}")
        self.record.end(cell, status)
        raise StageFailedError(failure) from error

    async def _kind_told(self, client: TrialClient, ename: str) -> str:
        """The failure class that the evaluator's refusal carries, if the error is one."""
        if ename != "RefusedError":
            return ""
        code = "str(getattr(__import__('sys').last_value, 'kind', ''))"
        with suppress(FtassistError):
            return (await self.kernel.evaluate(client.kc, code)).strip("'")
        return ""

    async def _interrupt(self, running: asyncio.Task[Any]) -> None:
        """Interrupts the running cell, then kills its kernel if it does not end."""
        await self.kernel.interrupt()
        await asyncio.wait({running}, timeout=GRACE_SECONDS)
        if not running.done():
            await self.kernel.kill()

    async def _cuda_peak(self, client: TrialClient) -> float:
        code = (
            "__import__('sys').modules.get('torch') and "
            "__import__('torch').cuda.is_initialized() and "
            "__import__('torch').cuda.max_memory_allocated()"
        )
        if client.kc is None or self.stop.pulled or self.kernel.returncode is not None:
            return 0.0
        with suppress(FtassistError, ValueError):
            text = await self.kernel.evaluate(client.kc, code)
            return float(text) / 2**20 if text.isdecimal() else 0.0
        return 0.0

    async def _autosave(self) -> None:
        while True:
            await asyncio.sleep(_AUTOSAVE_SECONDS)
            self.record.save_if_dirty()


def in_thread(work: Callable[..., T], *arguments: Any) -> asyncio.Future[T]:
    """Runs work in a daemon thread, which never keeps the process from ending."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def deliver(action: Callable[[Any], None], value: Any) -> None:
        if not future.done():
            action(value)

    def body() -> None:
        try:
            result = work(*arguments)
        except BaseException as error:  # noqa: BLE001 - handed to whoever awaits the future
            outcome: tuple[Callable[[Any], None], Any] = (future.set_exception, error)
        else:
            outcome = (future.set_result, result)
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(deliver, *outcome)

    threading.Thread(target=body, name="trial-hook", daemon=True).start()
    return future


def _traceback(cell: NotebookNode) -> list[str]:
    errors = [o for o in cell.outputs if o.output_type == "error"]
    return list(errors[-1].traceback) if errors else []
