"""Starting the detached runner process of a campaign. Knows nothing of what it does."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from ftassist.campaign.lock import holder
from ftassist.errors import FtassistError
from ftassist.isolation import isolation

_START_SECONDS = 120.0
_LEAVE_SECONDS = 60.0
_LOOK_SECONDS = 0.05


def start_runner(folder: Path) -> int:
    """Starts a detached runner unless one is alive; returns the runner's process id.

    One that is about to end is waited for: it would not see what was just asked.

    Raises:
        FtassistError: It did not come up, and the message ends with its log; or nothing may be
            written in the campaign's folder.
        IsolationError: Isolation is required and does not work here.
    """
    deadline = time.monotonic() + _LEAVE_SECONDS
    while (alive := holder(folder)) and alive.get("leaving") and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)
    if alive:
        return int(alive["pid"])
    isolation()
    path = folder / "logs" / "runner.log"
    with _log(path) as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ftassist.campaign.runner", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=folder,
        )
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if alive := holder(folder):
            return int(alive["pid"])
        if process.poll() is not None:
            break
        time.sleep(_LOOK_SECONDS)
    tail = path.read_text(errors="replace").splitlines()[-8:]
    raise FtassistError(
        "the runner did not start:\n  " + "\n  ".join(tail),
        where=str(path),
        fix="read the log; `ftassist doctor` checks the installation",
    )


def _log(path: Path) -> IO[bytes]:
    """The runner's log, to be written on.

    Raises:
        FtassistError: It cannot be: the campaign is read-only, or the disk is full.
    """
    try:
        path.parent.mkdir(exist_ok=True)
        return path.open("ab")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FtassistError(
            f"no runner can be started: its log cannot be written ({reason})",
            where=str(path),
            fix="copy the campaign to a place you may write to, or change its permissions",
        ) from error
