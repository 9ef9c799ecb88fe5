"""Where fetched and imported base models lie, and what is known of how they came.

A model is a folder in the layout of transformers below `FTASSIST_MODELS` (by default in
ftassist's cache), with `ftassist-model.json` beside its weights. Fetches nothing.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from ftassist.errors import FtassistError, UnknownNameError
from ftassist.files import cache_folder, read_json, write_json

MODELS_VARIABLE = "FTASSIST_MODELS"
NOTES = "ftassist-model.json"

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")


@dataclass(frozen=True)
class Origin:
    """Where an installed model came from.

    Attributes:
        key: Its name here.
        source: "mirror", "hub", "package" or "file".
        place: The folder, repository and revision, package or file.
        licence: Of the model, as its source states it.
        sha256: Checksums of what it was made of, by file.
        note: What to know of it, such as that its weights come from a file of four bits.
        fetched: The day, as YYYY-MM-DD.
    """

    key: str
    source: str
    place: str
    licence: str
    sha256: dict[str, str]
    note: str
    fetched: str


def models_folder() -> Path:
    """The folder of all installed models."""
    own = os.environ.get(MODELS_VARIABLE)
    return Path(own).expanduser() if own else cache_folder() / "models"


def folder_of(key: str) -> Path:
    """Where a model lies, or would.

    Raises:
        FtassistError: The name cannot be a folder's.
    """
    if not _NAME.fullmatch(key):
        raise FtassistError(
            f"{key!r} cannot be the name of a model",
            fix="use lower-case letters, digits, dots, dashes and underscores",
        )
    return models_folder() / key


def installed(key: str) -> Path | None:
    """The folder of an installed model; None where it is not here, whole."""
    if not _NAME.fullmatch(key):
        return None
    folder = folder_of(key)
    return folder if (folder / NOTES).is_file() else None


def installed_keys() -> list[str]:
    """All installed models."""
    return sorted(path.parent.name for path in models_folder().glob(f"*/{NOTES}"))


def origin_of(folder: Path) -> Origin | None:
    """How a model folder came here; None for one that ftassist did not make."""
    notes = folder / NOTES
    return Origin(**read_json(notes)) if notes.is_file() else None


def write_origin(folder: Path, origin: Origin) -> None:
    """Notes how a model came; written last, so that a model without it is not whole."""
    write_json(folder / NOTES, asdict(origin))


def remove(key: str) -> int:
    """Removes an installed model; the bytes that are free now.

    Raises:
        UnknownNameError: It is not installed; names the nearest that is.
    """
    folder = installed(key)
    if folder is None:
        raise UnknownNameError.of("installed model", key, installed_keys())
    size = size_of(folder)
    # The note goes first: a removal that breaks off leaves no model that looks whole.
    (folder / NOTES).unlink()
    shutil.rmtree(folder)
    return size


def size_of(folder: Path) -> int:
    """The bytes of a folder's files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
