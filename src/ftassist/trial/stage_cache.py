"""The stage cache of a campaign: files a stage wrote, kept by the key of the stage.

    <campaign>/cache/<key>/manifest.json      what is in it, with the hash of every file
    <campaign>/cache/<key>/files/...          as they lay in the trial's folder
    <campaign>/cache/<key>/metrics.jsonl      the lines the stage added to metrics.jsonl

An entry is complete or absent: it is built under another name and renamed into place. An entry
whose bytes do not match their hashes is set aside and named, never used. Knows nothing of
running stages.

The key of a stage is a hash of everything its result depends on (`stage_key`): the code as parsed,
so that comments and blank lines do not matter, the values of the parameters it reads, the bytes of
its inputs, the recipes' own code and the versions of the libraries.
"""

from __future__ import annotations

import ast
import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ftassist.errors import DataError, FtassistError
from ftassist.files import hash_code, hash_file, hash_text, read_json, write_json
from ftassist.recipes.arguments import PRECISION
from ftassist.recipes.numerics import installed
from ftassist.syntax import parsed
from ftassist.trial.usage import FILE as USAGE

METRICS = "metrics.jsonl"
_NOT_OUTPUTS = frozenset({METRICS, USAGE, "trial.ipynb", "result.json", "leaks.json"})
_NOT_OUTPUT_FOLDERS = frozenset({"logs", "checkpoints"})


@dataclass(frozen=True)
class CachedStage:
    """A finished stage in the cache.

    Attributes:
        trial: The trial that ran it.
        seconds: How long it took there.
        files: The hash of each file, by its path in the trial's folder.
        metrics: The hash of its part of metrics.jsonl; "" when it wrote none.
        summary: What was reported of it.
    """

    key: str
    stage: str
    trial: str
    seconds: float
    files: Mapping[str, str] = field(default_factory=dict)
    metrics: str = ""
    summary: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Lookup:
    """What the cache has for a key: an entry, nothing, or a damaged one (named) set aside."""

    entry: CachedStage | None = None
    damaged: str = ""


@dataclass(frozen=True)
class FolderState:
    """A trial's folder before a stage: size and time of each file, and the metrics' length."""

    files: Mapping[str, tuple[int, int, int]]
    metrics: int

    @classmethod
    def of(cls, folder: Path) -> FolderState:
        """Takes the snapshot."""
        files = {name: _mark(folder / name) for name in output_files(folder)}
        metrics = folder / METRICS
        return cls(files, metrics.stat().st_size if metrics.is_file() else 0)

    def changed(self, folder: Path) -> list[str]:
        """Paths of the files that are new or different now."""
        return [n for n in output_files(folder) if _mark(folder / n) != self.files.get(n)]


class StageCache:
    """The stage cache below one folder. Safe for several processes at once.

    Args:
        ask: Brings the entry of a key that is not there, and tells whether it did; None where
            nobody else has entries.
    """

    def __init__(self, folder: Path, ask: Callable[[str], bool] | None = None) -> None:
        self.folder = folder
        self._ask = ask

    def find(self, key: str) -> Lookup:
        """Looks a key up and checks every byte of its entry."""
        place = self.folder / key
        if not place.is_dir() and not (self._ask and self._ask(key) and place.is_dir()):
            return Lookup()
        try:
            entry = CachedStage(**read_json(place / "manifest.json"))
        except (OSError, TypeError, DataError):
            return self._set_aside(place, "manifest.json")
        for name, digest in [*_stored(entry).items()]:
            path = place / name
            if not path.is_file() or hash_file(path) != digest:
                return self._set_aside(place, name)
        return Lookup(entry)

    def store(
        self,
        key: str,
        stage: str,
        trial: str,
        folder: Path,
        before: FolderState,
        seconds: float,
        summary: Mapping[str, Any],
    ) -> CachedStage:
        """Keeps what a stage wrote since `before`; an entry that is there already stays.

        Raises:
            FtassistError: The disk is full or read-only.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            building = Path(tempfile.mkdtemp(prefix=".building-", dir=self.folder))
        except OSError as error:
            raise _cannot(self.folder, error) from error
        try:
            files: dict[str, str] = {}
            for name in before.changed(folder):
                _place(folder / name, building / "files" / name)
                files[name] = hash_file(building / "files" / name)
            metrics = _metrics_part(folder / METRICS, before.metrics, building / METRICS)
            entry = CachedStage(key, stage, trial, seconds, files, metrics, summary)
            write_json(building / "manifest.json", asdict(entry))
            with suppress(OSError):  # another process stored the same key first
                building.rename(self.folder / key)
        except OSError as error:
            raise _cannot(self.folder, error) from error
        finally:
            shutil.rmtree(building, ignore_errors=True)
        return entry

    def restore(self, entry: CachedStage, folder: Path) -> None:
        """Puts an entry's files into a trial's folder and adds its lines to metrics.jsonl.

        Raises:
            FtassistError: The disk is full or read-only.
        """
        place = self.folder / entry.key
        try:
            for name in entry.files:
                _place(place / "files" / name, folder / name)
            if entry.metrics:
                with (folder / METRICS).open("ab") as file:
                    file.write((place / METRICS).read_bytes())
        except OSError as error:
            raise _cannot(folder, error) from error

    def _set_aside(self, place: Path, name: str) -> Lookup:
        """Moves a damaged entry out of the way, so that the stage can be stored anew."""
        number = sum(1 for _ in self.folder.glob(f"{place.name}.damaged-*"))
        with suppress(OSError):
            place.rename(place.with_name(f"{place.name}.damaged-{number}"))
        return Lookup(damaged=f"cache/{place.name}/{name}")


def outputs_digest(folder: Path, below: str) -> str:
    """A digest of the names and bytes of what lies in `folder`/`below`."""
    names = [n for n in output_files(folder) if n.startswith(f"{below}/")]
    return hash_text(*(f"{n}:{hash_file(folder / n)}" for n in names))


def _stored(entry: CachedStage) -> dict[str, str]:
    stored = {f"files/{name}": digest for name, digest in entry.files.items()}
    return stored | ({METRICS: entry.metrics} if entry.metrics else {})


def output_files(folder: Path) -> list[str]:
    """Paths of all regular files of a trial's folder that stages write, sorted."""
    found: list[str] = []
    for root, folders, files in os.walk(folder):
        at = Path(root).relative_to(folder)
        if at == Path():
            folders[:] = [f for f in folders if f not in _NOT_OUTPUT_FOLDERS]
            files = [f for f in files if f not in _NOT_OUTPUTS]
        folders[:] = [f for f in folders if f != "__pycache__" and not _unfinished(at, f)]
        found += [
            (at / name).as_posix()
            for name in files
            if not (name.startswith(".") and at == Path()) and not (Path(root) / name).is_symlink()
        ]
    return sorted(found)


