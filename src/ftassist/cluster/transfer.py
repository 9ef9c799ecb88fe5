"""Files on their way between head and node: listed, read in parts, put together, checked.

The folders of trials are written by untrusted cells. No link in them is followed: it is listed as
what it is, and arrives as a link that leads nowhere, so that whoever refuses links still does. A
file arrives whole, with the hash it was sent with, or not at all.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from ftassist.errors import DataError
from ftassist.files import hash_file, open_inside

PART = 8 * 1024 * 1024
"""Bytes that travel at once."""
SMALL = 256 * 1024
"""Bytes of a file that travels with the list it stands in."""
MOST_ENTRIES = 20_000
NOWHERE = "/nonexistent/link-in-a-trial"
_INCOMING = ".incoming-"
Listing = dict[str, dict[str, Any]]


def parts_of(name: str) -> tuple[str, ...]:
    """The parts of a relative path.

    Raises:
        DataError: It is absolute, empty, or leads upwards.
    """
    parts = PurePosixPath(name).parts
    if not parts or parts[0] == "/" or ".." in parts or "\0" in name:
        raise DataError(f"{name!r} is no path below a trial's folder", where=name)
    return parts


def listing(root: Path, below: str, *, leave_out: frozenset[str] = frozenset()) -> Listing:
    """What lies below a folder, by its path from `root`; a link is listed and not followed.

    Args:
        root: A folder that no untrusted code can replace.
        below: The folder to list, or a file, as a path below `root`.
        leave_out: Names right below `below` that are left out.

    Raises:
        DataError: There are too many entries.
    """
    found: Listing = {}
    waiting = [parts_of(below)]
    while waiting:
        parts = waiting.pop()
        name = "/".join(parts)
        try:
            found[name] = entry = _entry(root, parts)
        except OSError:
            continue  # gone meanwhile, or a link stands where a folder was
        if len(found) > MOST_ENTRIES:
            raise DataError(f"{below} has more than {MOST_ENTRIES:,} entries", where=below)
        if entry["kind"] == "folder":
            inner = sorted(os.listdir(root.joinpath(*parts)))  # noqa: PTH208
            inner = [n for n in inner if name != below or n not in leave_out]
            waiting += [(*parts, child) for child in inner]
    return found


def names(root: Path, below: str) -> list[str]:
    """The names in a folder of a trial; none where there is no such folder, or a link is one.

    Raises:
        OSError: It cannot be read.
    """
    parts = parts_of(below)
    _refuse_links_above(root, parts)
    folder = root.joinpath(*parts)
    return sorted(os.listdir(folder)) if folder.is_dir() and not folder.is_symlink() else []  # noqa: PTH208


def _entry(root: Path, parts: tuple[str, ...]) -> dict[str, Any]:
    path = root.joinpath(*parts)
    _refuse_links_above(root, parts)
    status = path.lstat()
    if stat.S_ISDIR(status.st_mode):
        return {"kind": "folder"}
    if stat.S_ISLNK(status.st_mode):
        return {"kind": "link"}
    if not stat.S_ISREG(status.st_mode):
        return {"kind": "other"}
    return {"kind": "file", "size": status.st_size}


def _refuse_links_above(root: Path, parts: tuple[str, ...]) -> None:
    for length in range(1, len(parts)):
        if root.joinpath(*parts[:length]).is_symlink():
            raise OSError(f"{'/'.join(parts[:length])} is a link")


def read_part(root: Path, name: str, offset: int) -> tuple[bytes, bool]:
    """A part of a file, and whether it is the last one.

    Raises:
        OSError: It is gone, or is no regular file.
    """
    with open_inside(root, *parts_of(name)) as file:
        file.seek(offset)
        return file.read(PART), file.tell() >= os.fstat(file.fileno()).st_size


def with_small(root: Path, listed: Listing) -> Listing:
    """A list with the bytes of its small files, up to a part's size in all.

    A file that changed since it was listed, or is gone, is left to be asked for by itself.
    """
    room = PART
    found: Listing = {}
    for name, entry in listed.items():
        size = int(entry.get("size", PART))
        if entry["kind"] == "file" and size <= min(SMALL, room):
            with suppress(OSError):
                part, last = read_part(root, name, 0)
                if last and len(part) == size:
                    entry = {**entry, "bytes": part}
                    room -= size
        found[name] = entry
    return found


class Incoming:
    """A file that arrives in parts.

    Args:
        root: The folder it goes to, which no untrusted code writes to.
        name: Its path below.
    """

    def __init__(self, root: Path, name: str) -> None:
        self.target = root.joinpath(*parts_of(name))
        self.target.parent.mkdir(parents=True, exist_ok=True)
        self._part = self.target.parent / f"{_INCOMING}{secrets.token_hex(6)}"
        self._file = self._part.open("xb")

    def add(self, part: bytes) -> None:
        """Adds the next part."""
        self._file.write(part)

    def keep(self, digest: str = "") -> str:
        """Puts the file where it belongs; returns its hash.

        Raises:
            DataError: It has another hash than it was sent with.
        """
        self._file.close()
        found = hash_file(self._part)
        if digest and found != digest:
            self._part.unlink()
            raise DataError(
                f"{self.target.name} arrived damaged", where=str(self.target), fix="send it again"
            )
        self._part.replace(self.target)
        return found

    def drop(self) -> None:
        """Gives it up."""
        self._file.close()
        self._part.unlink(missing_ok=True)


def take_file(
    root: Path, name: str, read: Callable[[str, int], tuple[bytes, bool]], digest: str = ""
) -> str:
    """Takes a whole file in from wherever `read(name, offset)` gets its parts; its hash.

    Raises:
        DataError: It arrived with another hash than `digest`.
    """
    incoming = Incoming(root, name)
    offset, last = 0, False
    try:
        while not last:
            part, last = read(name, offset)
            incoming.add(part)
            offset += len(part)
    except BaseException:
        incoming.drop()
        raise
    return incoming.keep(digest)


def take_folder(
    root: Path, listed: Mapping[str, Mapping[str, Any]], read: Callable[..., tuple[bytes, bool]]
) -> dict[str, str]:
    """Takes in what was listed; what is no file or folder arrives as a link to nowhere.

    Returns:
        The hash of each file, by its path.
    """
    hashes: dict[str, str] = {}
    for name, entry in listed.items():
        target = root.joinpath(*parts_of(name))
        if entry["kind"] == "file":
            if target.is_dir() and not target.is_symlink():
                shutil.rmtree(target)
            hashes[name] = take_file(root, name, _from(entry, read))
        elif entry["kind"] == "folder":
            if target.is_symlink() or target.is_file():
                target.unlink()
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                target.unlink()
            target.symlink_to(NOWHERE)
    return hashes


def _from(
    entry: Mapping[str, Any], read: Callable[[str, int], tuple[bytes, bool]]
) -> Callable[[str, int], tuple[bytes, bool]]:
    """What reads a listed file: its bytes, where they came with the list."""
    if "bytes" not in entry:
        return read
    return lambda name, offset: (entry["bytes"][offset:], True)
