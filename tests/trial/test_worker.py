"""The worker process: one job in, one trial run, and nothing left behind."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from ftassist.files import read_json
from ftassist.journal.events import Kind
from ftassist.journal.store import Journal
from ftassist.trial.job import TrialJob
from ftassist.trial.sandbox import INSIDE, available_isolation

LONG = """
import os, subprocess, time
from pathlib import Path
child = subprocess.Popen(["sleep", "300"], start_new_session=True)
Path("pids").write_text(f"{os.getpid()} {child.pid}")
time.sleep(300)
"""
SECONDS = 90.0


@pytest.fixture
def worker(lab: Any) -> Iterator[Any]:
    worker = lab.worker()
    yield worker
    worker.process.kill()
    worker.process.wait()
    worker.close_input()


def test_a_worker_runs_its_job_and_writes_the_events_itself(
    lab: Any, worker: Any, job: TrialJob
) -> None:
    worker.send(job)

    assert worker.wait() == 0
    kinds = [event.kind for event in lab.events(job)]
    assert kinds[0] == Kind.TRIAL_STARTED
    assert kinds[-1] == Kind.TRIAL_COMPLETED
    started = lab.events(job, Kind.TRIAL_STARTED)[0].payload
    assert started["pid"] == worker.process.pid
    assert started["isolation"] == available_isolation()
    assert read_json(job.folder / "result.json")["kind"] == Kind.TRIAL_COMPLETED


def test_a_stopped_worker_ends_soon_and_leaves_no_process(
    lab: Any, worker: Any, job: TrialJob
) -> None:
    job = lab.with_cells(job, train=LONG)
    worker.send(job)
    kernel, child = _pids(worker, job)

    begun = time.monotonic()
    worker.process.send_signal(signal.SIGTERM)

    assert worker.wait(15) == 2
    assert time.monotonic() - begun < 5
    assert not _runs(kernel)
    assert not _runs(child)
    (stopped,) = lab.events(job, Kind.TRIAL_STOPPED)
    assert stopped.payload["stage"] == "train"
    assert lab.statuses(job)["train"] == "killed"


def test_a_worker_ends_with_its_runner_and_leaves_the_trial_open(
    lab: Any, worker: Any, job: TrialJob
) -> None:
    job = lab.with_cells(job, train=LONG)
    worker.send(job)
    kernel, child = _pids(worker, job)

    worker.close_input()

    assert worker.wait(15) == 4
    assert not _runs(kernel)
    assert not _runs(child)
    assert [e.kind for e in lab.events(job)][-1] == Kind.STAGE_STARTED
    assert lab.statuses(job)["train"] == "killed"


def test_a_kernel_dies_with_a_worker_that_is_killed(lab: Any, worker: Any, job: TrialJob) -> None:
    job = lab.with_cells(job, train="import os\n" + LONG)
    worker.send(job)
    kernel, child = _pids(worker, job)

    worker.process.kill()
    worker.wait()

    try:
        psutil.wait_procs([psutil.Process(kernel)], timeout=10)
    except psutil.NoSuchProcess:
        pass
    finally:
        if _runs(child):
            os.kill(child, signal.SIGKILL)
    assert not _runs(kernel)
    assert [e.kind for e in lab.events(job)][-1] == Kind.STAGE_STARTED


def test_a_second_worker_goes_on_where_a_killed_one_was(
    lab: Any, worker: Any, job: TrialJob
) -> None:
    worker.send(lab.with_cells(job, train=LONG))
    _, child = _pids(worker, job)
    worker.process.kill()
    worker.wait()
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    second = lab.worker()

    second.send(job)

    assert second.wait() == 0
    second.close_input()
    assert lab.statuses(job)["curate"] == "skipped"
    assert lab.statuses(job)["train"] == "completed"


PAUSABLE = """
import time
from pathlib import Path
from ftassist.errors import TrainingPausedError

Path("checkpoints").mkdir(exist_ok=True)
done = Path("checkpoints/step")
step = int(done.read_text()) if done.is_file() else 0
Path("pids").write_text("0 0")
while step < 6:
    step += 1
    time.sleep(0.2)
    if Path(".pause").exists() and step == 3:
        done.write_text(str(step))
        raise TrainingPausedError("paused")
    step -= step == 3 and not done.is_file()
Path("model").mkdir(exist_ok=True)
Path("model/weights.bin").write_bytes(b"w")
"""


def test_a_paused_worker_keeps_the_checkpoint_and_the_next_one_goes_on(
    lab: Any, worker: Any, job: TrialJob
) -> None:
    pausable = lab.with_cells(job, train=PAUSABLE)
    worker.send(pausable)
    _await_pids(job)

    worker.process.stdin.write(b"pause\n")
    worker.process.stdin.flush()

    assert worker.wait() == 7
    (paused,) = lab.events(job, Kind.TRIAL_PAUSED)
    assert paused.payload["stage"] == "train"
    assert lab.statuses(job)["train"] == "killed"
    assert (job.folder / "checkpoints" / "step").read_text() == "3"
    second = lab.worker()
    second.send(pausable)
    assert second.wait() == 0
    second.close_input()
    assert lab.statuses(job)["curate"] == "skipped"
    assert not (job.folder / "checkpoints").exists()
    assert not (job.folder / ".pause").exists()


def test_a_late_job_for_a_trial_that_has_ended_is_not_run(lab: Any, job: TrialJob) -> None:
    journal = Journal(Path(job.campaign) / "journal.db")
    trial = job.spec.trial
    hypothesis = {"parent": "t0000", "cells": {}}
    journal.append(actor="agent", kind=Kind.PROPOSAL_MADE, trial=trial, payload=hypothesis)
    journal.append(actor="worker", kind=Kind.TRIAL_STOPPED, trial=trial, payload={"reason": "x"})
    worker = lab.worker()

    worker.send(job)

    assert worker.wait() == 4
    worker.close_input()
    assert lab.events(job, Kind.TRIAL_STARTED) == []


def test_a_worker_without_a_job_ends_with_its_runner(worker: Any) -> None:
    worker.close_input()

    assert worker.wait() == 3


@pytest.mark.slow
def test_a_spare_kernel_is_bound_to_the_trial(lab: Any, job: TrialJob) -> None:
    worker = lab.worker("--spare", job.campaign, job.spec.model, job.spec.repository)
    look = "import os, sys\nfrom pathlib import Path\n"
    look += "Path('seen').write_text(f\"{os.getcwd()} {'torch' in sys.modules} "
    look += "{os.environ['FTASSIST_ROW_CAP']}\")\n"
    job = lab.with_cells(job, curate=look + lab.cells["curate"])

    worker.send(job)

    assert worker.wait(280) == 0
    worker.close_input()
    where = job.folder if available_isolation() == "none" else INSIDE
    assert (job.folder / "seen").read_text() == f"{where} True 100"
    assert not list(job.folder.parent.glob(".spare-*"))


def _pids(worker: Any, job: TrialJob) -> tuple[int, int]:
    """The kernel and its child as they are known outside, once the train cell runs."""
    _await_pids(job)
    below = psutil.Process(worker.process.pid).children(recursive=True)
    sleeper = next(p for p in below if p.name() == "sleep")
    parent = sleeper.parent()
    assert parent is not None
    return parent.pid, sleeper.pid


def _await_pids(job: TrialJob) -> None:
    """Waits until the train cell runs."""
    path = job.folder / "pids"
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if path.is_file() and len(path.read_text().split()) == 2:
            return
        time.sleep(0.05)
    raise AssertionError("the train cell did not start")


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
