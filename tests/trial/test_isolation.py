"""A trial's kernel behind walls: what cells reach, what ends them, and what still works."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ftassist.dojo.evaluator.protocol import SOCKET_VARIABLE, TOKEN_VARIABLE
from ftassist.dojo.task import CATALOG
from ftassist.isolation.support import Probe
from ftassist.journal.events import Kind
from ftassist.trial import execution
from ftassist.trial.failures import StopSwitch
from ftassist.trial.job import TrialJob
from ftassist.trial.kernel import TrialKernel, private_folder
from ftassist.trial.sandbox import INSIDE, kernel_environment, trial_walls
from ftassist.trial.spare import Spare

pytestmark = pytest.mark.usefixtures("bubblewrap")


def _run(lab: Any, job: TrialJob) -> dict[str, Any]:
    """Runs a job as a worker does, in this process; the payload of its last event."""
    asyncio.run(execution.run_job(job, StopSwitch()))
    result: dict[str, Any] = json.loads((job.folder / "result.json").read_text())
    return result


def _report(lab: Any, job: TrialJob, code: str) -> Any:
    """What code in the curate cell left in `found`."""
    cell = f"{code}\nimport json as _j\nopen('found', 'w').write(_j.dumps(found))\n"
    result = _run(lab, lab.with_cells(job, curate=cell + lab.cells["curate"]))
    assert result["kind"] == Kind.TRIAL_COMPLETED, result
    return json.loads((job.folder / "found").read_text())


def test_a_cell_sees_its_folder_the_repository_and_nothing_of_the_campaign(
    lab: Any, job: TrialJob, campaign: Path
) -> None:
    other = campaign / "trials" / "t0009"
    other.mkdir(parents=True)
    (campaign / "cache").mkdir()
    paths = {
        "repository": f"{job.spec.repository}/made/rows.jsonl",
        "model": f"{job.spec.model}/config.json",
        "journal": str(campaign / "journal.db"),
        "cache": str(campaign / "cache"),
        "other trial": str(other),
        "evaluation": str(next(CATALOG.rglob("evaluation/validation.jsonl"))),
        "scoring": str(next(CATALOG.rglob("scoring.py"))),
        "scorer": str(CATALOG / "tablebench" / "scorer.py"),
        "reader": str(CATALOG / "tablebench" / "reader.py"),
        "set": str(next(CATALOG.rglob("repository/*/rows.jsonl"))),
    }

    found = _report(
        lab,
        job,
        "import os\n"
        f"found = {{n: os.path.exists(p) for n, p in {paths!r}.items()}}\n"
        "found['here'] = os.getcwd()\n"
        f"found['repository is read-only'] = not os.access({job.spec.repository!r}, os.W_OK)\n",
    )

    assert found == {
        "repository": True,
        "model": True,
        "set": True,
        "journal": False,
        "cache": False,
        "other trial": False,
        "evaluation": False,
        "scoring": False,
        "scorer": False,
        "reader": False,
        "here": str(INSIDE),
        "repository is read-only": True,
    }


def test_a_cell_has_no_network_and_no_key(
    lab: Any, job: TrialJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "s3cret")

    found = _report(
        lab,
        job,
        "import os, socket\n"
        "seen = [str(os.environ), open('/proc/self/environ').read()]\n"
        "found = {'key': any('s3cret' in s for s in seen),\n"
        "         'network': [n for _, n in socket.if_nameindex()], 'home': os.environ['HOME'],\n"
        "         'user': os.getuid()}\n",
    )

    assert found == {"key": False, "network": ["lo"], "home": "/tmp/home", "user": 65534}


@pytest.fixture
def evaluator(tmp_path: Path) -> Iterator[tuple[str, list[bytes]]]:
    """A stand-in for the evaluator's socket, which notes what it is sent and answers."""
    path = str(tmp_path / "e")
    heard: list[bytes] = []
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                heard.append(connection.makefile("rb").readline())
                connection.sendall(b'{"ok": true, "leaks": []}\n')

    threading.Thread(target=serve, daemon=True).start()
    yield path, heard
    server.close()


