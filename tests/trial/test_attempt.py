"""How a trial ends: each way is told apart, and the notebook says so truthfully."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ftassist.errors import FtassistError
from ftassist.files import read_json, write_atomic
from ftassist.journal.events import Kind
from ftassist.journal.store import Journal
from ftassist.trial import notebook, sandbox
from ftassist.trial.attempt import Attempt, AttemptEnd, clear_remains
from ftassist.trial.failures import StopSwitch
from ftassist.trial.job import TrialJob
from ftassist.trial.kernel import TrialKernel, private_folder
from ftassist.trial.notebook import read_cells
from ftassist.trial.stages import Events


def test_a_trial_runs_its_cells_in_order_and_completes(lab: Any, job: TrialJob) -> None:
    outcome = lab.run(job)

    assert outcome.kind == Kind.TRIAL_COMPLETED
    assert outcome.payload["rows"] == 8
    assert outcome.payload["training"] == {"loss": 0.5}
    assert outcome.payload["peak_memory_mb"] > 10
    assert lab.statuses(job) == {
        "parameters": "completed",
        "setup": "completed",
        "curate": "completed",
        "train": "completed",
        "evaluate": "completed",
    }
    assert read_cells(job.folder / "trial.ipynb").outputs["curate"].strip() == "exported 8"
    finished = [e.payload["stage"] for e in lab.events(job, Kind.STAGE_FINISHED)]
    assert finished == ["curate", "train", "evaluate"]


def test_a_killed_kernel_is_killed_and_later_cells_stay_pending(lab: Any, job: TrialJob) -> None:
    dying = lab.with_cells(job, train="import os\nprint('begun')\nos.kill(os.getpid(), 9)")

    outcome = lab.run(dying)

    assert outcome.kind == Kind.ATTEMPT_LOST
    assert outcome.payload["class"] == "KILLED"
    assert outcome.payload["stage"] == "train"
    assert "signal 9" in outcome.payload["message"]
    assert lab.statuses(dying)["curate"] == "completed"
    assert lab.statuses(dying)["train"] == "killed"
    assert lab.statuses(dying)["evaluate"] == "pending"


def test_a_kernel_that_ends_itself_is_told_from_one_that_is_killed(
    lab: Any, job: TrialJob
) -> None:
    outcome = lab.run(lab.with_cells(job, curate="import os\nos._exit(3)"))

    assert outcome.kind == Kind.TRIAL_FAILED
    assert outcome.payload["class"] == "KILLED"
    assert "exit code 3" in outcome.payload["message"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("raise RuntimeError('CUDA out of memory. Tried to allocate 2 GiB')", "OOM"),
        ("undefined_name", "CONFIG"),
        (
            "from ftassist.errors import DataError\nraise DataError('row 7 has no text')",
            "DATA",
        ),
    ],
)
def test_an_exception_is_classed_by_type_and_text(
    lab: Any, job: TrialJob, source: str, expected: str
) -> None:
    outcome = lab.run(lab.with_cells(job, train=source))

    assert outcome.kind == Kind.TRIAL_FAILED
    assert outcome.payload["class"] == expected
    assert 0 < len(outcome.payload["traceback"].splitlines()) <= 40
    assert "\x1b" not in outcome.payload["traceback"]
    assert lab.statuses(job)["train"] == "failed"


def test_a_refusal_of_the_evaluator_keeps_its_class(lab: Any, job: TrialJob) -> None:
    refused = "from ftassist.dojo.evaluator.protocol import RefusedError\n"
    refused += "raise RefusedError('another model was submitted', kind='INVALID')"

    outcome = lab.run(lab.with_cells(job, evaluate=refused))

    assert outcome.payload["class"] == "INVALID"
    assert "another model" in outcome.payload["message"]


@pytest.mark.parametrize("stage", ["curate", "evaluate"])
def test_an_interrupt_is_told_at_every_stage(lab: Any, job: TrialJob, stage: str) -> None:
    interrupted = lab.with_cells(job, **{stage: "raise KeyboardInterrupt"})

    outcome = lab.run(interrupted)

    assert outcome.payload["class"] == "KILLED"
    assert outcome.payload["stage"] == stage
    assert lab.statuses(job)[stage] == "failed"


def test_a_full_disk_ends_the_trial_cleanly(
    lab: Any, job: TrialJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    saves = 0

    def fill_up(path: Path, content: str | bytes) -> None:
        nonlocal saves
        saves += 1
        if saves > 4:
            raise FtassistError("cannot write trial.ipynb: No space left on device")
        write_atomic(path, content)

    monkeypatch.setattr(notebook, "write_atomic", fill_up)

    outcome = lab.run(job)

    assert outcome.kind == Kind.TRIAL_FAILED
    assert outcome.payload["class"] == "ENV"
    assert "No space left" in outcome.payload["message"]
    assert read_cells(job.folder / "trial.ipynb").trial == "t0001"


def test_a_pause_outside_of_training_ends_the_trial_after_the_stage(
    lab: Any, job: TrialJob
) -> None:
    async def pause(stop: StopSwitch) -> None:
        stop.pause("lunch")

    asked = "import os, time\nwhile not os.path.exists('.pause'): time.sleep(0.01)\n"
    slow = asked + lab.cells["curate"]
    outcome = lab.run(lab.with_cells(job, curate=slow), during=pause)

    assert outcome.kind == Kind.TRIAL_PAUSED
    assert outcome.payload["reason"] == "lunch"
    assert lab.statuses(job)["evaluate"] == "pending"


def test_a_stage_is_not_started_on_a_disk_that_is_too_full(
    lab: Any, job: TrialJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = iter([10**9, 3 * 2**20])
    usage = SimpleNamespace(free=0)

    def disk_usage(_: Path) -> SimpleNamespace:
        usage.free = next(free)
        return usage

    monkeypatch.setattr("ftassist.trial.stages.shutil.disk_usage", disk_usage)

    outcome = lab.run(job)

    assert outcome.payload["class"] == "ENV"
    assert outcome.payload["stage"] == "train"
    assert "3 MiB are free on the disk, train may need 64 MiB" in outcome.payload["message"]
    assert "ftassist gc" in outcome.payload["message"]
    assert lab.statuses(job)["train"] == "pending"


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk")
def test_a_disk_that_fills_up_in_a_stage_ends_the_trial_cleanly(
    lab: Any, job: TrialJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    job.folder.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(job.folder)], check=False
    )
    if mounted.returncode:
        pytest.skip("this system lets nobody mount a disk")
    monkeypatch.setattr("ftassist.trial.stages.LEAST_BYTES", 0)
    fill = "from pathlib import Path\nPath('fill').write_bytes(bytes(8_000_000))"
    try:
        outcome = lab.run(lab.with_cells(job, train=fill))
        assert outcome.kind == Kind.TRIAL_FAILED
        assert outcome.payload["class"] == "ENV"
        assert "No space left" in outcome.payload["message"]
        assert lab.statuses(job)["curate"] == "completed"
    finally:
        subprocess.run(["umount", str(job.folder)], check=True)


FLOOD = """
import sys
for n in range(1000):
    print("x" * 20_000)
    sys.stdout.flush()
