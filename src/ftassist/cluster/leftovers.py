"""What attempts left running on a machine: found by the folder they ran in, ended, waited for.

A host that is killed takes its worker with it a moment later; one that is frozen takes nothing
with it. Before the same trial is run again, what is left of it here is ended, so that nothing
runs twice. Touches only processes that were started for an attempt of the trial that is named.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ftassist.errors import FtassistError
from ftassist.isolation.ending import end_marked

ATTEMPT_VARIABLE = "FTASSIST_NODE_ATTEMPT"
"""Set for a worker on a node and what it starts: the folder of the attempt."""
_KERNEL_VARIABLE = "FTASSIST_TRIAL_FOLDER"
_END_SECONDS = 20.0
_LOOK_SECONDS = 0.1


def workspace(store: Path, campaign: str, trial: str) -> Path:
    """A new folder for one attempt; those of processes that are gone are removed on the way."""
    root = store / "attempts"
    root.mkdir(parents=True, exist_ok=True)
    for left, owner in _folders(root):
        if not _lives(owner):
            _end(left)
    name = f"{socket.gethostname()}+{os.getpid()}+{campaign}+{trial}-"
    return Path(tempfile.mkdtemp(prefix=name, dir=root))


def end(store: Path, campaign: str, trial: str) -> int:
    """Ends what attempts at a trial left here, hosts included, and waits until it is gone.

    Returns:
        How many attempts had left something.

    Raises:
        FtassistError: Something of it cannot be ended.
    """
    found = [
        (folder, owner)
        for folder, owner in _folders(store / "attempts")
        if folder.name.split("+")[2:3] == [campaign]
        and folder.name.split("+")[3].startswith(f"{trial}-")
    ]
    for folder, owner in found:
        if owner != os.getpid() and _is_host(owner):
            with suppress(ProcessLookupError):
                os.kill(owner, signal.SIGKILL)
        _end(folder)
    return len(found)


def _folders(root: Path) -> Iterator[tuple[Path, int]]:
    """The folders of attempts of this machine, each with the process that it belongs to."""
    for folder in sorted(root.glob(f"{socket.gethostname()}+*+*")):
        owner = folder.name.split("+")[1]
        if owner.isdecimal():
            yield folder, int(owner)


def _end(folder: Path) -> None:
    """Ends what runs for an attempt, waits for its end, and removes its folder."""
    until = time.monotonic() + _END_SECONDS
    trials = [str(trial) for trial in (folder / "trials").glob("*")]
    while any(
        [
            end_marked(ATTEMPT_VARIABLE, str(folder)),
            *(end_marked(_KERNEL_VARIABLE, trial) for trial in trials),
        ]
    ):
        if time.monotonic() > until:
            raise FtassistError(
                f"something of {folder.name} cannot be ended on {socket.gethostname()}",
                where=str(folder),
                fix="look at that machine: processes that hang in its disk or driver end with it",
            )
        time.sleep(_LOOK_SECONDS)
    shutil.rmtree(folder, ignore_errors=True)


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def _is_host(pid: int) -> bool:
    """Whether a process is an actor of Ray, and not a later one of the same number."""
    try:
        return b"NodeTrial" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
