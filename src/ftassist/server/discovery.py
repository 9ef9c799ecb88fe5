"""Finding campaigns below a folder: bounded, and without following links.

Looks for `journal.db`; a campaign's own folder is not searched further. Opens no journal.
"""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from ftassist.server.paths import JOURNAL

SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages", "venv", "env", "build"})
DEEPEST = 6
MOST_FOLDERS = 20_000
MOST_CAMPAIGNS = 500


@dataclass(frozen=True)
class FoundFolders:
    """The folders of campaigns, and whether the search stopped before it had seen all."""

    folders: tuple[Path, ...]
    cut: bool


def find_campaigns(
    root: Path,
    *,
    deepest: int = DEEPEST,
    most_folders: int = MOST_FOLDERS,
    most_campaigns: int = MOST_CAMPAIGNS,
) -> FoundFolders:
    """The campaigns below a folder, the nearest first; hidden folders are skipped."""
    found: list[Path] = []
    waiting = deque([(root, 0)])
    seen = 0
    while waiting:
        folder, depth = waiting.popleft()
        seen += 1
        if seen > most_folders or len(found) >= most_campaigns:
            return FoundFolders(tuple(found), cut=True)
        inside, is_campaign = _look(folder)
        if is_campaign:
            found.append(folder)
        elif depth < deepest:
            waiting.extend((below, depth + 1) for below in inside)
    return FoundFolders(tuple(found), cut=False)


def _look(folder: Path) -> tuple[list[Path], bool]:
    """The folders inside a folder, sorted, and whether it is a campaign."""
    inside: list[Path] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name == JOURNAL and entry.is_file(follow_symlinks=False):
                    return [], True
                hidden = entry.name.startswith(".") or entry.name in SKIPPED
                if not hidden and entry.is_dir(follow_symlinks=False):
                    inside.append(Path(entry.path))
    except OSError:
        return [], False
    return sorted(inside), False