def _unfinished(at: Path, folder: str) -> bool:
    """Whether a folder is one that a killed save left beside its target."""
    return at == Path() and folder.startswith(".")


def _mark(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ino


def _metrics_part(metrics: Path, start: int, target: Path) -> str:
    """Copies the lines added since `start`; returns their hash, or "" for none."""
    if not metrics.is_file():
        return ""
    size = metrics.stat().st_size
    with metrics.open("rb") as file:
        file.seek(start if size >= start else 0)
        part = file.read()
    if not part:
        return ""
    target.write_bytes(part)
    return hash_file(target)


def _place(source: Path, target: Path) -> None:
    """Copies a file, sharing its blocks where the file system can; replaces what is there.

    Never a hard link: a trial's kernel could change the cached copy through it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    if not _clone(source, target):
        shutil.copyfile(source, target)


def _clone(source: Path, target: Path) -> bool:
    """Lets the kernel copy a file; False where it cannot and nothing was written."""
    copy = getattr(os, "copy_file_range", None)  # Linux only
    if copy is None:
        return False
    with source.open("rb") as old, target.open("wb") as new:
        left = os.fstat(old.fileno()).st_size
        try:
            while left > 0 and (done := copy(old.fileno(), new.fileno(), left)) > 0:
                left -= done
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
                raise
            return False
    return left <= 0


def _cannot(path: Path, error: OSError) -> FtassistError:
    return FtassistError(
        f"cannot keep the stage's files: {error.strerror}",
        where=str(path),
        fix="check that the disk is not full and the folder is writable, then run again",
    )


LIBRARIES = ("ftassist", "torch", "transformers", "trl", "peft", "datasets", "accelerate")
BY_CONTENT = frozenset({"repository", "model", "trial"})
"""Parameters whose value is a name: what they name is hashed with the inputs instead."""


def normalise(source: str) -> str:
    """The code of a cell without comments, blank lines and layout."""
    return ast.unparse(parsed(source))


def stage_key(
    stage: str,
    source: str,
    names: Iterable[str],
    parameters: Mapping[str, str | int],
    inputs: Mapping[str, str],
    device: str = "cpu",
    rung: float = 1.0,
) -> str:
    """The key of a stage's result (32 hex characters).

    Args:
        source: Its cell.
        names: The names the cell reads; only parameters among them count.
        parameters: The values of the parameters cell.
        inputs: Digests of what it reads, by name.
        device: What it computes on, because devices differ in the last digits.
        rung: How far its training goes.
    """
    used = {n: parameters[n] for n in sorted(set(names) & set(parameters)) if n not in BY_CONTENT}
    trial = parameters.get("trial", "") if "trial" in set(names) else ""
    facts = {
        "stage": stage,
        "parameters": used,
        "trial": trial,
        "inputs": dict(sorted(inputs.items())),
        "device": device,
        "versions": versions(),
    }
    if precision := os.environ.get(PRECISION):
        facts["precision"] = precision
    if rung < 1.0 and stage == "train":
        facts["rung"] = f"{rung:g}"
    return hash_text(normalise(source), json.dumps(facts, sort_keys=True), recipe_digest())


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """The installed versions of the libraries a result depends on; "" for one that is absent."""
    return installed(LIBRARIES)


@lru_cache(maxsize=1)
def recipe_digest() -> str:
    """A digest of the source that cells call: the recipes, and how rows are read and written."""
    folder = Path(__file__).parents[1]
    dojo = [folder / "dojo" / name for name in ("repository.py", "set_card.py", "tables")]
    return hash_code(folder / "recipes", folder / "models", *dojo)
