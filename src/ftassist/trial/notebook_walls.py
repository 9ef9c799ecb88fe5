"""Walls around the kernel of an ordinary notebook that asks for them.

The notebook's folder can be written to, at its own path; campaigns in it are hidden. Knows nothing
of trials.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from ftassist.errors import IsolationError
from ftassist.isolation.system import is_too_wide
from ftassist.isolation.walls import Walls
from ftassist.trial.sandbox import cached_models, common_readable, default_limits, task_views

_PRIVATE = ("campaigns", ".git", ".env", ".ssh", ".netrc", ".aws", ".config")


def around(folder: Path, sockets: Path) -> Walls:
    """The walls around a notebook's kernel.

    Args:
        folder: The notebook's folder.
        sockets: The folder of the kernel's sockets.

    Raises:
        IsolationError: The folder is a home, or holds one, or everybody's temporary files.
    """
    folder = folder.resolve()
    if is_too_wide(folder, work=False):
        raise IsolationError(
            "a sandbox can have the notebook's folder, and this is a whole home or more",
            where=str(folder),
            fix="move the notebook into a folder of its own",
        )
    hidden, shown = task_views()
    return Walls(
        folder,
        readable=[*common_readable(), *cached_models()],
        hidden=[*hidden, *(folder / name for name in _PRIVATE)],
        shown=shown,
        writable={folder: folder, sockets: sockets},
        limits=default_limits(),
    )


def socket_folder() -> Path:
    """A new folder for the sockets of one kernel, with a short path."""
    return Path(tempfile.mkdtemp(prefix="fta-")).resolve()
