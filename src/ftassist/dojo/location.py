"""Finds the files of a published data set, nearest first.

The order: an explicit folder; `FTASSIST_DATA/<org>/<name>`, an offline mirror; the Hugging Face
cache; the host, at the pinned revision. Nothing is asked of the network while a nearer place has
the files, and nothing at all with `HF_HUB_OFFLINE=1`. Downloads, reads no rows.
"""

from __future__ import annotations

import logging
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ftassist.dojo import github, hub
from ftassist.dojo.task import CATALOG, Source, catalog_folders
from ftassist.errors import DataError
from ftassist.files import cache_folder
from ftassist.hub_reach import is_offline

DATA_VARIABLE = "FTASSIST_DATA"

_SHARD = re.compile(r"(.*-)(\d{5})-of-(\d{5})\..*")
_logger = logging.getLogger(__name__)

Place = Literal["folder", "package", "mirror", "cache", "host"]


@dataclass(frozen=True)
class Located:
    """A data set's files on this machine.

    Attributes:
        source: The data set.
        files: Paths by part, in the order of their names.
        place: Where they were found.
        folder: The folder they lie in.
    """

    source: Source
    files: dict[str, tuple[Path, ...]]
    place: Place
    folder: Path


def locate(source: Source, folder: Path | None = None, *, download: bool = True) -> Located:
    """The files of a data set.

    Args:
        source: The data set.
        folder: A folder to take it from, and from nowhere else.
        download: Whether the host may be asked.

    Raises:
        DataError: It is nowhere to be had; says where was looked and what to do.
    """
    looked: list[str] = []
    for place, candidate in _local_places(source, folder):
        looked.append(f"{place}: {candidate}")
        if files := _matching(candidate, source.files):
            return Located(source, files, place, candidate)
    if folder is None and download and source.host != "package" and not is_offline():
        found = _download(source)
        if files := _matching(found, source.files):
            return Located(source, files, "host", found)
        looked.append(f"host: {found}")
    if folder is None and source.host == "hub":
        looked.append(f"cache: {hub.cache_note(source)}")
    raise DataError(
        f"the data set {source.id} is not on this machine",
        where="; ".join(looked) or "no place to look",
        fix=how_to_get(source),
    )


def available(source: Source) -> Place | None:
    """Where a data set lies on this machine; None where it does not. Asks no network."""
    try:
        return locate(source, download=False).place
    except DataError:
        return None


def how_to_get(source: Source) -> str:
    """What a person does to get a data set."""
    steps = [source.access] if source.access else []
    if source.gated:
        steps.append(
            f"accept the terms at https://huggingface.co/datasets/{source.id} and log in with "
            "`hf auth login`"
        )
    if not source.commercial:
        steps.append(f"mind that its licence ({source.licence}) allows no commercial use")
    steps.append(
        f"go online, or put its files below {DATA_VARIABLE}/{source.folder} (revision "
        f"{source.revision[:12]})"
    )
    return "; ".join(steps)


def _local_places(source: Source, folder: Path | None) -> Iterator[tuple[Place, Path]]:
    """Folders to look in, nearest first."""
    if folder is not None:
        yield "folder", folder
        return
    if source.host == "package":
        yield "package", catalog_folders().get(source.id, CATALOG / source.id)
        return
    if mirror := os.environ.get(DATA_VARIABLE):
        yield "mirror", Path(mirror) / source.folder
    if source.host == "hub":
        if whole := hub.cached(source):
            yield "cache", whole
    else:
        yield "cache", _github_folder(source)


def _matching(
    folder: Path, layouts: Sequence[dict[str, str]]
) -> dict[str, tuple[Path, ...]] | None:
    """The files of the first layout of which every part is there, with all of its shards."""
    for layout in layouts:
        found = {part: tuple(sorted(folder.glob(name))) for part, name in layout.items()}
        if found and all(found.values()) and all(map(_are_whole, found.values())):
            return found
    return None


def _are_whole(files: Sequence[Path]) -> bool:
    """Whether every file named as one of several (`train-00000-of-00003.parquet`) has the rest."""
    shards: dict[tuple[Path, str, int], set[int]] = defaultdict(set)
    for path in files:
        if match := _SHARD.fullmatch(path.name):
            shards[path.parent, match[1], int(match[3])].add(int(match[2]))
    return all(len(numbers) == count for (_, _, count), numbers in shards.items())


def _download(source: Source) -> Path:
    """Downloads a data set's files at the pinned revision; the folder they lie in.

    Raises:
        DataError: The host cannot be reached or refuses.
    """
    if not source.commercial:
        _logger.warning(
            "%s, to be downloaded: its licence (%s) allows no commercial use",
            source.id,
            source.licence,
        )
    try:
        if source.host == "hub":
            return hub.fetch(source)
        return github.fetch(source, _github_folder(source))
    except OSError as error:
        raise DataError(
            f"the data set {source.id} cannot be downloaded: {error}",
            where=f"{source.host} at revision {source.revision[:12]}",
            fix=how_to_get(source),
        ) from error


def _github_folder(source: Source) -> Path:
    return cache_folder() / "github" / source.id / source.revision
