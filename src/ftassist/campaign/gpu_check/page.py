"""The GPU check as a section of a page of documentation, replaced at every run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ftassist.errors import DataError
from ftassist.files import write_atomic

HEAD = "## GPU: `ftassist doctor --gpu`"
_KEPT = ("tokens_a_second", "peak_memory_mb", "estimated_mb")


def section(found: Mapping[str, Any]) -> str:
    """The section of a check: what machine, what was tried, what came of it."""
    gpus = found["parts"].get("machine", {}).get("gpus", [])
    device = ", ".join(str(one["name"]) for one in gpus) or "no GPU: the CPU's way was checked"
    lines = [
        f"{HEAD} ({found['date']}, {device})",
        "",
        f"{found['seconds']:.0f} s in all; {'all held' if found['ok'] else 'not all held'}. "
        f"torch {found['parts'].get('machine', {}).get('torch', '?')}, "
        f"Python {found['host']['python']}.",
        "",
        "| part | held | tokens a second | peak memory, MiB | estimated before, MiB | seconds | |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [_row(name, part) for name, part in found["parts"].items()]
    return "\n".join(lines) + "\n"


def write_section(path: Path, found: Mapping[str, Any]) -> None:
    """Puts the section into a page, in place of the earlier one or at its end.

    Raises:
        DataError: There is no such page.
    """
    if not path.is_file():
        raise DataError("there is no such page", where=str(path), fix="name docs/performance.md")
    text = path.read_text(encoding="utf-8")
    start = text.find(HEAD)
    if start < 0:
        write_atomic(path, f"{text.rstrip()}\n\n{section(found)}")
        return
    after = text.find("\n## ", start + len(HEAD))
    rest = "" if after < 0 else text[after:]
    write_atomic(path, f"{text[:start]}{section(found)}{rest}")


def _row(name: str, part: Mapping[str, Any]) -> str:
    held = "skipped" if part.get("skipped") else "yes" if part["ok"] else "no"
    numbers = [f"{part[key]:,.0f}" if part.get(key) else "" for key in _KEPT]
    told = str(part.get("skipped") or part.get("message") or part.get("class") or "")
    told = " ".join(told.replace("|", "/").split())[:120]
    took = f"{part['took']:.0f}" if "took" in part else ""
    return f"| {name} | {held} | {' | '.join(numbers)} | {took} | {told} |"
