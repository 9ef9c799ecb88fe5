"""The command line that starts a process behind walls, and the open files it needs.

Knows how bubblewrap is told things, not what is run.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from typing import Self

from ftassist.isolation import cgroup, seccomp
from ftassist.isolation.walls import HOME, NOBODY, Walls

_NO_NESTING_SINCE = (0, 8)
_PASSWD = f"nobody:x:{NOBODY}:{NOBODY}:trial:{HOME}:/bin/sh\n"


class Sandboxed:
    """A command behind walls; use as a context manager around the start of the process.

    Args:
        command: The program inside, and its arguments.

    Attributes:
        arguments: What to start instead.
        descriptors: Open files that the started process must inherit.
    """

    def __init__(self, command: Sequence[str], walls: Walls) -> None:
        rules = seccomp.program(platform.machine(), gpu=bool(walls.devices))
        self.descriptors: tuple[int, ...] = (_file(rules), _file(_PASSWD.encode()))
        bwrap = shutil.which("bwrap") or "bwrap"
        told = walls.arguments(
            seccomp=self.descriptors[0],
            passwd=self.descriptors[1],
            no_nesting=_version_of(bwrap) >= _NO_NESTING_SINCE,
        )
        prlimit = ["prlimit", *walls.limits.arguments(), "--"]
        self.arguments = [bwrap, *told, "--unsetenv", "JPY_PARENT_PID", "--", *prlimit, *command]
        self._group = cgroup.make(walls.limits)
        if self._group is not None:
            # The shell enters the group, then becomes bubblewrap: nothing runs outside of it.
            enter = 'echo 0 > "$0" && exec "$@"'
            self.arguments = [
                "sh",
                "-c",
                enter,
                str(self._group / "cgroup.procs"),
                *self.arguments,
            ]

    def forget(self) -> None:
        """Removes the control group of a sandbox that has ended. Safe to call twice."""
        cgroup.remove(self._group)

    @property
    def version(self) -> str:
        """The version of bubblewrap, such as "bubblewrap 0.8.0"."""
        return "bubblewrap " + ".".join(map(str, _version_of(shutil.which("bwrap") or "bwrap")))

    def close(self) -> None:
        """Closes this process's copies of the open files. Safe to call twice."""
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@cache
def _version_of(bwrap: str) -> tuple[int, ...]:
    done = subprocess.run([bwrap, "--version"], capture_output=True, text=True, check=False)
    return tuple(int(part) for part in re.findall(r"\d+", done.stdout)[:3])


def _file(content: bytes) -> int:
    """An open file in memory that holds `content`, at its start."""
    descriptor = os.memfd_create("walls")
    os.write(descriptor, content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