def test_the_evaluator_is_reached_through_a_socket_of_the_trials_own(
    lab: Any, job: TrialJob, evaluator: tuple[str, list[bytes]]
) -> None:
    path, heard = evaluator
    job = replace(job, evaluator={SOCKET_VARIABLE: path, TOKEN_VARIABLE: "tok"})

    found = _report(
        lab,
        job,
        "import os\n"
        "from ftassist.dojo.evaluator.client import find_leaks\n"
        "leaks = find_leaks(['row'], task='mini_math')\n"
        f"found = {{'leaks': leaks, 'real': os.path.exists({path!r})}}",
    )

    assert found == {"leaks": [], "real": False}
    assert json.loads(heard[-1])["token"] == "tok"


@pytest.mark.parametrize(
    ("cell", "memory", "failure", "words"),
    [
        (
            "import time\nx = []\nwhile True:\n    x.append(bytearray(8 << 20)); time.sleep(0.01)",
            300,
            "OOM",
            "at most 300 MiB",
        ),
        (
            "import os, time\nfor n in range(200):\n"
            "    open(f'f{n}', 'wb').write(os.urandom(1 << 20)); time.sleep(0.05)",
            1000,
            "INVALID",
            "at most 40 MiB",
        ),
        (
            "import os, time\nwhile True:\n"
            "    try:\n        os.fork() or time.sleep(60)\n"
            "    except OSError:\n        time.sleep(60)",
            6000,
            "INVALID",
            "processes and threads",
        ),
    ],
    ids=["memory", "disk", "processes"],
)
def test_a_trial_that_takes_too_much_is_ended_and_says_so(
    lab: Any,
    job: TrialJob,
    monkeypatch: pytest.MonkeyPatch,
    cell: str,
    memory: int,
    failure: str,
    words: str,
) -> None:
    monkeypatch.setenv("FTASSIST_MEMORY_MB", str(memory))
    monkeypatch.setenv("FTASSIST_DISK_MB", "40")

    result = _run(lab, lab.with_cells(job, train=cell))

    assert result["kind"] == Kind.TRIAL_FAILED
    assert result["payload"]["class"] == failure, result
    assert result["payload"]["stage"] == "train"
    assert words in result["payload"]["message"]
    assert lab.statuses(job)["train"] == "killed"


