"""Files written so that nobody ever reads half of one, and content hashes.

Knows nothing of campaigns. A write goes to a temporary name in the same folder, is flushed to
the disk, and is renamed into place.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from ftassist.errors import DataError, FtassistError

CACHE_VARIABLE = "FTASSIST_CACHE"


_WHOLE = 1 << 20
_CODE = frozenset({".py", ".yaml", ".j2"})
_SAMPLE = 1 << 14
_PLACES = 24


def write_atomic(path: Path, content: str | bytes) -> None:
    """Writes `content` to `path`, whole or not at all.

    Raises:
        FtassistError: The folder is read-only or the disk is full.
    """
    raw = content.encode() if isinstance(content, str) else content
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise FtassistError(
            f"cannot write {path.name}: {error.strerror}",
            where=str(path),
            fix="check that the disk is not full and the folder is writable, then try again",
        ) from error


def write_json(path: Path, value: Any) -> None:
    """Writes `value` as indented JSON, whole or not at all."""
    write_atomic(path, json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def read_json(path: Path) -> Any:
    """Reads a JSON file; a broken one is an error that names the file and line."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise DataError(
            f"not valid JSON: {error.msg}",
            where=f"{path} line {error.lineno}",
            fix="mend or remove the file",
        ) from error


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Yields the objects of a JSON-lines file; a broken line is an error that names it."""
    number = 0
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _object(line, f"{path} row {number}")
    except UnicodeDecodeError as error:
        raise DataError(
            f"it is not UTF-8: {error.reason}",
            where=f"{path} after row {number}",
            fix="write the file anew in UTF-8",
        ) from error


def _object(line: str, where: str) -> dict[str, Any]:
    """The object on a line."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        what = getattr(error, "msg", error)
        raise DataError(f"not valid JSON: {what}", where=where, fix="mend the row") from error
    if not isinstance(row, dict):
        raise DataError(
            f"a row must be a JSON object, this one is {type(row).__name__}",
            where=where,
            fix='write each row as {"field": value, ...}',
        )
    return row


def open_inside(folder: Path, *names: str) -> IO[bytes]:
    """Opens a regular file below `folder` for reading; no link on the way is followed.

    For folders that untrusted code writes to: a link there could point anywhere.

    Raises:
        OSError: It is not there, is no regular file, or a link is on the way.
    """
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for place, name in enumerate(names, start=1):
            last = place == len(names)
            kind = os.O_NONBLOCK if last else os.O_DIRECTORY
            below = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | kind, dir_fd=opened)
            os.close(opened)
            opened = below
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise FileNotFoundError(f"{'/'.join(names)} is no regular file")
        return os.fdopen(opened, "rb")
    except BaseException:
        with suppress(OSError):
            os.close(opened)
        raise


def cache_folder() -> Path:
    """Where ftassist keeps what it can make or fetch again: downloads, tasks, models."""
    if own := os.environ.get(CACHE_VARIABLE):
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ftassist"


def templates_folder() -> Path:
    """The folder of templates: inside the installed package, or beside it in a checkout."""
    installed = Path(__file__).parent / "templates"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "templates"


def hash_text(*parts: str) -> str:
    """A hex digest (32 characters) of several texts, kept apart from each other."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        raw = part.encode()
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return digest.hexdigest()


def hash_file(path: Path) -> str:
    """A hex digest (32 characters) of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def sha256_of(path: Path) -> str:
    """A file's SHA-256, the checksum that hubs and package indexes publish."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sample_digest(paths: Iterable[Path], root: Path) -> str:
    """A hex digest by which files are known again: names below `root`, sizes, sampled bytes.

    Of a file of more than a MiB some places are read, its beginning and end among them: a file
    that was cut, replaced or mixed up with another is told apart, in milliseconds. It is no proof
    against somebody who changes a few bytes on purpose; `hash_file` is.
    """
    parts: list[str] = []
    for path in sorted(paths):
        size = path.stat().st_size
        places = range(1) if size <= _WHOLE else range(0, size, -(-size // _PLACES))
        length = _WHOLE if size <= _WHOLE else _SAMPLE
        digest = hashlib.blake2b(digest_size=16)
        with path.open("rb") as file:
            for place in (*places, max(0, size - length)):
                file.seek(place)
                digest.update(file.read(length))
        parts += [path.relative_to(root).as_posix(), str(size), digest.hexdigest()]
    return hash_text(*parts)


def hash_folder(folder: Path) -> str:
    """A hex digest of all file names and bytes below `folder`, in sorted order."""
    parts: list[str] = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            parts += [path.relative_to(folder).as_posix(), hash_file(path)]
    return hash_text(*parts)


def hash_code(*places: Path) -> str:
    """A hex digest of the code in some files and below some folders: Python, and its tables.

    Told by names and bytes. What rests on it is made anew when any of them changes, were it only
    a comment: making a thing again costs seconds, believing one that old code made costs more.
    """
    parts: list[str] = []
    for place in places:
        found = [place] if place.is_file() else sorted(place.rglob("*"))
        for path in found:
            if path.suffix in _CODE and path.is_file():
                parts += [path.relative_to(place.parent).as_posix(), hash_file(path)]
    return hash_text(*parts)
