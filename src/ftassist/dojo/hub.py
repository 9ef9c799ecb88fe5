"""Fetches a data set's files from the Hugging Face Hub, at the commit its card names.

The Hub's library asks a host that does not answer five times more, seconds apart, and a gated set
without a token is refused whatever one does. So both are found out first: whether there is a
token, and whether the Hub can be reached at all, which is asked once a minute at most. Knows no
mirror and no order of places (see `locating`).
"""

from __future__ import annotations

import os
import re
import ssl
import time
import urllib.error
import urllib.request
from functools import lru_cache
from pathlib import Path

from ftassist.dojo.task import Source

ENDPOINT_VARIABLE = "HF_ENDPOINT"
REACH_SECONDS = 5.0
ASKED_AGAIN_SECONDS = 60.0
"""How long a Hub that could not be reached is taken to be out of reach."""

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


def cache_note(source: Source) -> str:
    """Where the library keeps the data set, for people, and whether a part of it is there."""
    place = _snapshots(source) / source.revision
    return f"{place} (a download of it broke off)" if place.is_dir() else str(place)


def reachable() -> bool:
    """Whether the Hub answers, whatever it says."""
    return _reached(endpoint(), _minute())


def endpoint() -> str:
    """The Hub's address."""
    return os.environ.get(ENDPOINT_VARIABLE, "").rstrip("/") or "https://huggingface.co"


@lru_cache(maxsize=4)
def _reached(address: str, minute: int) -> bool:
    """Asks once; an answer of any kind will do, and so does a certificate that is not trusted."""
    del minute
    try:
        request = urllib.request.Request(address, method="HEAD")
        with urllib.request.urlopen(request, timeout=REACH_SECONDS):
            return True
    except urllib.error.HTTPError:
        return True
    except urllib.error.URLError as error:
        return isinstance(error.reason, ssl.SSLError)
    except (OSError, ValueError):
        return False


def _minute() -> int:
    return int(time.monotonic() // ASKED_AGAIN_SECONDS)


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
