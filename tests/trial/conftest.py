"""Tiny trials for the tests: cells that write files and import nothing heavy."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ftassist.dojo.evaluator.protocol import SOCKET_VARIABLE, TOKEN_VARIABLE
from ftassist.journal.events import Event, Kind
from ftassist.journal.store import Journal
from ftassist.recipes.curate.leakage import FindLeaks
from ftassist.trial import sandbox
from ftassist.trial.attempt import Attempt, AttemptEnd
from ftassist.trial.failures import StopSwitch
from ftassist.trial.job import TrialJob, TrialSpec
from ftassist.trial.kernel import TrialKernel, private_folder
from ftassist.trial.stages import Events

CURATE = """
import json
from pathlib import Path

rows = [
    {"id": f"r{n}", "source": "made", "messages": [
        {"role": "user", "content": f"what is {n} + {seed}?"},
        {"role": "assistant", "content": str(n + seed)},
    ]}
    for n in range(8)
]
Path("data").mkdir(exist_ok=True)
Path("data/train.jsonl").write_text("".join(json.dumps(row) + "\\n" for row in rows))
Path("data/card.json").write_text(json.dumps({"rows": len(rows)}))
print("exported", len(rows))
"""
TRAIN = """
import json
from pathlib import Path

Path("model").mkdir(exist_ok=True)
Path("model/weights.bin").write_bytes(bytes(1000))
Path("model/training.json").write_text(json.dumps({"loss": 0.5}))
Path("metrics.jsonl").write_text('{"step": 1, "loss": 0.5}\\n')
print("trained")
"""
EVALUATE = """
from pathlib import Path

assert Path("model/weights.bin").is_file()
print("evaluated")
"""
CELLS = {"curate": CURATE, "train": TRAIN, "evaluate": EVALUATE}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A data repository of one file."""
    folder = tmp_path / "repository"
    (folder / "made").mkdir(parents=True)
    (folder / "made" / "rows.jsonl").write_text('{"a": 1}\n')
    return folder


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Something that looks like a model folder."""
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    return folder


@pytest.fixture
def spec(repository: Path, model: Path) -> TrialSpec:
    """A trial of tiny cells."""
    return TrialSpec(
        trial="t0001",
        task="mini_math",
        model=str(model),
        cells=CELLS,
        repository=str(repository),
        seed=1,
        row_cap=100,
        hypothesis='More "worked" steps <help>',
        parent="t0000",
        change="the data",
    )


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """A campaign's folder with an empty journal."""
    folder = tmp_path / "campaign"
    Journal(folder / "journal.db", create=True).close()
    return folder


@pytest.fixture
def job(campaign: Path, spec: TrialSpec) -> TrialJob:
    """A job for the tiny trial."""
    return TrialJob(campaign=str(campaign), spec=spec, check_leakage=False)


SECONDS = 90.0


class WorkerProcess:
    """A worker of this checkout."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ftassist.trial.worker", *arguments],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def send(self, job: TrialJob) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(job.to_line().encode())
        self.process.stdin.flush()

    def close_input(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def wait(self, seconds: float = SECONDS) -> int:
        """The exit code."""
        return self.process.wait(seconds)


class Lab:
    """Runs attempts in this process, and reads what they left."""

    cells = CELLS

    def __init__(self) -> None:
        self.kernels = 0

    def run(
        self,
        job: TrialJob,
        *,
        find_leaks: FindLeaks | None = None,
        during: Callable[[StopSwitch], Any] | None = None,
    ) -> AttemptEnd:
        """Runs an attempt; the coroutine of `during` runs beside it and may stop it."""
        return asyncio.run(self._run(job, find_leaks, during))

    def worker(self, *arguments: str) -> WorkerProcess:
        """Starts a worker process."""
        return WorkerProcess(*arguments)

    def with_cells(self, job: TrialJob, **cells: str) -> TrialJob:
        """The job with some of its cells replaced."""
        return replace(job, spec=replace(job.spec, cells={**job.spec.cells, **cells}))

    def as_trial(self, job: TrialJob, trial: str, **changes: Any) -> TrialJob:
        """The job as another trial of the campaign."""
        return replace(job, spec=replace(job.spec, trial=trial, **changes))

    def events(self, job: TrialJob, kind: Kind | None = None) -> list[Event]:
        """The events of a job's trial, of one kind or all."""
        events = Journal(Path(job.campaign) / "journal.db").read()
        mine = [event for event in events if event.trial == job.spec.trial]
        return [event for event in mine if kind is None or event.kind == kind]

    def statuses(self, job: TrialJob) -> dict[str, str]:
        """The status of each cell of a trial's saved notebook, by cell id."""
        document = json.loads((job.folder / "trial.ipynb").read_text())
        cells = [c for c in document["cells"] if c["cell_type"] == "code"]
        return {c["id"]: c["metadata"]["papermill"]["status"] for c in cells}

    async def _run(self, job: TrialJob, find_leaks: Any, during: Any) -> AttemptEnd:
        stop = StopSwitch()
        events = Events(Journal(Path(job.campaign) / "journal.db"), job.spec.trial)

        async def start() -> TrialKernel:
            self.kernels += 1
            private = private_folder()
            env = sandbox.kernel_environment(private, model=job.spec.model)
            return await TrialKernel.start(job.folder, env, private=private)

        attempt = Attempt(job, events, stop, find_leaks=find_leaks)
        beside = asyncio.create_task(during(stop)) if during else None
        outcome = await attempt.run(start)
        events.append(outcome.kind, outcome.payload)
        if beside:
            beside.cancel()
        return outcome


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> Lab:
    """Runs attempts in this process, or in a worker of this checkout."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2] / "src"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    for name in (SOCKET_VARIABLE, TOKEN_VARIABLE):  # a job run in this process sets them
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return Lab()
