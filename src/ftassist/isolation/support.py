"""Whether isolation works on this machine: not only installed, but tried.

Tries a sandbox with all its walls around `true`, once a process. Where it fails, says why and
what to do. Starts nothing else.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from ftassist.errors import IsolationError
from ftassist.isolation.command import Sandboxed
from ftassist.isolation.syscalls import MACHINES
from ftassist.isolation.system import system_paths
from ftassist.isolation.walls import Walls

Isolation = Literal["bubblewrap", "none"]
REQUIRED = "FTASSIST_REQUIRE_SANDBOX"
_NO = frozenset({"", "0", "no", "false", "off"})
_SECONDS = 20.0
_INSTALL = "install it (Debian, Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap)"
_NAMESPACES = (
    "let this user make user namespaces (Debian: sysctl kernel.unprivileged_userns_clone=1;"
    " Ubuntu 24.04 and later: an AppArmor profile for bwrap, or"
    " sysctl kernel.apparmor_restrict_unprivileged_userns=0)"
)
_CONTAINER = (
    "in a container: start it so that bwrap may mount /proc (Docker:"
    " --security-opt seccomp=unconfined --security-opt systempaths=unconfined)"
)


@dataclass(frozen=True)
class Probe:
    """What was found.

    Attributes:
        isolation: What sandboxes here are made with; "none" where they cannot be made.
        found: The version, or why there is none.
        fix: What to do about that; "" where it works.
    """

    isolation: Isolation
    found: str
    fix: str = ""

    @property
    def works(self) -> bool:
        """Whether there is isolation."""
        return self.isolation != "none"


@cache
def probe() -> Probe:
    """What `try_isolation` found, tried once in the life of the process."""
    return try_isolation()


def try_isolation() -> Probe:
    """Tries isolation on this machine."""
    if not sys.platform.startswith("linux"):
        return Probe("none", f"bubblewrap needs Linux, this is {sys.platform}", "run on Linux")
    if platform.machine() not in MACHINES:
        fix = f"use one of {', '.join(MACHINES)}"
        return Probe("none", f"there is no call filter for {platform.machine()}", fix)
    for program, fix in (("bwrap", _INSTALL), ("prlimit", "install util-linux")):
        if shutil.which(program) is None:
            return Probe("none", f"{program} is not installed", fix)
    try:
        with tempfile.TemporaryDirectory(prefix="fta-probe-") as folder:
            return _try(Path(folder))
    except (OSError, subprocess.SubprocessError) as error:
        return Probe("none", f"bwrap cannot be started: {error}", _INSTALL)


def isolation() -> Isolation:
    """What sandboxes are made with here.

    Raises:
        IsolationError: There is none and `FTASSIST_REQUIRE_SANDBOX` asks for one.
    """
    found = probe()
    if not found.works and required():
        raise IsolationError(
            f"{REQUIRED} is set and isolation does not work here: {found.found}",
            where="ftassist doctor",
            fix=f"{found.fix}; or unset {REQUIRED} to run without isolation, marked so",
        )
    return found.isolation


def required() -> bool:
    """Whether nothing may run without isolation."""
    return os.environ.get(REQUIRED, "").lower() not in _NO


def warning() -> str:
    """What people are told where there is no isolation; "" where there is."""
    found = probe()
    if found.works:
        return ""
    return (
        f"NOT ISOLATED: trials run with your rights, network and files ({found.found}). "
        f"Every such trial is marked. What to do: {found.fix}. "
        f"{REQUIRED}=1 refuses to run instead."
    )


def _try(folder: Path) -> Probe:
    walls = Walls(Path("/trial"), readable=system_paths(), writable={Path("/trial"): folder})
    with Sandboxed(["true"], walls) as command:
        done = subprocess.run(
            command.arguments,
            pass_fds=command.descriptors,
            env={"PATH": os.defpath},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    command.forget()
    if done.returncode == 0:
        return Probe("bubblewrap", command.version)
    why = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    return Probe("none", f"bubblewrap is here but does not work: {why}", _fix(why))


def _fix(why: str) -> str:
    if "proc" in why or "mount" in why.lower():
        return f"{_CONTAINER}; elsewhere: {_NAMESPACES}"
    return f"{_NAMESPACES}; {_CONTAINER}"
