"""The process a trial's cells run in: an ordinary Jupyter kernel that dies with its worker.

Runs inside the kernel process (`python -m ftassist.trial.kernel_main -f <connection file>`).
Imports beforehand what the environment variable FTASSIST_PRELOAD names, separated by commas, and
calls what is named behind a colon, so that a kernel started ahead of time has its imports done.
Knows nothing of trials.
"""

from __future__ import annotations

import gc
import importlib
import os
from collections.abc import Iterable
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
    if names := os.environ.pop(PRELOAD, ""):
        preload(names.split(","))
    if path := os.environ.get(kernel_watch.VARIABLE):
        kernel_watch.install(path)
    app.start()


def preload(names: Iterable[str]) -> None:
    """Imports modules, calls functions of theirs, and has no later collection look at it all.

    What fails is left out: who needs it is told then.
    """
    for name in names:
        module, _, function = name.partition(":")
        with suppress(Exception):
            found = importlib.import_module(module)
            if function:
                getattr(found, function)()
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    main()
