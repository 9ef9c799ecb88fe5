"""The code that a scoring rests on: what it imports of scorers and catalog, and what those import.

So an edit of one task's rule changes the digest of that task, and of no other. Only imports that
are written down are followed; a scorer that is named by its key is looked up by whoever asks.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from ftassist.files import hash_file
from ftassist.syntax import parsed

FOLLOWED = ("ftassist.dojo.scorers", "ftassist.dojo.catalog", "ftassist.dojo.own_metrics")
"""Modules whose code decides a score; other rooms are hashed whole or decide none."""
_INDEX = frozenset({"__init__", "lookup"})
"""Files of the scorers that only say where the others are."""


def import_closure(starts: Iterable[Path], package: Path) -> list[Path]:
    """The files of scorers that some files rest on, and the tables beside them, sorted.

    Args:
        starts: Python files; those of the scorers among them are part of what comes out.
        package: The folder of the package `ftassist`.
    """
    rooms = [package / "dojo" / name for name in ("scorers", "catalog", "own_metrics.py")]
    found: set[Path] = set()
    seen: set[Path] = set()
    waiting = list(starts)
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        if any(path.is_relative_to(room) for room in rooms):
            found.add(path)
        for module in _imports(path, hash_file(path)):
            if (file := _file_of(module, package)) is not None:
                waiting.append(file)
    tables = {table for path in found if (table := path.with_suffix(".yaml")).is_file()}
    return sorted(found | tables)


def module_file(module: str, package: Path) -> Path:
    """The file of a module of the package, such as `ftassist.dojo.catalog.hoc.scorer`."""
    return package.joinpath(*module.split(".")[1:]).with_suffix(".py")


def _file_of(module: str, package: Path) -> Path | None:
    """The file of a module that is followed; None for every other, and for what is no module."""
    if not module.startswith(FOLLOWED):
        return None
    file = module_file(module, package)
    return file if file.stem not in _INDEX and file.is_file() else None


@lru_cache(maxsize=512)
def _imports(path: Path, _: str) -> tuple[str, ...]:
    """The modules a file of this content imports, and names that may be modules of a package.

    A file that cannot be read as Python imports nothing; running it says what is wrong with it.
    """
    try:
        tree = parsed(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return ()
    return tuple(_named(tree))


def _named(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
