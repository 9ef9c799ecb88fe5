"""The engine as plain papermill uses it, without a campaign."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import papermill
import psutil
import pytest
from papermill.engines import papermill_engines

from ftassist.isolation.memory import SilenceWatch
from ftassist.trial.engine import TrialEngine
from ftassist.trial.failures import StageFailedError

papermill_engines.register("ftassist", TrialEngine)


@pytest.fixture
def run(tmp_path: Path, lab: Any) -> Any:
    """Runs cells by plain papermill with our engine; returns the saved notebook."""

    def execute(
        *sources: str, output: str = "", **options: Any
    ) -> tuple[Any, BaseException | None]:
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        notebook = nbformat.v4.new_notebook(cells=cells)
        notebook.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "p",
            "language": "python",
        }
        nbformat.write(notebook, tmp_path / "in.ipynb")
        error: BaseException | None = None
        try:
            papermill.execute_notebook(
                str(tmp_path / "in.ipynb"),
                output or str(tmp_path / "out.ipynb"),
                engine_name="ftassist",
                progress_bar=False,
                **options,
            )
        except (StageFailedError, papermill.PapermillExecutionError) as raised:
            error = raised
        return json.loads((tmp_path / "out.ipynb").read_text()), error

    return execute


def _statuses(notebook: Any) -> list[str]:
    return [cell["metadata"]["papermill"]["status"] for cell in notebook["cells"]]


def test_papermill_runs_a_notebook_with_parameters_in_the_outputs_folder(
    run: Any, tmp_path: Path
) -> None:
    notebook, error = run("import os\nos.getcwd()", "print(rank)", parameters={"rank": 8})

    assert error is None
    assert notebook["cells"][1]["outputs"][0]["data"]["text/plain"] == [repr(str(tmp_path))]
    assert notebook["cells"][2]["outputs"][0]["text"] == ["8\n"]
    assert set(_statuses(notebook)) == {"completed"}


def test_papermills_own_folder_is_the_kernels_and_moves_no_output(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path)

    notebook, error = run("import os\nos.getcwd()", output="out.ipynb", cwd="inner")

    assert error is None
    seen = notebook["cells"][0]["outputs"][0]["data"]["text/plain"]
    assert seen == [repr(str(tmp_path / "inner"))]
    assert list((tmp_path / "inner").iterdir()) == []


def test_a_killed_cell_is_not_called_completed(run: Any) -> None:
    notebook, error = run("1", "import os\nos.kill(os.getpid(), 9)", "3")

    assert isinstance(error, StageFailedError)
    assert error.failure.failure == "KILLED"
    assert _statuses(notebook) == ["completed", "killed", "pending"]
    assert notebook["metadata"]["papermill"]["exception"] is True


def test_a_cell_that_raises_fails_and_its_error_is_kept(run: Any) -> None:
    notebook, error = run("1 / 0", "2")

    assert isinstance(error, StageFailedError)
    assert "ZeroDivisionError" in str(error)
    assert _statuses(notebook) == ["failed", "pending"]
    assert notebook["cells"][0]["outputs"][0]["ename"] == "ZeroDivisionError"


def test_papermills_own_timeout_ends_a_cell(run: Any) -> None:
    notebook, error = run("import time\ntime.sleep(60)", execution_timeout=1)

    assert isinstance(error, StageFailedError)
    assert error.failure.failure == "TIMEOUT"
    assert _statuses(notebook) == ["killed"]


def test_papermill_works_inside_a_running_loop(run: Any) -> None:
    async def inside() -> Any:
        return run("1")

    _, error = asyncio.run(inside())

    assert error is None


def test_a_kernel_that_neither_works_nor_speaks_is_ended_as_hung(run: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ftassist.trial.run.SILENT_SECONDS", 2.0)
        _, error = run("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)")
    assert error.failure.failure == "TIMEOUT"
    assert "hung" in error.failure.message


def test_a_kernel_that_works_without_a_word_is_left_alone() -> None:
    now = [0.0]
    worker = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    sleeper = subprocess.Popen(["sleep", "300"])
    try:
        busy = SilenceWatch(worker.pid, 10.0, clock=lambda: now[0])
        idle = SilenceWatch(sleeper.pid, 10.0, clock=lambda: now[0])
        speaks = SilenceWatch(sleeper.pid, 10.0, clock=lambda: now[0])
        found = []
        for sounds in range(6):
            psutil_seconds = psutil.Process(worker.pid).cpu_times().user
            while psutil.Process(worker.pid).cpu_times().user < psutil_seconds + 0.05:
                pass
            now[0] += 4.0
            found.append((busy.silent(0), idle.silent(0), speaks.silent(sounds)))
        assert not any(busy for busy, _, _ in found)
        assert found[-1][1]
        assert not any(spoke for _, _, spoke in found)
    finally:
        for process in (worker, sleeper):
            process.kill()
            process.wait()