def test_widgets_progress_and_errors_come_through(lab: Any, job: TrialJob) -> None:
    cell = (
        "import ipywidgets\nfrom tqdm.auto import tqdm\n"
        "bar = ipywidgets.IntProgress(value=3, max=7); display(bar)\nbar.value = 5\n"
        "for _ in tqdm(range(3)): pass\nprint('done')\n"
    )

    result = _run(lab, lab.with_cells(job, curate=cell + lab.cells["curate"]))

    assert result["kind"] == Kind.TRIAL_COMPLETED, result
    notebook = json.loads((job.folder / "trial.ipynb").read_text())
    state = notebook["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    values = [w["state"].get("value") for w in state.values() if "max" in w["state"]]
    assert 5 in values
    cells = {c["id"]: c for c in notebook["cells"]}
    texts = "".join("".join(o.get("text", "")) for o in cells["curate"]["outputs"])
    assert "done" in texts


def test_a_cell_that_takes_too_long_is_interrupted(lab: Any, job: TrialJob) -> None:
    job = lab.with_cells(
        job, train="import time\ntry:\n    time.sleep(600)\nfinally:\n    open('seen', 'w')"
    )

    result = _run(lab, replace(job, timeouts={"train": 2.0}))

    assert result["payload"]["class"] == "TIMEOUT"
    assert (job.folder / "seen").exists()


def test_a_kernel_that_crashes_is_told_by_its_signal(lab: Any, job: TrialJob) -> None:
    result = _run(lab, lab.with_cells(job, train="import os, signal\nos.kill(os.getpid(), 11)"))

    assert result["payload"]["class"] == "KILLED"
    assert "signal 11" in result["payload"]["message"]


def test_a_required_sandbox_that_does_not_work_refuses(
    lab: Any, job: TrialJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    _break(monkeypatch)
    monkeypatch.setenv("FTASSIST_REQUIRE_SANDBOX", "1")

    result = _run(lab, lab.with_cells(job, curate="open('ran', 'w')"))

    assert result["payload"]["class"] == "ENV"
    assert "FTASSIST_REQUIRE_SANDBOX" in result["payload"]["message"]
    assert not (job.folder / "ran").exists()


def test_without_bubblewrap_a_trial_runs_marked_and_within_its_limits(
    lab: Any, job: TrialJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    _break(monkeypatch)
    monkeypatch.setenv("FTASSIST_DISK_MB", "40")
    cell = (
        "import os, time\nfor n in range(200):\n"
        "    open(f'f{n}', 'wb').write(os.urandom(1 << 20)); time.sleep(0.05)"
    )

    result = _run(lab, lab.with_cells(job, train=cell))

    (started,) = lab.events(job, Kind.TRIAL_STARTED)
    assert started.payload["isolation"] == "none"
    assert result["payload"]["class"] == "INVALID"
    assert "at most 40 MiB" in result["payload"]["message"]


def test_a_spare_becomes_the_trials_kernel_and_leaves_nothing_for_the_next(
    lab: Any, campaign: Path, job: TrialJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftassist.trial.spare.PRELOADED", "json")
    seen: list[str] = []

    async def story() -> None:
        for name in ("t0001", "t0002"):
            spare = await Spare.start(campaign, "tiny")
            await spare.kernel.ready()
            mine = lab.as_trial(job, name)
            cell = (
                "import os, builtins\n"
                "places = [sorted(p for p in os.listdir(f) if not p.startswith('fta-'))\n"
                "    for f in ('/tmp/home', '/tmp', '/trial')]\n"
                "found = [places, hasattr(builtins, 'left'), os.environ.get('LEFT')]\n"
                "open('seen', 'w').write(str(found))\n"
                "builtins.left = 1; os.environ['LEFT'] = '1'; open('/tmp/left', 'w')\n"
                "open('/tmp/home/left', 'w')\n"
            )
            job_of = lab.with_cells(mine, curate=cell + lab.cells["curate"])
            job_of = replace(job_of, use_cache=False)
            assert await execution.run_job(job_of, StopSwitch(), spare) == 0
            await spare.end()
            seen.append((job_of.folder / "seen").read_text())

    asyncio.run(story())

    assert "['trial.ipynb']]" in seen[0]
    assert "False, None" in seen[0]
    assert seen[0] == seen[1]
    assert not list((campaign / "trials").glob(".spare-*"))


def test_a_spare_is_not_bound_to_a_folder_that_holds_something(
    campaign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftassist.trial.spare.PRELOADED", "json")
    folder = campaign / "trials" / "t0001"
    folder.mkdir(parents=True)
    (folder / "checkpoint").write_text("kept")

    async def story() -> bool:
        spare = await Spare.start(campaign, "tiny")
        adopted = spare.adopt(folder)
        await spare.end()
        return adopted

    assert asyncio.run(story()) is False
    assert (folder / "checkpoint").read_text() == "kept"
    assert not list((campaign / "trials").glob(".spare-*"))


def test_the_folder_of_a_killed_spare_is_swept(
    campaign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftassist.trial.spare.PRELOADED", "json")
    left = campaign / "trials" / ".spare-999999999-x"
    left.mkdir(parents=True)

    async def story() -> None:
        spare = await Spare.start(campaign, "tiny")
        await spare.end()

    asyncio.run(story())
    assert not left.exists()


def test_nothing_of_a_kernel_is_left_when_it_ends(lab: Any, job: TrialJob) -> None:
    folder = job.folder
    folder.mkdir(parents=True)

    async def story() -> list[int]:
        private = private_folder()
        walls = trial_walls(folder, private, campaign=Path(job.campaign))
        env = kernel_environment(private, isolated=True)
        kernel = await TrialKernel.start(folder, env, private=private, walls=walls)
        await kernel.ready()
        async with kernel._client(60) as client:
            code = "import subprocess as s; s.Popen(['sleep', '300'], start_new_session=True)"
            await kernel.evaluate(client, code=code)
        from ftassist.isolation.processes import tree

        pids = tree(kernel.pid)
        await kernel.end()
        assert not private.exists()
        return pids

    pids = asyncio.run(story())
    assert len(pids) >= 4
    deadline = time.monotonic() + 10
    while any(_runs(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not [pid for pid in pids if _runs(pid)]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _break(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = Probe("none", "bwrap is not installed", "install it")
    monkeypatch.setattr("ftassist.isolation.support.probe", lambda: missing)
    monkeypatch.setattr("ftassist.trial.sandbox.probe", lambda: missing)
