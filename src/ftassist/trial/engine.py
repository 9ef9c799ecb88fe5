"""The papermill engine `ftassist`: truthful statuses, atomic saves, failures told apart.

Registered under papermill's entry point, so `papermill --engine ftassist in.ipynb out.ipynb`
works too. It never changes the process's directory: the kernel starts in the folder of the
output notebook, or in `folder`. Knows no campaigns; the worker hands its hooks to `Run`.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from papermill.engines import Engine
from papermill.iorw import papermill_io

from ftassist.trial.client import NOTEBOOK_LIMIT
from ftassist.trial.failures import RunStoppedError
from ftassist.trial.kernel import TrialKernel
from ftassist.trial.notebook import RunRecord
from ftassist.trial.run import NoHooks, Run, StageHooks


class TrialEngine(Engine):  # type: ignore[misc]
    """Executes notebooks for papermill."""

    @classmethod
    def execute_notebook(
        cls,
        nb: NotebookNode,
        kernel_name: str,
        output_path: str | None = None,
        *,
        folder: str | Path | None = None,
        hooks: StageHooks | None = None,
        timeouts: Mapping[str, float] | None = None,
        execution_timeout: float | None = None,
        output_limit: int = NOTEBOOK_LIMIT,
        **_: Any,
    ) -> NotebookNode:
        """Executes `nb` and returns it, saved at every change of a status.

        Args:
            nb: The notebook.
            kernel_name: An installed kernel's name.
            output_path: Where it is saved; None for nowhere.
            folder: The kernel's working directory; by default papermill's `cwd`, or else the
                folder of `output_path`.
            hooks: Asked before and after each stage.
            timeouts: Seconds a stage may take, by stage.
            execution_timeout: Seconds each stage may take where `timeouts` names none.
            output_limit: Most characters of output a cell keeps in the notebook.

        Raises:
            StageFailedError: A cell raised, ran out of time, or its kernel died.
        """
        output_path = _absolute(output_path)
        place = Path(folder) if folder else _folder_of(output_path)
        limits = dict(timeouts or {})
        if execution_timeout:
            names = [cell.get("id", "") for cell in nb.cells]
            limits = dict.fromkeys(names, float(execution_timeout)) | limits
        record = RunRecord(nb, output_path)

        async def run() -> None:
            kernel = await TrialKernel.start(place, os.environ, kernel_name=kernel_name)
            job = Run(
                record,
                kernel,
                place,
                hooks=hooks or NoHooks(),
                timeouts=limits,
                output_limit=output_limit,
            )
            try:
                await job.execute()
            except RunStoppedError as error:
                raise KeyboardInterrupt(error.reason) from error
            finally:
                await kernel.end()

        _run_to_end(run)
        return nb


def _run_to_end(run: Any) -> None:
    """Runs a coroutine, also inside a notebook, whose thread has a loop already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(run())
        return
    errors: list[BaseException] = []

    def body() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            errors.append(error)

    thread = threading.Thread(target=body, name="papermill-engine")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


def _absolute(output_path: str | None) -> str | None:
    """A local path as papermill means it: from where it was called, not from its `cwd`."""
    if output_path is None or "://" in output_path:
        return output_path
    return str((_called_from() / output_path).absolute())


def _folder_of(output_path: str | None) -> Path:
    """The folder papermill was told to run in, or else that of the output."""
    here = Path.cwd()
    if output_path is None or "://" in output_path or here != _called_from():
        return here
    return Path(output_path).parent


def _called_from() -> Path:
    """The folder papermill was called from; it remembers it while it runs a notebook."""
    handler = papermill_io.get_handler("local")
    remembered = handler.cwd(None)
    handler.cwd(remembered)
    return Path(remembered) if remembered else Path.cwd()
