"""The walls of a sandbox as data, and as the command line of bubblewrap.

What is not named here is not in the sandbox. Pure but for looking whether paths exist; starts
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ftassist.isolation.limits import MIB, Limits
from ftassist.isolation.system import CATALOG

HOME = Path("/tmp/home")
"""The home folder inside, empty at the start."""
NOBODY = 65534


@dataclass(frozen=True)
class Walls:
    """What a sandboxed process sees.

    Attributes:
        folder: Its working directory, as a path inside.
        readable: Files and folders it may read, at the same path inside as outside.
        hidden: Parts of what is mounted that are empty inside: evaluation data, secrets.
        shown: Parts of hidden folders, or others, that can be read all the same.
        writable: Folders it may write to: path inside to path outside.
        devices: Device files it may use.
        limits: What it may use up.
    """

    folder: Path
    readable: Sequence[Path] = ()
    hidden: Sequence[Path] = ()
    shown: Sequence[Path] = ()
    writable: Mapping[Path, Path] = field(default_factory=dict)
    devices: Sequence[Path] = ()
    limits: Limits = field(default_factory=Limits)

    def arguments(self, *, seccomp: int, passwd: int, no_nesting: bool = True) -> list[str]:
        """The arguments of `bwrap`, up to and without the command.

        Args:
            seccomp: The file descriptor that holds the system call filter.
            passwd: The file descriptor that holds the sandbox's /etc/passwd.
            no_nesting: Whether this bubblewrap can forbid user namespaces (0.8.0 and later).
        """
        size = str(int(self.limits.temporary_mb * MIB))
        told = ["--unshare-all", "--unshare-user", "--die-with-parent", "--new-session"]
        told += ["--disable-userns"] if no_nesting else []
        told += ["--cap-drop", "ALL", "--hostname", "sandbox"]
        told += ["--uid", str(NOBODY), "--gid", str(NOBODY)]
        told += ["--proc", "/proc", "--dev", "/dev", "--size", size, "--tmpfs", "/dev/shm"]
        told += ["--size", size, "--tmpfs", "/tmp", "--dir", str(HOME)]
        told += ["--perms", "0444", "--ro-bind-data", str(passwd), "/etc/passwd"]
        mounts = dict(_mounts(self.readable))
        for inside, outside in mounts.items():
            told += ["--ro-bind", str(outside), str(inside)]
        for device in self.devices:
            told += ["--dev-bind-try", str(device), str(device)]
        for inside, outside in self.writable.items():
            told += ["--bind", str(outside), str(inside)]
        told += self._hide({**mounts, **{i: o.resolve() for i, o in self.writable.items()}})
        told += ["--remount-ro", "/dev", "--remount-ro", "/"]
        return [*told, "--chdir", str(self.folder), "--seccomp", str(seccomp)]

    def _hide(self, mounts: Mapping[Path, Path]) -> list[str]:
        """Covers what is hidden, wherever it is mounted, and shows the exceptions."""
        told: list[str] = []
        covered: list[Path] = []
        for path in dict.fromkeys(p.resolve() for p in (CATALOG, *self.hidden) if p.exists()):
            for inside in _places(path, mounts):
                if path.is_dir():
                    told += ["--tmpfs", str(inside)]
                    covered.append(inside)
                else:
                    told += ["--ro-bind", "/dev/null", str(inside)]
        for path in (p.resolve() for p in self.shown if p.exists()):
            for inside in _places(path, mounts) or [path]:
                told += ["--ro-bind", str(path), str(inside)]
        for inside in covered:
            told += ["--remount-ro", str(inside)]
        return told


def _mounts(paths: Sequence[Path]) -> Iterator[tuple[Path, Path]]:
    """Where to mount what: each path under its own name and under its resolved one, once."""
    done: list[tuple[Path, Path]] = []
    for path in sorted({_plain(p) for p in paths}, key=lambda p: len(p.parts)):
        outside = path.resolve()
        for inside in dict.fromkeys((path, outside)):
            if any(_same_place(inside, outside, *other) for other in done):
                continue
            done.append((inside, outside))
            yield inside, outside


def _plain(path: Path) -> Path:
    return path.resolve() if ".." in path.parts else path.absolute()


def _same_place(inside: Path, outside: Path, mounted: Path, source: Path) -> bool:
    """Whether a mount that is there already shows `outside` at `inside`."""
    if not inside.is_relative_to(mounted):
        return False
    return source / inside.relative_to(mounted) == outside


def _places(path: Path, mounts: Mapping[Path, Path]) -> list[Path]:
    """Where a path outside is seen inside."""
    return [
        inside / path.relative_to(outside)
        for inside, outside in mounts.items()
        if path.is_relative_to(outside)
    ]
