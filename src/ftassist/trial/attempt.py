"""One attempt at a trial: notebook, checks, cached stages and run put together, told as events.

What comes out is an `AttemptEnd`; the events on the way go to the journal as they happen. Leases,
signals and standard input belong to the worker.

What the watch in a kernel noted is text from a kernel, untrusted: it is cut, and can say no more
than what was tried and where (`read_refusals`).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ftassist.errors import EvaluatorError, FtassistError, StaleDecisionError
from ftassist.journal.events import Kind
from ftassist.models import find
from ftassist.recipes.curate.leakage import FindLeaks, FoundLeak
from ftassist.recipes.numerics import FILE as NUMERICS
from ftassist.recipes.numerics import record_of
from ftassist.records.device import Gpu
from ftassist.records.numerics import NO_NUMERICS
from ftassist.records.refusal import Refusal
from ftassist.trial import gpu, sandbox
from ftassist.trial.failures import (
    RUNNER_GONE,
    Failure,
    FailureClass,
    RunStoppedError,
    StageFailedError,
    StopSwitch,
    classify,
)
from ftassist.trial.job import CHECKPOINTS, TrialJob, stage_source
from ftassist.trial.kernel import KernelKilledError, TrialKernel
from ftassist.trial.kernel_watch import FILE
from ftassist.trial.notebook import NOTEBOOK, RunRecord, build
from ftassist.trial.preflight import Preflight
from ftassist.trial.run import Run
from ftassist.trial.stage_cache import METRICS, StageCache
from ftassist.trial.stages import Events, TrialStages, read_document
from ftassist.trial.usage import FILE as USAGE
from ftassist.trial.usage import UsageMeter

PAUSE = ".pause"
"""A file of this name in the trial's folder asks a training to stop at its next step."""
_GOES_ON = (Kind.TRIAL_RESTED, Kind.TRIAL_PAUSED, Kind.ATTEMPT_LOST)
"""Ends after which a training may go on from its checkpoint."""
_REMAINS = ("data", "model", "logs", METRICS, USAGE, "audit.json", "leaks.json", "result.json")


@dataclass(frozen=True)
class AttemptEnd:
    """How an attempt ended.

    Attributes:
        kind: `trial.completed`, `trial.rested`, `trial.failed`, `trial.stopped`, `trial.paused`
            or `attempt.lost`.
        payload: That event's payload.
    """

    kind: str
    payload: dict[str, Any] = field(default_factory=dict)


