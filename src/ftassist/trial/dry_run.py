"""Cells tried before they cost a trial: on some 50 rows, for two steps, behind a trial's walls.

Nothing is scored, and what is curated and trained is thrown away. Cells that fail on few rows run
once more on all theirs, so that a filter which leaves nothing of 50 rows is no fault. What is not
settled in time, or for a reason that is not the cells', is left to the trial.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ftassist.dojo import dry_run as dry
from ftassist.errors import FtassistError, LockedError
from ftassist.records.tried import TOLD, Tried
from ftassist.trial import gpu
from ftassist.trial.execution import scratch_kernel
from ftassist.trial.failures import Failure, FailureClass, StageFailedError, StopSwitch
from ftassist.trial.job import TrialSpec
from ftassist.trial.kernel import private_folder
from ftassist.trial.notebook import NOTEBOOK, RunRecord, build
from ftassist.trial.preflight import Preflight
from ftassist.trial.run import Reuse, Run

SECONDS = 120.0
"""What a stage may take; of cells that need longer the trial will tell."""
_LOOK_SECONDS = 0.5
_NOT_SCORED = Reuse("nothing is scored in a dry run")
_UNSETTLED = (FailureClass.TIMEOUT, FailureClass.KILLED)


def dry_run(
    campaign: Path,
    spec: TrialSpec,
    *,
    seconds: float = SECONDS,
    ended: Callable[[], bool] = lambda: False,
) -> Tried:
    """Runs the curate and the train cell of a trial that is only proposed.

    Args:
        campaign: The campaign's folder, of which the cells see nothing.
        seconds: What a stage may take.
        ended: Asked twice a second whether to end it.

    Raises:
        RunStoppedError: `ended` said so.
    """
    begun = time.monotonic()
    try:
        failure = asyncio.run(_tried(campaign, spec, str(dry.ROWS), seconds, ended))
        if failure is not None and failure.failure not in _UNSETTLED:
            failure = asyncio.run(_tried(campaign, spec, dry.ALL, seconds, ended))
    except LockedError as error:
        return Tried.unsettled(error.what, time.monotonic() - begun)
    took = time.monotonic() - begun
    if failure is None:
        return Tried(True, round(took, 1))
    if failure.failure in _UNSETTLED or failure.stage == "start" or failure.outside:
        return Tried.unsettled(failure.message, took)
    return Tried(
        False,
        round(took, 1),
        stage=failure.stage,
        failure=str(failure.failure),
        message=failure.message[:TOLD],
        log=failure.traceback[-TOLD:],
    )


async def _tried(
    campaign: Path, spec: TrialSpec, rows: str, seconds: float, ended: Callable[[], bool]
) -> Failure | None:
    """How the cells failed on so many rows; None where they did not."""
    folder = Path(tempfile.mkdtemp(prefix=f"fta-{os.getpid()}-dry")).resolve()
    private = private_folder()
    stop = StopSwitch()
    hooks = _Checks(folder, spec)
    try:
        with gpu.lease() as lease:
            kernel = await scratch_kernel(
                campaign, spec, folder, private, lease, {dry.VARIABLE: rows}
            )
            watching = asyncio.create_task(_watch(stop, ended))
            limits = dict.fromkeys(("curate", "train"), seconds)
            record = RunRecord(build(spec), folder / NOTEBOOK)
            run = Run(record, kernel, folder, hooks=hooks, timeouts=limits, stop=stop)
            try:
                await run.execute()
            finally:
                watching.cancel()
                await kernel.end()
    except StageFailedError as error:
        return error.failure
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(private, ignore_errors=True)
    return None


async def _watch(stop: StopSwitch, ended: Callable[[], bool]) -> None:
    while not ended():
        await asyncio.sleep(_LOOK_SECONDS)
    stop.stop("the dry run was ended")


class _Checks:
    """A trial's checks of rows and training; the evaluate cell is not run."""

    def __init__(self, folder: Path, spec: TrialSpec) -> None:
        self._folder = folder
        self._checks = Preflight(folder, spec, find_leaks=None, on_check=lambda _: None)

    def before_stage(self, stage: str) -> Reuse | None:
        """Leaves scoring out."""
        return _NOT_SCORED if stage == "evaluate" else None

    def after_stage(self, stage: str, seconds: float, reused: Reuse | None) -> None:
        """Checks the rows, and that a model was saved.

        Raises:
            StageFailedError: They do not keep the schema, or there is no model.
        """
        if stage == "curate":
            self._checks.after_curate()
        elif stage == "train":
            self._checks.after_train()
            if not any((self._folder / "model").glob("*")):
                error = FtassistError(
                    "the train cell saved no model",
                    where="model",
                    fix='save it with train.sft(model, "data", "model", ...)',
                )
                raise StageFailedError(Failure(FailureClass.CONFIG, stage, str(error)))
