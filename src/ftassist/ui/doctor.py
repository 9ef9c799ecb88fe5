"""What this machine has, what is missing, and what to do about it.

Looks without importing anything heavy and without leaving the machine: package versions come
from their metadata, GPUs from `nvidia-smi`. Tells whether a key is set, never what it is.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ftassist.isolation import support

CheckState = Literal["ok", "missing", "optional"]
_MARKS = {"ok": ("✓", "green"), "missing": ("✕", "red"), "optional": ("○", "yellow")}
_NEEDED = ("torch", "transformers", "trl", "peft", "datasets", "lm-eval", "papermill", "ipykernel")
_PYTHON = ((3, 11), (3, 14))
_DISK_GB = 2.0


@dataclass(frozen=True)
class HealthCheck:
    """One thing looked at.

    Attributes:
        name: What it is.
        state: "ok", "missing" (needed), or "optional" (not there, works without).
        found: What was found.
        fix: What to do; "" when nothing needs doing.
    """

    name: str
    state: CheckState
    found: str
    fix: str = ""


def examine(folder: Path) -> list[HealthCheck]:
    """All checks; `folder` is where campaigns would be written."""
    return [
        _python(),
        *(_package(name) for name in _NEEDED),
        _constraints(folder),
        _gpu(),
        _isolation(),
        _program("chromium", "chromium", "only the browser tests need it"),
        _key(),
        _disk(folder),
        _writable(folder),
    ]


def document(found: Sequence[HealthCheck]) -> dict[str, Any]:
    """The checks as JSON (`ftassist doctor --json`)."""
    healthy = all(check.state != "missing" for check in found)
    return {"schema": "ftassist/doctor/1", "healthy": healthy, "checks": [*map(asdict, found)]}


def page(found: Sequence[HealthCheck]) -> RenderableType:
    """The checks for a terminal."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("", "check", "found", "what to do"):
        table.add_column(name)
    for check in found:
        mark, style = _MARKS[check.state]
        table.add_row(Text(mark, style), Text(check.name), Text(check.found), Text(check.fix))
    missing = [check.name for check in found if check.state == "missing"]
    verdict = f"missing: {', '.join(missing)}" if missing else "everything needed is here"
    return Group(table, Text(verdict, style="bold"))


def _python() -> HealthCheck:
    found = ".".join(map(str, sys.version_info[:3]))
    low, high = _PYTHON
    if low <= sys.version_info[:2] < high:
        return HealthCheck("Python", "ok", found)
    return HealthCheck("Python", "missing", found, "use Python 3.11, 3.12 or 3.13")


def _package(name: str) -> HealthCheck:
    try:
        return HealthCheck(name, "ok", importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return HealthCheck(
            name, "missing", "not installed", f"pip install {name} -c constraints.txt"
        )


def _constraints(folder: Path) -> HealthCheck:
    """Whether installed versions are the tested ones, where a constraints.txt is at hand."""
    path = next(
        (
            p / "constraints.txt"
            for p in (folder, *folder.parents)
            if (p / "constraints.txt").is_file()
        ),
        None,
    )
    if path is None:
        return HealthCheck(
            "tested versions", "optional", "no constraints.txt here to compare with"
        )
    other = []
    for line in path.read_text(encoding="utf-8").splitlines():
        pinned = re.match(r"^([A-Za-z0-9._-]+)==([^\s;#]+)", line)
        if pinned is None:
            continue
        name, wanted = pinned.groups()
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        if found.split("+")[0] != wanted.split("+")[0]:
            other.append(f"{name} {found} (tested: {wanted})")
    if not other:
        return HealthCheck("tested versions", "ok", "all installed versions are the tested ones")
    fix = "pip install . -c constraints.txt gives the tested set"
    return HealthCheck("tested versions", "optional", ", ".join(other), fix)


def _gpu() -> HealthCheck:
    program = shutil.which("nvidia-smi")
    if program is None:
        return HealthCheck(
            "GPU", "optional", "none; trials run on the CPU", "tiny models train on it"
        )
    query = [program, "--query-gpu=name,memory.total", "--format=csv,noheader"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return HealthCheck("GPU", "optional", f"nvidia-smi failed: {error}", "look at the driver")
    names = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    if done.returncode != 0 or not names:
        return HealthCheck("GPU", "optional", "nvidia-smi sees none", "look at the driver")
    if "+cpu" in _package("torch").found:
        fix = "this torch is built for the CPU: install a CUDA build to use it"
        return HealthCheck("GPU", "optional", "; ".join(names), fix)
    return HealthCheck("GPU", "ok", "; ".join(names))


def _isolation() -> HealthCheck:
    """Whether a sandbox can be made here: tried, not only looked for."""
    tried = support.try_isolation()
    if tried.works:
        return HealthCheck("bubblewrap", "ok", f"{tried.found}, tried: it isolates")
    without = "trials run unisolated and are marked so"
    if support.required():
        return HealthCheck(
            "bubblewrap", "missing", tried.found, f"{tried.fix}; {support.REQUIRED} is set"
        )
    return HealthCheck("bubblewrap", "optional", tried.found, f"{tried.fix}; {without}")


def _program(name: str, command: str, without: str) -> HealthCheck:
    path = shutil.which(command)
    if path:
        return HealthCheck(name, "ok", path)
    return HealthCheck(name, "optional", "not installed", f"apt install {name}; {without}")


def _key() -> HealthCheck:
    if os.environ.get("ANTHROPIC_API_KEY"):
        return HealthCheck("ANTHROPIC_API_KEY", "ok", "set")
    fix = (
        "with it the language model proposes by default; without, the playbook's rules, which "
        "need no key"
    )
    return HealthCheck("ANTHROPIC_API_KEY", "optional", "not set", fix)


def _disk(folder: Path) -> HealthCheck:
    free = shutil.disk_usage(folder).free / 1e9
    if free >= _DISK_GB:
        return HealthCheck("disk", "ok", f"{free:.0f} GB free")
    fix = f"a campaign needs about {_DISK_GB:g} GB: free some"
    return HealthCheck("disk", "missing", f"{free:.1f} GB free", fix)


def _writable(folder: Path) -> HealthCheck:
    place = folder / "campaigns"
    place = place if place.is_dir() else folder
    if os.access(place, os.W_OK):
        return HealthCheck("campaigns folder", "ok", f"{place.name or place} is writable")
    fix = "run from a folder you may write to, or make this one writable"
    return HealthCheck("campaigns folder", "missing", f"{place} is read-only", fix)
