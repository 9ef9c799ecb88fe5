"""A data set of the Hugging Face Hub as a folder on this machine, at a pinned revision.

Nearest first, as everywhere (see `location`): `FTASSIST_DATA/<org>/<name>`, the Hub's cache, the
host. The revision that was read is told, so that it can be written down.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ftassist.dojo import hub
from ftassist.dojo.location import DATA_VARIABLE, locate
from ftassist.dojo.tables.reader import SUFFIXES
from ftassist.dojo.task import Source
from ftassist.errors import DataError
from ftassist.hub_reach import endpoint, is_offline, reachable


@dataclass(frozen=True)
class HubSet:
    """A data set on this machine.

    Attributes:
        path: Its folder, or the file that was named.
        name: Its name without its owner.
        told: Its id and revision, for people.
    """

    path: Path
    name: str
    told: str


def hub_set(key: str, revision: str, file: str) -> HubSet:
    """Finds a data set, or downloads it.

    Args:
        key: `<org>/<name>`.
        revision: A commit or branch; "" takes the newest.
        file: A file of it; "" takes all that hold rows.

    Raises:
        DataError: It is not on this machine and cannot be had.
    """
    name = key.partition("/")[2]
    mirror = Path(os.environ[DATA_VARIABLE]) / key if os.environ.get(DATA_VARIABLE) else None
    if mirror and mirror.is_dir():
        return HubSet(_inside(mirror, file), name, f"{key} (in {DATA_VARIABLE})")
    commit = hub.cached_commit(key, revision or "main")
    folder = hub.cached(_source(key, commit, ())) if commit else None
    if commit is None or folder is None or not (folder / file).exists():
        commit, files = _asked(key, revision, file)
        folder = locate(_source(key, commit, files)).folder
    return HubSet(_inside(folder, file), name, f"{key} at revision {commit[:12]}")


def _source(key: str, commit: str, files: Sequence[str]) -> Source:
    """The data set as a source: the named files, or whatever holds rows."""
    named = {str(number): name for number, name in enumerate(files)}
    every = ({f"{n}{deep}": f"{deep}*{end}" for n, end in enumerate(SUFFIXES)}
             for deep in ("", "**/"))  # fmt: skip
    return Source(key, commit, (named,) if named else tuple(every), "as the Hub states")


def _asked(key: str, revision: str, file: str) -> tuple[str, list[str]]:
    """The commit a revision names, and its files with rows."""
    if is_offline():
        raise _nowhere(key, "the Hub is not asked while HF_HUB_OFFLINE is set")
    if not reachable():
        raise _nowhere(key, f"{endpoint()} cannot be reached")
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    try:
        info = HfApi().dataset_info(key, revision=revision or None)
    except (HfHubHTTPError, OSError, ValueError) as error:
        raise _nowhere(key, str(error).splitlines()[0]) from error
    names = [each.rfilename for each in info.siblings or ()]
    wanted = [name for name in names if name == file or (not file and _holds_rows(name))]
    if not wanted:
        raise DataError(
            f"the data set {key} has no {f'file {file!r}' if file else 'files with rows'}",
            where=f"{endpoint()}/datasets/{key}",
            fix=f"name one of: {', '.join(names)[:300]}",
        )
    return str(info.sha), wanted


def _holds_rows(name: str) -> bool:
    return name == "README.md" or name.lower().removesuffix(".gz").endswith(SUFFIXES)


def _inside(folder: Path, file: str) -> Path:
    path = folder / file if file else folder
    if not path.exists():
        raise DataError("there is no such file", where=str(path), fix="check its name")
    return path


def _nowhere(key: str, why: str) -> DataError:
    return DataError(
        f"there is no file or folder {key!r} here, and the data set of that name cannot be had: "
        f"{why}",
        where=key,
        fix=f"check the name, go online, or put its files below {DATA_VARIABLE}/{key}",
    )
