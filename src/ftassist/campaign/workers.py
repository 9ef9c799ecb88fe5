"""Trial workers: one process a running trial, started ahead of time and watched by the runner.

A worker takes the lock of its trial's folder, so a trial whose worker outlived a killed runner is
not run twice at once. What a worker is handed is a job, made from a trial of the journal. Knows
nothing of what a trial does.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ftassist.campaign.budget import longest
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.rungs import goal
from ftassist.dojo.task import task_folders
from ftassist.isolation.memory import free_mb, tree_mb
from ftassist.journal.state import BASE, Trial
from ftassist.trial.gpu import list_gpus, slots
from ftassist.trial.job import TIMEOUTS, TrialJob, TrialSpec

if TYPE_CHECKING:
    from ftassist.dojo.evaluator.process import EvaluatorProcess

MODULE = "ftassist.trial.worker"
STOP_SECONDS = 5.0
SPARE_MB = 1536.0
"""What a spare worker may hold with its kernel; one that holds more is ended."""
ROOM_MB = 2 * SPARE_MB
"""The free memory it takes to start a spare: its own, and as much for the trial that runs."""
PRESSURE_MB = 1024.0
"""With less free memory than this, the spare is given up."""
_LOOK_SECONDS = 2.0
log = logging.getLogger("ftassist.runner")


@dataclass
class Worker:
    """A worker process.

    Attributes:
        process: The process, leader of its own group.
        trial: The trial it runs; "" while it waits for one.
        pausing: Whether it was asked to pause.
    """

    process: subprocess.Popen[bytes]
    trial: str = ""
    pausing: bool = False

    @property
    def done(self) -> bool:
        """Whether the process has ended."""
        return self.process.poll() is not None

    def run(self, job: TrialJob) -> None:
        """Hands the worker its trial.

        Raises:
            BrokenPipeError: The worker has ended.
        """
        assert self.process.stdin is not None
        self.trial = job.spec.trial
        self.process.stdin.write(job.to_line().encode())
        self.process.stdin.flush()

    def stop(self) -> None:
        """Asks the worker to stop its trial and end; it says so in the journal."""
        if not self.done:
            self.process.send_signal(signal.SIGTERM)

    def pause(self) -> None:
        """Asks the worker, once, to end its trial where it can go on from later."""
        if not self.pausing and self.process.stdin and not self.done:
            self.pausing = True
            with suppress(BrokenPipeError):
                self.process.stdin.write(b"pause\n")
                self.process.stdin.flush()

    def release(self) -> None:
        """Lets the worker end without a word in the journal: a later worker goes on."""
        if self.process.stdin and not self.process.stdin.closed:
            self.process.stdin.close()

    def join(self, seconds: float = STOP_SECONDS) -> int:
        """Waits for the end, kills the process group after `seconds`; returns the exit code."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            return self.process.wait()


