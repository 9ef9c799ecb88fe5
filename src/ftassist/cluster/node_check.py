"""Whether a machine can run trials: isolation, the same versions, room on its disk.

Run on a node, for its report; compared on the head with the head's own. A node that differs is
left out, and it is said why and what to do: a score that depends on where it was made is none.
"""

from __future__ import annotations

import os
import platform
import shutil
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ftassist.cluster.input_store import store_folder
from ftassist.dojo.evaluator import sealed
from ftassist.errors import FtassistError
from ftassist.isolation.support import probe
from ftassist.trial.gpu import list_gpus
from ftassist.trial.stage_cache import recipe_digest, versions

LEAST_FREE = 2 * 2**30
"""Bytes that are free on a node's disk before it gets a trial."""
FULL = 64 * 2**20
"""With less than this, what fails on a node fails for want of room."""


@dataclass(frozen=True)
class NodeReport:
    """What was found on a machine.

    Attributes:
        host: Its name.
        isolation: "bubblewrap" or "none".
        found: The version of what isolates, or why nothing does.
        fix: What to do about that.
        versions: Of what results depend on, by name.
        store: Where it keeps inputs.
        free: Bytes free there.
        gpus: The names of its GPUs.
        seals: Whether it can encrypt what an evaluator there is asked.
    """

    host: str
    isolation: str
    found: str
    fix: str
    versions: Mapping[str, str]
    store: str
    free: int
    gpus: tuple[str, ...] = field(default=())
    seals: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> NodeReport:
        """Reads what `to_dict` wrote."""
        return cls(**{**raw, "gpus": tuple(raw["gpus"])})


def report() -> NodeReport:
    """Looks at this machine."""
    tried = probe()
    store = store_folder()
    return NodeReport(
        host=socket.gethostname(),
        isolation=tried.isolation,
        found=tried.found,
        fix=tried.fix,
        versions={
            "python": ".".join(platform.python_version_tuple()[:2]),
            **versions(),
            "recipes": recipe_digest()[:12],
        },
        store=str(store),
        free=free(store),
        gpus=tuple(gpu.name for gpu in list_gpus()),
        seals=sealed.available(),
    )


def troubles(node: NodeReport, head: NodeReport) -> list[str]:
    """Why a node can run no trials of a head's; each with what to do. Empty where it can."""
    found = []
    if node.isolation == "none" and head.isolation != "none":
        found.append(f"no isolation: {node.found}; {node.fix}")
    for name, version in head.versions.items():
        there = node.versions.get(name, "")
        if there != version:
            what = "the code of the recipes differs" if name == "recipes" else f"{name} is {there}"
            here = "" if name == "recipes" else f", the head has {version}"
            found.append(f"{what}{here}; install the same on both (constraints.txt)")
    if node.free < LEAST_FREE:
        found.append(
            f"{node.free / 2**30:.1f} GiB are free at {node.store}, trials need"
            f" {LEAST_FREE / 2**30:.0f}; free some, or set FTASSIST_CACHE to another disk there"
        )
    return found


def free(folder: Path) -> int:
    """Bytes free where a folder lies, or is going to."""
    return shutil.disk_usage(_existing(folder)).free


def check_room(folder: Path, needed: int) -> None:
    """Refuses inputs that would fill the disk of this machine.

    Raises:
        FtassistError: There is too little room.
    """
    left = free(folder)
    if left < needed + LEAST_FREE:
        raise FtassistError(
            f"the disk of {socket.gethostname()} is full: {left / 2**30:.1f} GiB are free,"
            f" {(needed + LEAST_FREE) / 2**30:.1f} are needed",
            where=str(folder),
            fix="free some, or set FTASSIST_CACHE to another disk on that node",
        )


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    while not folder.exists():
        folder = folder.parent
    return Path(os.path.realpath(folder))