class Attempt:
    """Runs one attempt of a trial.

    Args:
        events: Told of what happens.
        stop: Ends it from outside.
        gpus: The devices it has; none on a CPU.
        find_leaks: Asks the evaluator; by default its client, if the job names an evaluator.
    """

    def __init__(
        self,
        job: TrialJob,
        events: Events,
        stop: StopSwitch,
        gpus: Sequence[Gpu] = (),
        find_leaks: FindLeaks | None = None,
    ) -> None:
        self._job = job
        self._events = events
        self._stop = stop
        self._gpus = gpus
        self._preflight = Preflight(
            job.folder,
            job.spec,
            find_leaks=find_leaks or _evaluator_of(job),
            on_check=events.check,
        )
        self._refusals: list[Refusal] = []
        self._stages: TrialStages | None = None
        self._run: Run | None = None

    async def run(self, start_kernel: Callable[[], Awaitable[TrialKernel]]) -> AttemptEnd:
        """Runs it to its end; every way it can end is an outcome.

        Args:
            start_kernel: Starts the kernel, once the cells are found to be sound.
        """
        outcome = await self._run_to_its_end(start_kernel)
        if outcome.kind not in _GOES_ON and not self._left:
            shutil.rmtree(self._job.folder / CHECKPOINTS, ignore_errors=True)
        return outcome

    @property
    def _left(self) -> bool:
        """Whether the trial is left to a later worker."""
        return self._stop.reason == RUNNER_GONE

    async def _run_to_its_end(
        self, start_kernel: Callable[[], Awaitable[TrialKernel]]
    ) -> AttemptEnd:
        started = False
        kernel: TrialKernel | None = None
        try:
            clear_remains(self._job.folder)
            self._stop.when_paused(lambda: ask_pause(self._job.folder))
            record = RunRecord(build(self._job.spec), self._job.folder / NOTEBOOK)
            record.notebook.metadata.ftassist.update(
                attempt=self._job.attempt,
                isolation=sandbox.available_isolation(),
                **self._part(),
            )
            record.save()
            self._events.start(self._facts())
            started = True
            self._stages = self._make_stages()
            kernel = await self._stop.guard(start_kernel())
            try:
                await self._execute(record, kernel)
            finally:
                self._tell_refusals(kernel)
            if self._refusals:
                return self._failed(Failure(FailureClass.INVALID, self._stages.stage, "it ended"))
            return self._completed()
        except StageFailedError as error:
            self._preflight.report_audit()
            return self._failed(error.failure)
        except RunStoppedError as error:
            kind = Kind.TRIAL_PAUSED if error.paused else Kind.TRIAL_STOPPED
            told = {"reason": error.reason, "stage": error.stage}
            return AttemptEnd(kind, {**told, **self._costs()})
        except StaleDecisionError as error:
            self._stop.stop(RUNNER_GONE)
            return AttemptEnd(Kind.TRIAL_STOPPED, {"reason": error.what, "stage": "start"})
        except KernelKilledError as error:
            return self._failed(Failure(FailureClass.KILLED, "start", str(error), outside=True))
        except (FtassistError, OSError) as error:
            if not started:
                self._events.append(Kind.TRIAL_STARTED, self._facts())
            stage = self._stages.stage if self._stages else "start"
            failure = classify(type(error).__name__, str(error), stage)
            return self._failed(Failure(failure, stage, str(error)))
        finally:
            if kernel is not None:
                await kernel.end()

    async def _execute(self, record: RunRecord, kernel: TrialKernel) -> None:
        assert self._stages is not None
        self._run = Run(
            record,
            kernel,
            self._job.folder,
            hooks=self._stages,
            timeouts=self._job.timeouts,
            stop=self._stop,
            memory_limit_mb=self._job.memory_limit_mb,
            usage=UsageMeter(self._job.folder, self._gpus, self._job.memory_limit_mb),
        )
        await self._run.execute()

    def _tell_refusals(self, kernel: TrialKernel) -> None:
        """Tells what the watch in the kernel noted; it makes the trial invalid however it ends."""
        stage = self._stages.stage if self._stages else "start"
        self._refusals = read_refusals(kernel.private, stage)
        for refusal in self._refusals:
            self._events.append(Kind.ATTEMPT_SEEN, refusal.to_dict())

    def _make_stages(self) -> TrialStages:
        report = self._preflight.before()
        kept = Path(self._job.campaign) / "cache"
        cache = StageCache(kept, stage_source()) if self._job.use_cache else None
        return TrialStages(
            self._job.folder,
            self._job.spec,
            report,
            cache=cache,
            preflight=self._preflight,
            events=self._events,
            device=self._gpus[0].name if self._gpus else "cpu",
            pausing=lambda: self._stop.pausing,
            rung=self._job.rung,
        )

    def _facts(self) -> dict[str, Any]:
        return {
            "attempt": self._job.attempt,
            "pid": os.getpid(),
            "isolation": sandbox.available_isolation(),
            "gpu": gpu.together(self._gpus).to_dict(),
            "kernel": "python3",
            **self._part(),
        }

    def _part(self) -> dict[str, float]:
        """How far the training goes, where that is not to its end."""
        return {"rung": self._job.rung} if self._job.rung < 1.0 else {}

    def _completed(self) -> AttemptEnd:
        assert self._stages is not None
        payload = {
            "rows": self._preflight.rows,
            "data": read_document(self._job.folder / "data" / "card.json"),
            "training": self._stages.training,
            **self._costs(),
            **(part := self._part()),
        }
        return AttemptEnd(Kind.TRIAL_RESTED if part else Kind.TRIAL_COMPLETED, payload)

    def _failed(self, failure: Failure) -> AttemptEnd:
        if self._refusals:  # what it tried counts, however it ended
            tried = "; ".join(f"{one.what}: {one.where}" for one in self._refusals[:3])
            failure = replace(
                failure, failure=FailureClass.INVALID, message=f"{tried}\n{failure.message}"
            )
        lost = (failure.outside or self._inputs_gone()) and not self._refusals
        kind = Kind.ATTEMPT_LOST if lost else Kind.TRIAL_FAILED
        return AttemptEnd(kind, {**failure.to_payload(), **self._costs()})

    def _inputs_gone(self) -> bool:
        """Whether the base or the raw sets went away: then it is no failure of the trial's."""
        repository = Path(self._job.spec.repository)
        moved = repository.is_absolute() and not repository.is_dir()
        named = self._job.spec.model
        return moved or (Path(named).is_absolute() and find(named) is None)

    def _costs(self) -> dict[str, Any]:
        run, stages = self._run, self._stages
        training = stages is not None and stages.stage == "train"
        taken = record_of(self._job.folder, self._job.attempt) if training else NO_NUMERICS
        return {
            "seconds": dict(stages.seconds) if stages else {},
            "peak_memory_mb": round(run.peak_memory_mb, 1) if run else 0.0,
            "cuda_peak_mb": round(run.cuda_peak_mb, 1) if run else 0.0,
            **({"numerics": taken.to_dict()} if taken else {}),
        }


