"""Runs one trial job on this machine: takes a device, starts its kernel, writes its result.

The step between the worker's standard input and an `Attempt`, and the kernels that a trial, or a
try of cells of which nothing is kept (`scratch_kernel`), runs in. Knows no runner.

The evaluator's door in a sandbox is a socket of the trial's own, led to the evaluator's: the
kernel sees only this one, in its private folder, whenever it was started and wherever the
evaluator's lies. What passes is not read: the evaluator decides by the trial's token what is
answered.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from ftassist.dojo.evaluator.protocol import SOCKET_VARIABLE
from ftassist.errors import TRIAL_VARIABLE, LockedError
from ftassist.files import hash_file, write_json
from ftassist.isolation.ending import end_marked
from ftassist.journal.events import Kind
from ftassist.journal.store import Journal
from ftassist.models.clock import DAY_VARIABLE
from ftassist.models.system_turn import SYSTEM_VARIABLE
from ftassist.recipes.numerics import ATTEMPT_VARIABLE, KERNEL_VARIABLE
from ftassist.recipes.rung import told
from ftassist.trial import gpu, sandbox
from ftassist.trial.attempt import Attempt
from ftassist.trial.failures import RUNNER_GONE, RunStoppedError, StopSwitch
from ftassist.trial.job import EXIT_CODES, LEFT, TAKEN, TrialJob, TrialSpec, trial_lock
from ftassist.trial.kernel import TrialKernel, private_folder
from ftassist.trial.notebook import NOTEBOOK
from ftassist.trial.spare import Spare
from ftassist.trial.stage_cache import METRICS, output_files
from ftassist.trial.stages import Events

CONNECTIONS = 4
"""Connections to the evaluator at once; a trial needs one. More wait for their turn."""
_RETRY_SECONDS = 0.5
_PART = 1 << 16


async def run_job(job: TrialJob, stop: StopSwitch, spare: Spare | None = None) -> int:
    """Runs a trial to its end and writes `result.json` and the last event.

    Args:
        stop: Ends it from outside.
        spare: A kernel started ahead of time; by default one is started.

    Returns:
        0 completed, 8 at rest, 1 failed, 2 stopped, 6 ended from outside; without a last
        event: 4 left for a later worker, or ended already; 5 another worker still runs it.
    """
    try:
        with trial_lock(job.folder):
            if _has_ended(job):
                return LEFT
            end_marked(TRIAL_VARIABLE, str(job.folder))
            return await _run_held(job, stop, spare)
    except LockedError:
        return TAKEN


async def _run_held(job: TrialJob, stop: StopSwitch, spare: Spare | None) -> int:
    events = Events(Journal(Path(job.campaign) / "journal.db"), job.spec.trial)
    os.environ.update(job.evaluator)
    try:
        lease = await _lease(stop, job.spec.devices)
    except RunStoppedError as error:
        if stop.reason == RUNNER_GONE:
            return LEFT
        events.append(Kind.TRIAL_STOPPED, {"reason": error.reason, "stage": error.stage})
        return EXIT_CODES[Kind.TRIAL_STOPPED]
    with lease:
        if spare is not None and not spare.adopt(job.folder):
            await spare.end()
            spare = None
        private = spare.kernel.private if spare else private_folder()
        relay = EvaluatorRelay(private / "evaluator", job.evaluator.get(SOCKET_VARIABLE, ""))
        attempt = Attempt(job, events, stop, lease.gpus)
        try:
            outcome = await attempt.run(lambda: _kernel(job, lease, private, relay, spare))
        finally:
            await relay.stop()
            shutil.rmtree(private, ignore_errors=True)
        if outcome.kind == Kind.TRIAL_STOPPED and stop.reason == RUNNER_GONE:
            return LEFT
        payload = {**outcome.payload, "files": trial_files(job.folder)}
        try:
            write_json(job.folder / "result.json", {**asdict(outcome), "payload": payload})
        finally:
            events.append(outcome.kind, payload)
    return EXIT_CODES[Kind(outcome.kind)]


def _has_ended(job: TrialJob) -> bool:
    """Whether the journal says that this trial is over, before anything of it is touched."""
    return Events(Journal(Path(job.campaign) / "journal.db"), job.spec.trial).over()


def trial_files(folder: Path) -> dict[str, str]:
    """The hash of each file of a trial that is over, by its path, so that damage shows later."""
    names = [NOTEBOOK, METRICS, *output_files(folder)]
    kept = [n for n in names if (folder / n).is_file() and not (folder / n).is_symlink()]
    return {name: hash_file(folder / name) for name in kept}


async def _kernel(
    job: TrialJob, lease: gpu.Lease, private: Path, relay: EvaluatorRelay, spare: Spare | None
) -> TrialKernel:
    """A kernel in the trial's folder: the spare one, bound to it, or a new one."""
    isolated = sandbox.available_isolation() != "none"
    evaluator = dict(job.evaluator)
    if isolated and evaluator:
        await relay.start()
        evaluator[SOCKET_VARIABLE] = str(relay.path)
    environment = sandbox.kernel_environment(
        private,
        model=job.spec.model,
        gpu=lease.visible,
        evaluator=evaluator,
        isolated=isolated,
    )
    environment |= kernel_variables(
        job.spec, job.folder, attempt=job.attempt, spare=spare is not None
    ) | told(job.rung)
    if spare is not None:
        await spare.kernel.bind(sandbox.INSIDE if isolated else job.folder, environment)
        return spare.kernel
    walls = sandbox.trial_walls(
        job.folder,
        private,
        campaign=Path(job.campaign),
        model=job.spec.model,
        repository=job.spec.repository,
        teacher=job.spec.teacher,
        gpu=lease.visible,
        memory_mb=job.memory_limit_mb,
    )
    return await TrialKernel.start(job.folder, environment, private=private, walls=walls)