class Workers:
    """The workers of a campaign, with one spare whose imports are done before it is needed.

    Args:
        campaign: The campaign's folder; the workers' own messages go to a log in it.
        model: Its base model, which the spare's kernel may read.
        repository: Its data repository, which it may read too: a task's key or folder.
        spare: Whether to keep a spare.
    """

    def __init__(
        self,
        campaign: Path,
        model: str,
        repository: str,
        teacher: str = "",
        *,
        spare: bool = True,
    ) -> None:
        self._campaign = campaign
        self._model = model
        self._repository = repository
        self._teacher = teacher
        self._log = campaign / "logs" / "workers.log"
        self._keeps_spare = spare
        self._spare: Worker | None = None
        self._looked_at = 0.0
        self._slots = slots()
        self.running: dict[str, Worker] = {}

    def start(self, job: TrialJob) -> None:
        """Runs a trial in the spare worker, or in a new one when there is none.

        So for one that was begun before, too: the spare's kernel cannot move into a folder that
        holds something, and is kept for a trial that it can run.
        """
        worker = None
        if not (job.folder.is_dir() and any(job.folder.iterdir())):
            worker, self._spare = self._spare, None
        if worker is None or worker.done:
            worker = self._launch(spare=False)
        try:
            worker.run(job)
        except BrokenPipeError:
            worker = self._launch(spare=False)
            worker.run(job)
        self.running[job.spec.trial] = worker

    def prepare_spare(self) -> None:
        """Starts the spare worker unless there is one, or no memory for it."""
        if not self._keeps_spare or (self._spare and not self._spare.done):
            return
        if self._time_to_look() and free_mb() >= ROOM_MB:
            self._spare = self._launch(spare=True)

    def mind_spare(self) -> None:
        """Ends a spare that holds too much memory, or whose memory is needed elsewhere."""
        if self._spare is None or self._spare.done or not self._time_to_look():
            return
        held, free = tree_mb(self._spare.process.pid), free_mb()
        if held > SPARE_MB or free < PRESSURE_MB:
            log.warning("the spare kernel holds %.0f MB, %.0f MB are free: ended", held, free)
            self._keeps_spare = held <= SPARE_MB  # the next one would hold as much
            self.drop_spare()

    @property
    def slots(self) -> int:
        """How many trials may run at once: one a GPU, or one on a CPU."""
        return self._slots

    @property
    def most_devices(self) -> int:
        """This machine's GPUs; 1 without any."""
        return max(1, len(list_gpus()))

    @property
    def trouble(self) -> str:
        """Nothing: this machine is there."""
        return ""

    @property
    def pids(self) -> list[int]:
        """The process ids of all workers, the spare one included."""
        workers = [*self.running.values(), *([self._spare] if self._spare else [])]
        return [worker.process.pid for worker in workers]

    def reap(self) -> dict[str, int]:
        """Exit codes of trials' workers that ended since the last call, by trial."""
        ended = {t: w.join() for t, w in self.running.items() if w.done}
        for trial in ended:
            del self.running[trial]
        return ended

    def stop(self, trial: str) -> None:
        """Stops the worker of a trial and waits until it is gone."""
        worker = self.running.pop(trial)
        worker.stop()
        worker.join()

    def pause(self) -> None:
        """Asks all running trials to pause; they end by themselves."""
        for worker in self.running.values():
            worker.pause()

    def drop_spare(self) -> None:
        """Ends the spare worker, to give its memory back."""
        spare, self._spare = self._spare, None
        if spare:
            spare.release()
            spare.join()

    def release(self) -> None:
        """Ends all workers; running trials are left for a later runner."""
        workers = [*self.running.values(), *([self._spare] if self._spare else [])]
        for worker in workers:
            worker.release()
        for worker in workers:
            worker.join()
        self.running.clear()
        self._spare = None

    def serve(self, model: str, repository: str) -> None:
        """Takes note of where base model and repository lie now; a spare that sees others ends."""
        if (model, repository) != (self._model, self._repository):
            self._model, self._repository = model, repository
            self.drop_spare()

    def _time_to_look(self) -> bool:
        now = time.monotonic()
        due = now - self._looked_at >= _LOOK_SECONDS
        if due:
            self._looked_at = now
        return due

    def _launch(self, *, spare: bool) -> Worker:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        known = [str(self._campaign), self._model, self._repository, self._teacher]
        extra = ["--spare", *known] if spare else []
        command = [sys.executable, "-m", MODULE, *extra]
        with self._log.open("ab") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        return Worker(process)


def register(
    campaign: Campaign,
    trial: str,
    evaluator: EvaluatorProcess,
    scores: Path | None = None,
    rung: float = 1.0,
) -> None:
    """Makes a trial known to the evaluator, which may then score its model.

    Args:
        scores: Where item scores go; None for the campaign's own folder of them.
        rung: How far its training goes.
    """
    folder = campaign.trial_folder(trial)
    folder.mkdir(parents=True, exist_ok=True)
    scores = scores or campaign.folder / "scores"
    scores.mkdir(exist_ok=True)
    evaluator.register(
        trial,
        folder,
        scores=scores,
        task=str(campaign.task.folder),
        base=campaign.base_reference,
        day=campaign.day,
        shown_seed=campaign.shown_seed,
        rung=rung,
    )


def trial_job(campaign: Campaign, trial: Trial, evaluator: EvaluatorProcess) -> TrialJob:
    """The job of an accepted trial; registers it with the evaluator."""
    rung = goal(campaign.state, trial)
    register(campaign, trial.id, evaluator, rung=rung)
    budget = campaign.state.budget
    return TrialJob(
        campaign=str(campaign.folder),
        spec=trial_spec(campaign, trial),
        attempt=trial.attempt + 1,
        evaluator=evaluator.environment(trial.id),
        timeouts={s: min(limit, longest(budget)) for s, limit in TIMEOUTS.items()},
        rung=rung,
    )


def trial_spec(campaign: Campaign, trial: Trial) -> TrialSpec:
    """What a trial's notebook is built from."""
    return TrialSpec(
        trial=trial.id,
        task=task_reference(campaign),
        model=campaign.base_reference,
        cells=trial.cells,
        repository=repository_of(campaign),
        seed=trial.seed,
        row_cap=campaign.state.budget.rows,
        hypothesis=trial.hypothesis,
        parent=trial.parent or BASE,
        teacher=campaign.state.settings.teacher,
        day=campaign.day,
        system_turn=campaign.card.system_turn,
        shown_seed=campaign.shown_seed,
        change=trial.proposal.change.description,
    )


def repository_of(campaign: Campaign) -> str:
    """What a trial loads raw sets by: the task's key, which reads the same on every machine.

    Of a task that is a folder, such as a published one that was laid out, the folder: a kernel
    without network and evaluation data could not find it from the key.
    """
    named = task_reference(campaign)
    return str(campaign.task.repository_folder) if Path(named).is_absolute() else named


def task_reference(campaign: Campaign) -> str:
    """A campaign's task as its trials name it: its key where it ships, else where it lies now."""
    ships = task_folders().get(campaign.state.task) == campaign.task.folder
    return campaign.state.task if ships else str(campaign.task.folder)
