"""A campaign's artefacts in an object store, or any other place that fsspec knows, and back.

    <url>/<name>-<id>/journal.db             a consistent copy of the journal, taken by SQLite
    <url>/<name>-<id>/trials/t0001.json      the files of a trial that ended: path -> hash
    <url>/<name>-<id>/objects/<hash>         their bytes, once each

Written from the journal and the trials' folders, read by `restore` only. What the journal says a
file is decides: one that is not so any more is left out on the way there and refused on the way
back. No evaluation data and no item scores travel.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.cluster.transfer import parts_of
from ftassist.errors import DataError, FtassistError
from ftassist.files import hash_file, hash_text
from ftassist.journal.store import Journal

if TYPE_CHECKING:
    from ftassist.campaign.campaign import Campaign

STORE = "store"
VARIABLE = "FTASSIST_STORE"
"""Where artefacts go: file:///mnt/share, s3://bucket/prefix, or any URL that fsspec reads."""
_JOURNAL = "journal.db"
_OBJECT_STORES = {"s3", "gs", "abfs", "oss", "oci"}


def store_url() -> str:
    """Where artefacts go.

    Raises:
        FtassistError: Nothing says it.
    """
    if url := os.environ.get(VARIABLE, ""):
        return url
    raise FtassistError(
        "nothing says where artefacts are to be kept",
        where=VARIABLE,
        fix=f"set {VARIABLE} to a URL such as s3://bucket/prefix or file:///mnt/share",
    )


def keep(campaign: Campaign, url: str) -> int:
    """Brings the store up to date; returns how many trials were written.

    Raises:
        FtassistError: The URL cannot be used, or the store does not answer.
    """
    with _told(url):
        return _keep(campaign, *_at(url))


def _keep(campaign: Campaign, system: Any, root: str) -> int:
    place = f"{root}/{campaign.name}-{_id(campaign)}"
    written = 0
    for trial in campaign.refresh().trials.values():
        files = dict(trial.outcome.files)
        manifest = f"{place}/trials/{trial.id}.json"
        if not files or trial.model_removed or _same(system, manifest, files):
            continue
        kept = _send(system, place, campaign.folder / "trials" / trial.id, files)
        _put(system, manifest, json.dumps(kept, sort_keys=True).encode())
        written += 1
    with tempfile.TemporaryDirectory(prefix="ftassist-store-") as folder:
        copy = Path(folder) / _JOURNAL
        journal = sqlite3.connect(campaign.journal.path)
        with closing(journal) as here, closing(sqlite3.connect(copy)) as there:
            here.backup(there)
            there.execute("PRAGMA journal_mode=DELETE")
        _put(system, f"{place}/{_JOURNAL}", copy.read_bytes())
    return written


def restore(url: str, folder: Path) -> int:
    """Brings a campaign back into a new folder; returns how many files came.

    Args:
        url: The campaign's own place in the store, with its name and id.
        folder: Where to.

    Raises:
        DataError: There is no campaign, or a file is not what it was.
        FtassistError: The folder is there already, the URL cannot be used, or the store does not
            answer.
    """
    with _told(url):
        return _restore(url, folder)


def _restore(url: str, folder: Path) -> int:
    if folder.exists() and any(folder.iterdir()):
        raise FtassistError(
            "the folder is not empty", where=str(folder), fix="name one that is not there yet"
        )
    system, place = _at(url)
    if not system.exists(f"{place}/{_JOURNAL}"):
        raise DataError(
            "there is no campaign here",
            where=url,
            fix="name the place of one campaign: the store's URL with <name>-<id> behind it",
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _JOURNAL).write_bytes(system.cat_file(f"{place}/{_JOURNAL}"))
    journal = Journal(folder / _JOURNAL)
    journal.read()
    if journal.damage:
        raise DataError(f"the journal is damaged: {journal.damage.what}", where=url)
    journal.close()
    return sum(
        _bring(system, place, Path(name).stem, folder)
        for name in (system.ls(f"{place}/trials", detail=False) if _has(system, place) else ())
    )


def _has(system: Any, place: str) -> bool:
    return bool(system.exists(f"{place}/trials"))


def _bring(system: Any, place: str, trial: str, folder: Path) -> int:
    raw = json.loads(system.cat_file(f"{place}/trials/{trial}.json"))
    for name, digest in raw.items():
        target = (folder / "trials").joinpath(*parts_of(trial), *parts_of(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        system.get_file(f"{place}/objects/{parts_of(digest)[0]}", str(target))
        if hash_file(target) != digest:
            target.unlink()
            raise DataError(f"{name} of {trial} is not what it was when it was kept", where=place)
    return len(raw)


def _send(system: Any, place: str, folder: Path, files: Mapping[str, str]) -> dict[str, str]:
    """Sends the files that are as the journal says; returns those that are there now."""
    kept = {}
    for name, digest in files.items():
        path = folder.joinpath(*parts_of(name))
        target = f"{place}/objects/{digest}"
        if path.is_symlink() or not path.is_file() or hash_file(path) != digest:
            continue
        if not system.exists(target):
            _make_folder(system, f"{place}/objects")
            system.put_file(str(path), target)
        kept[name] = digest
    return kept


def _same(system: Any, manifest: str, files: Mapping[str, str]) -> bool:
    return bool(system.exists(manifest) and json.loads(system.cat_file(manifest)) == files)


def _put(system: Any, target: str, raw: bytes) -> None:
    """Writes an object whole: beside its place first where that is a file system."""
    _make_folder(system, target.rpartition("/")[0])
    if "file" in _protocols(system):
        system.pipe_file(f"{target}.new", raw)
        Path(f"{target}.new").replace(target)
    else:
        system.pipe_file(target, raw)


def _make_folder(system: Any, folder: str) -> None:
    """Makes a folder where there are any: an object store would make a mistyped bucket instead."""
    if not _OBJECT_STORES & _protocols(system):
        system.makedirs(folder, exist_ok=True)


def _protocols(system: Any) -> set[str]:
    found = system.protocol
    return set(found) if isinstance(found, tuple | list) else {str(found)}


def _at(url: str) -> tuple[Any, str]:
    """The file system of a URL, and the path there."""
    import fsspec

    system, root = fsspec.core.url_to_fs(url)
    return system, str(root).rstrip("/")


@contextmanager
def _told(url: str) -> Iterator[None]:
    """Says in words what a store answers: each file system of fsspec raises errors of its own."""
    try:
        yield
    except FtassistError:
        raise
    except (ImportError, ValueError) as error:
        raise FtassistError(
            f"the store cannot be used: {error}",
            where=url,
            fix="give a URL that fsspec reads, and install what it needs: "
            "`pip install 'ftassist[s3]'` for s3://",
        ) from error
    except Exception as error:
        raise FtassistError(
            f"the store does not do what is asked of it: {str(error) or type(error).__name__}",
            where=url,
            fix="check that it is there, and the credentials (for s3:// those of the AWS "
            "command line, and AWS_ENDPOINT_URL for a store that is not Amazon's)",
        ) from error


def _id(campaign: Campaign) -> str:
    first = campaign.journal.first()
    return hash_text(f"{first.time} {first.payload}" if first else campaign.name)[:8]
