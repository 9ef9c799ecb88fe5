"""Fetches a data set's files from the Hugging Face Hub, at the commit its card names.

A gated set without a token is refused whatever one does, and a Hub out of reach is asked for a
long time. So both are found out first (see `hub_reach`). Knows no mirror and no order of places
(see `location`).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from ftassist.dojo.task import Source
from ftassist.hub_reach import endpoint, reachable

_WHOLE_COMMIT = re.compile("[0-9a-f]{40}")


def fetch(source: Source) -> Path:
    """The folder with the files that a card names, downloaded where they are not here yet.

    Raises:
        OSError: The Hub cannot be reached, refuses, or does not have the commit.
    """
    from huggingface_hub import get_token, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    if source.gated and not get_token():
        raise PermissionError("it is gated, and this machine has no Hugging Face token")
    if not reachable():
        raise ConnectionError(f"{endpoint()} cannot be reached")
    try:
        return Path(
            snapshot_download(
                source.id,
                repo_type="dataset",
                revision=_commit(source),
                allow_patterns=_patterns(source),
            )
        )
    except (HfHubHTTPError, LocalEntryNotFoundError) as error:
        raise OSError(str(error).splitlines()[0]) from error


def cached(source: Source) -> Path | None:
    """The folder of the data set in the Hugging Face cache; None where it is not there whole.

    Asks no network. A download that was interrupted leaves some of its files behind: the list of
    files that the library keeps beside them tells.
    """
    folder = next(iter(sorted(_snapshots(source).glob(f"{source.revision}*"))), None)
    if folder is None or not any(folder.glob(name) for name in _patterns(source)):
        return None
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(
            snapshot_download(
                source.id,
                repo_type="dataset",
                revision=folder.name,
                allow_patterns=_patterns(source),
                cache_dir=_cache(),
                local_files_only=True,
            )
        )
    except LocalEntryNotFoundError:
        return None


def cached_commit(key: str, revision: str) -> str | None:
    """The commit that a branch or a commit's name stands for in the cache; None without one."""
    folder = _cache() / ("datasets--" + key.replace("/", "--"))
    reference = folder / "refs" / revision
    if reference.is_file():
        return reference.read_text(encoding="utf-8").strip()
    return revision if (folder / "snapshots" / revision).is_dir() else None


def cache_note(source: Source) -> str:
    """Where the library keeps the data set, for people, and whether a part of it is there."""
    place = _snapshots(source) / source.revision
    return f"{place} (a download of it broke off)" if place.is_dir() else str(place)


def _commit(source: Source) -> str:
    """The whole name of the commit a card pins.

    Raises:
        OSError: The data set has no such commit.
    """
    if _WHOLE_COMMIT.fullmatch(source.revision):
        return source.revision
    from huggingface_hub import HfApi

    commits = HfApi().list_repo_commits(source.id, repo_type="dataset")
    found = [c.commit_id for c in commits if c.commit_id.startswith(source.revision)]
    if len(found) != 1:
        raise OSError(f"{len(found)} commits of it begin with {source.revision}")
    return str(found[0])


def _patterns(source: Source) -> list[str]:
    return [name for layout in source.files for name in layout.values()]


def _snapshots(source: Source) -> Path:
    return _cache() / ("datasets--" + source.id.replace("/", "--")) / "snapshots"


def _cache() -> Path:
    """The Hugging Face cache, without importing its library."""
    if cache := os.environ.get("HF_HUB_CACHE"):
        return Path(cache)
    home = os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface"
    return Path(home) / "hub"