def ask_pause(folder: Path) -> None:
    """Asks the training in a trial's folder to pause; follows no link that a cell put there."""
    with suppress(OSError):
        os.close(os.open(folder / PAUSE, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW))


def clear_remains(folder: Path) -> None:
    """Removes what an earlier attempt left; finished stages come back from the stage cache."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PAUSE).unlink(missing_ok=True)
    names = (*_REMAINS, NOTEBOOK, NUMERICS)  # of these themselves, what is there is kept
    unfinished = [path for name in names for path in folder.glob(f".{name}.*")]
    for path in [*(folder / name for name in _REMAINS), *unfinished]:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _evaluator_of(job: TrialJob) -> FindLeaks | None:
    """Asks the evaluator that the job names; a job that names none is refused when asked."""
    if not job.check_leakage:
        return None

    def find(texts: list[str]) -> Sequence[FoundLeak]:
        if not job.evaluator:
            raise EvaluatorError(
                "the job names no evaluator, so leakage cannot be checked",
                where=job.spec.trial,
                fix="register the trial with an evaluator and pass its environment on",
            )
        from ftassist.dojo.evaluator.client import find_leaks

        return find_leaks(texts)

    return find


MOST_REFUSALS = 20
_LONGEST_NOTES = 200_000


def read_refusals(private: Path, stage: str) -> list[Refusal]:
    """What the watch saw cells try, at most `MOST_REFUSALS`; none where nothing was noted.

    Args:
        private: The kernel's own folder.
        stage: The stage that ran last.
    """
    try:
        text = (private / FILE).read_bytes()[:_LONGEST_NOTES].decode(errors="replace")
    except OSError:
        return []
    found: list[Refusal] = []
    for line in text.splitlines()[:MOST_REFUSALS]:
        try:
            raw = json.loads(line)
            what, where = str(raw["what"])[:200], str(raw["where"])[:300]
        except (ValueError, KeyError, TypeError):
            continue  # cut off, or written by a cell
        found.append(Refusal(FailureClass.INVALID, f"a cell {what}", where, stage))
    return found
