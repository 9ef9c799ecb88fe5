"""Runs one trial job on this machine: takes a device, starts its kernel, writes its result.

The step between the worker's standard input and an `Attempt`. Knows no runner.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from dataclasses import asdict
from pathlib import Path

from ftassist.dojo.evaluator.protocol import SOCKET_VARIABLE
from ftassist.errors import TRIAL_VARIABLE, LockedError
from ftassist.files import hash_file, write_json
from ftassist.isolation.ending import end_marked
from ftassist.journal.events import Kind
from ftassist.journal.store import Journal
from ftassist.recipes.numerics import ATTEMPT_VARIABLE, KERNEL_VARIABLE
from ftassist.recipes.rung import told
from ftassist.trial import gpu, sandbox
from ftassist.trial.attempt import Attempt
from ftassist.trial.devices import devices_of
from ftassist.trial.events import Events
from ftassist.trial.failures import RUNNER_GONE, RunStoppedError, StopSwitch
from ftassist.trial.job import EXIT_CODES, LEFT, TAKEN, TrialJob, TrialSpec, trial_lock
from ftassist.trial.kernel import TrialKernel, private_folder
from ftassist.trial.notebook import NOTEBOOK
from ftassist.trial.relay import EvaluatorRelay
from ftassist.trial.spare import Spare
from ftassist.trial.stage_cache import METRICS, output_files

_RETRY_SECONDS = 0.5


async def run_job(job: TrialJob, stop: StopSwitch, spare: Spare | None = None) -> int:
    """Runs a trial to its end and writes `result.json` and the last event.

    Args:
        job: The trial.
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
        lease = await _lease(stop, devices_of(job.spec.cells))
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
        spec: The trial.
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