sys.stdout.buffer.write(bytes(range(256)) * 4000) if hasattr(sys.stdout, "buffer") else None
print("\\x00\\x1b[31m\\ud800" * 60_000)
raise ValueError("\\x01" * 100_000)
"""


@pytest.mark.slow
def test_a_flood_of_output_leaves_a_small_notebook_and_a_capped_log(
    lab: Any, job: TrialJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftassist.trial.client.LOG_LIMIT", 20_000_000)

    outcome = lab.run(lab.with_cells(job, curate="print('é' * 990_000)\n" + lab.cells["curate"],
                                     train=FLOOD))  # fmt: skip

    assert outcome.payload["class"] == "CONFIG"
    assert (job.folder / "trial.ipynb").stat().st_size < 5_000_000
    assert (job.folder / "logs" / "train.log").stat().st_size <= 20_000_000
    assert len(outcome.payload["message"]) < 10_000
    assert "output beyond" in read_cells(job.folder / "trial.ipynb").outputs["train"]


def test_a_stage_beyond_its_limit_is_a_timeout(lab: Any, job: TrialJob) -> None:
    slow = lab.with_cells(job, train="import time\ntime.sleep(60)")
    slow = replace(slow, timeouts={"train": 0.5})

    outcome = lab.run(slow)

    assert outcome.payload["class"] == "TIMEOUT"
    assert "0.5 s" in outcome.payload["message"]
    assert lab.statuses(slow)["train"] == "killed"


def test_a_cell_that_ignores_interrupts_is_killed_at_its_limit(lab: Any, job: TrialJob) -> None:
    deaf = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    deaf += "while True:\n    time.sleep(1)"
    stuck = replace(lab.with_cells(job, train=deaf), timeouts={"train": 0.3})

    begun = time.monotonic()
    outcome = lab.run(stuck)

    assert outcome.payload["class"] == "TIMEOUT"
    assert time.monotonic() - begun < 30


def test_a_stop_from_outside_is_told_from_a_failure(lab: Any, job: TrialJob) -> None:
    waiting = lab.with_cells(
        job, train="from pathlib import Path\nPath('here').touch()\nimport time\ntime.sleep(60)"
    )

    async def stop_in_train(stop: StopSwitch) -> None:
        while not (waiting.folder / "here").exists():
            await asyncio.sleep(0.02)
        stop.stop("vetoed by a person")

    outcome = lab.run(waiting, during=stop_in_train)

    assert outcome.kind == Kind.TRIAL_STOPPED
    assert outcome.payload["reason"] == "vetoed by a person"
    assert outcome.payload["stage"] == "train"
    assert lab.statuses(waiting)["train"] == "killed"
    assert lab.statuses(waiting)["evaluate"] == "pending"


def test_a_syntax_error_names_cell_and_line_before_any_kernel_starts(
    lab: Any, job: TrialJob
) -> None:
    outcome = lab.run(lab.with_cells(job, train="x = 1\nif x\n    print(x)"))

    assert outcome.payload["class"] == "CONFIG"
    assert "train cell, line 2" in outcome.payload["message"]
    assert lab.kernels == 0


def test_an_empty_cell_is_refused_by_name(lab: Any, job: TrialJob) -> None:
    outcome = lab.run(lab.with_cells(job, evaluate="  \n"))

    assert outcome.kind == Kind.TRIAL_FAILED
    assert "no evaluate cell" in outcome.payload["message"]
    assert lab.kernels == 0


def test_a_reader_never_sees_half_a_notebook(lab: Any, job: TrialJob) -> None:
    chatty = lab.with_cells(
        job, train=lab.cells["train"] + "\nfor n in range(3000):\n    print('x' * 80, n)"
    )
    path = chatty.folder / "trial.ipynb"
    done = threading.Event()
    seen: list[int] = []
    torn: list[str] = []

    def poll() -> None:
        while not done.wait(0.02):
            try:
                seen.append(len(json.loads(path.read_text())["cells"]))
            except FileNotFoundError:
                continue
            except ValueError as error:
                torn.append(str(error))

    reader = threading.Thread(target=poll)
    reader.start()
    try:
        lab.run(chatty)
    finally:
        done.set()
        reader.join()
    assert torn == []
    assert len(seen) > 5


def test_output_beyond_the_limit_goes_to_a_log_file(lab: Any, job: TrialJob) -> None:
    flood = "for n in range(40):\n    print(f'{n:06d}' * 20_000)"
    noisy = lab.with_cells(job, curate=lab.cells["curate"] + "\n" + flood)

    outcome = lab.run(noisy)

    assert outcome.kind == Kind.TRIAL_COMPLETED
    assert (noisy.folder / "trial.ipynb").stat().st_size < 1_500_000
    log = (noisy.folder / "logs" / "curate.log").read_text()
    kept = read_cells(noisy.folder / "trial.ipynb").outputs["curate"]
    assert "logs/curate.log" in kept
    assert set(re.findall("0000(?:39|38)", log + kept)) == {"000038", "000039"}
    assert len(log) + len(kept) >= 40 * 120_000


def test_a_trial_ends_with_its_kernel_and_the_kernels_children_gone(
    lab: Any, job: TrialJob
) -> None:
    spawn = "import subprocess, os\nchild = subprocess.Popen(['sleep', '300'])\n"
    spawn += "from pathlib import Path\nPath('pids').write_text(f'{os.getpid()} {child.pid}')"

    lab.run(lab.with_cells(job, evaluate=spawn))

    kernel, child = (int(pid) for pid in (job.folder / "pids").read_text().split())
    assert not _runs(kernel)
    assert not _runs(child)


def test_remains_of_an_earlier_attempt_are_cleared(job: TrialJob) -> None:
    (job.folder / "data").mkdir(parents=True)
    (job.folder / "data" / "train.jsonl").write_text("half a li")
    (job.folder / "metrics.jsonl").write_text("{}\n")
    (job.folder / "trial.ipynb").write_text("{}")

    clear_remains(job.folder)

    assert sorted(p.name for p in job.folder.iterdir()) == ["trial.ipynb"]


def test_the_saved_notebook_carries_the_failure(lab: Any, job: TrialJob) -> None:
    lab.run(lab.with_cells(job, train="raise ValueError('rank=-1 is not possible')"))

    facts = read_json(job.folder / "trial.ipynb")["metadata"]["ftassist"]
    assert facts["failure"]["class"] == "CONFIG"
    assert "rank=-1" in facts["failure"]["message"]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def _killed_kernel(folder: Path) -> TrialKernel:
    private = private_folder()
    environment = sandbox.kernel_environment(private, model="tiny")
    kernel = await TrialKernel.start(folder, environment, private=private)
    await kernel.ready()
    await kernel.kill()
    return kernel


def test_a_spare_kernel_that_was_killed_before_it_got_its_trial_is_a_lost_attempt(
    job: TrialJob, tmp_path: Path
) -> None:
    async def run() -> AttemptEnd:
        kernel = await _killed_kernel(tmp_path)

        async def bound() -> TrialKernel:
            await kernel.bind(job.folder, {})
            return kernel

        events = Events(Journal(Path(job.campaign) / "journal.db"), job.spec.trial)
        try:
            return await Attempt(job, events, StopSwitch()).run(bound)
        finally:
            await kernel.end()

    outcome = asyncio.run(run())

    assert outcome.kind == Kind.ATTEMPT_LOST
    assert outcome.payload["class"] == "KILLED"


NUMERICS = """
import json, os
from pathlib import Path

taken = {"training": "a", "attempt": int(os.environ.get("FTASSIST_ATTEMPT", "1")), "step": 0,
         "settings": {"threads": 2}, "probe": {"loss": 2.5}}
path = Path("numerics.json")
before = json.loads(path.read_text())["trainings"] if path.exists() else []
path.write_text(json.dumps({"trainings": [*before, taken]}))
"""


def test_numerics_go_to_the_journal_with_the_stage_and_with_a_lost_attempt(
    lab: Any, job: TrialJob
) -> None:
    dying = NUMERICS + "os.kill(os.getpid(), 9)"
    lost = lab.run(lab.with_cells(job, train=dying))
    assert lost.kind == Kind.ATTEMPT_LOST
    assert lost.payload["numerics"]["fingerprint"]["settings"] == {"threads": 2}

    lab.run(lab.with_cells(job, train=lab.cells["train"] + NUMERICS))

    (finished,) = [
        e for e in lab.events(job, Kind.STAGE_FINISHED) if e.payload["stage"] == "train"
    ]
    taken = finished.payload["numerics"]
    assert taken["compared"] == "numerics as in attempt 1, to the last digit"
    assert taken["digest"] == lost.payload["numerics"]["digest"]
