"""Fetches a data set's files from a GitHub repository, at the commit its card names.

Files that a card names are fetched one by one; for a pattern such as `text/*.txt` the archive of
the commit is, and only what matches is kept. Some repositories hold no data and release them as a
zip file, which no commit pins; then that is fetched. In each case a folder that was interrupted
does not look whole.
"""

from __future__ import annotations

import http.client
import shutil
import tarfile
import tempfile
import urllib.parse
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from ftassist.dojo.task import Source
from ftassist.files import write_atomic

RAW = "https://raw.githubusercontent.com"
ARCHIVES = "https://codeload.github.com"
TIMEOUT_SECONDS = 60.0

Member = tuple[PurePosixPath, Callable[[], bytes]]
"""A file of an archive and how to read it."""

_BROKEN = (http.client.HTTPException, tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError)


def fetch(source: Source, folder: Path) -> Path:
    """The folder, with the files of the card's first layout in it.

    Raises:
        OSError: GitHub cannot be reached, or does not have the commit or a file.
    """
    names = set(source.files[0].values())
    everywhere = {name for layout in source.files for name in layout.values()}
    commit = f"{ARCHIVES}/{source.id}/tar.gz/{source.revision}"
    try:
        if source.archive:
            _fetch_archive(source.archive, folder, everywhere)
        elif any("*" in name for name in names):
            _fetch_archive(commit, folder, names)
        else:
            _fetch_files(source, folder, names)
    except _BROKEN as error:
        raise OSError(f"the answer broke off: {error!r}") from error
    return folder


def _fetch_files(source: Source, folder: Path, names: Collection[str]) -> None:
    for name in sorted(names):
        if not (folder / name).is_file():
            url = f"{RAW}/{source.id}/{source.revision}/{urllib.parse.quote(name)}"
            with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:
                write_atomic(folder / name, answer.read())


def _fetch_archive(url: str, folder: Path, patterns: Collection[str]) -> None:
    """Takes the matching files out of an archive; they appear together."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        with tempfile.TemporaryFile() as file:
            with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:
                shutil.copyfileobj(answer, file)
            file.seek(0)
            members = _zipped(file) if url.endswith(".zip") else _packed(file)
            for place, content in members:
                if any(fnmatchcase(str(place), pattern) for pattern in patterns):
                    (made / place).parent.mkdir(parents=True, exist_ok=True)
                    (made / place).write_bytes(content())
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _packed(file: IO[bytes]) -> Iterator[Member]:
    """The plain files of a commit's archive, without its own top folder."""
    with tarfile.open(fileobj=file, mode="r:gz") as archive:
        for member in archive:
            place = PurePosixPath(*PurePosixPath(member.name).parts[1:])
            if member.isfile() and ".." not in place.parts:
                content = archive.extractfile(member)
                assert content is not None
                yield place, content.read


def _zipped(file: IO[bytes]) -> Iterator[Member]:
    """The files of a zip file."""
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            place = PurePosixPath(member.filename)
            if not member.is_dir() and ".." not in place.parts and not place.is_absolute():
                yield place, partial(archive.read, member)