def kernel_variables(
    spec: TrialSpec, folder: Path, *, attempt: int, spare: bool
) -> dict[str, str]:
    """What a kernel is told of its trial.

    Args:
        folder: Its folder, as it is outside.
        attempt: Which attempt it is; 0 for none that counts.
        spare: Whether the kernel was started ahead of time.
    """
    return {
        "FTASSIST_ROW_CAP": str(spec.row_cap),
        TRIAL_VARIABLE: str(folder),
        ATTEMPT_VARIABLE: str(attempt),
        KERNEL_VARIABLE: "spare" if spare else "fresh",
    }


async def _lease(stop: StopSwitch, count: int) -> gpu.Lease:
    """Takes devices, waiting for those that are still held by a trial about to end."""
    while True:
        try:
            return gpu.lease(count=count)
        except LockedError:
            if stop.pulled:
                raise RunStoppedError(stop.reason, "start") from None
            await asyncio.sleep(_RETRY_SECONDS)


async def scratch_kernel(
    campaign: Path,
    spec: TrialSpec,
    folder: Path,
    private: Path,
    lease: gpu.Lease,
    more: Mapping[str, str] | None = None,
) -> TrialKernel:
    """Starts a kernel that sees what a trial's would, but for the evaluator.

    Args:
        campaign: The campaign's folder, of which nothing is seen.
        spec: The trial whose cells it will run.
        folder: The folder it works in.
        private: The kernel's own.
        lease: The device.
        more: Further environment variables.
    """
    isolated = sandbox.available_isolation() != "none"
    environment = sandbox.kernel_environment(
        private, model=spec.model, gpu=lease.visible, isolated=isolated
    )
    environment |= kernel_variables(spec, folder, attempt=0, spare=False)
    if spec.day:
        environment[DAY_VARIABLE] = spec.day
    environment[SYSTEM_VARIABLE] = spec.system_turn
    walls = sandbox.trial_walls(
        folder,
        private,
        campaign=campaign,
        model=spec.model,
        repository=spec.repository,
        teacher=spec.teacher,
        gpu=lease.visible,
    )
    return await TrialKernel.start(
        folder, environment | dict(more or {}), private=private, walls=walls
    )


class EvaluatorRelay:
    """Listens at one path and passes every connection on to another.

    Args:
        path: The socket to make; short enough for a Unix socket.
        target: The evaluator's socket.
    """

    def __init__(self, path: Path, target: str) -> None:
        self.path = path
        self._target = target
        self._server: asyncio.AbstractServer | None = None
        self._turns = asyncio.Semaphore(CONNECTIONS)

    async def start(self) -> None:
        """Opens the door."""
        self._server = await asyncio.start_unix_server(self._serve, str(self.path))
        self.path.chmod(0o600)

    async def stop(self) -> None:
        """Closes it. Safe to call twice, and on a relay that was never started."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with self._turns:
            try:
                inner, outer = await asyncio.open_unix_connection(self._target)
            except OSError:
                writer.close()  # the client says that it cannot be reached
                return
            try:
                await asyncio.gather(_pass(reader, outer), _pass(inner, writer))
            finally:
                outer.close()
                writer.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copies a stream to its end, then tells the other side that it has ended."""
    with suppress(OSError):
        while part := await reader.read(_PART):
            writer.write(part)
            await writer.drain()
    with suppress(OSError, RuntimeError):
        if writer.can_write_eof():
            writer.write_eof()
        else:
            writer.close()
