"""The process a trial's cells run in: an ordinary Jupyter kernel that dies with its worker.

Runs inside the kernel process (`python -m ftassist.trial.kernel_main -f <connection file>`).
Imports beforehand what the environment variable FTASSIST_PRELOAD names, separated by commas, so
that a kernel started ahead of time has its imports done. Knows nothing of trials.
"""

from __future__ import annotations

import importlib
import os
from contextlib import suppress

from ftassist.isolation.ending import die_with_parent
from ftassist.trial import kernel_watch

PRELOAD = "FTASSIST_PRELOAD"


def main() -> None:
    """Starts the kernel and returns when it is shut down."""
    die_with_parent(int(os.environ.get("JPY_PARENT_PID", os.getppid())))
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance()
    app.initialize()
    for name in filter(None, os.environ.pop(PRELOAD, "").split(",")):
        with suppress(ImportError):  # who needs it is told then
            importlib.import_module(name)
    if path := os.environ.get(kernel_watch.VARIABLE):
        kernel_watch.install(path)
    app.start()


if __name__ == "__main__":
    main()
