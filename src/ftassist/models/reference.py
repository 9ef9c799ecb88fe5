"""Finds a base model on this machine: one rule for training, evaluator, sandbox and campaign.

A reference is, in this order, a name that ships ("tiny"), a folder, a GGUF file or a folder with
one, a short name of the registry or of an import (`ftassist models`), an id below `FTASSIST_DATA`,
or a Hugging Face id (from the cache, else from the Hub where that may be asked). What comes out is
a folder and the files in it that a loader reads; files may be links, as in the Hugging Face cache.
Looks at names only: whether the files are sound is `check`'s business.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ftassist.errors import ModelError
from ftassist.files import hash_file, hash_text, sample_digest
from ftassist.models import registry, store

TINY_NAME = "tiny"
DATA_VARIABLE = "FTASSIST_DATA"
CONFIG = "config.json"
GGUF = ".gguf"
READ = frozenset({".safetensors", ".json", ".jinja", ".model", ".txt"})
"""Suffixes of the files of a model folder that loaders read."""
TEMPLATES = "additional_chat_templates"
"""The folder that holds further named chat templates."""

_HUB_FILES = [f"*{suffix}" for suffix in sorted(READ)]
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?")
_FIX = (
    f"give {TINY_NAME!r}, the path of a model folder or GGUF file, or a Hub id such as 'org/name'"
)


@dataclass(frozen=True)
class BaseModel:
    """A base model on this machine.

    Attributes:
        name: As people gave it.
        path: The folder its files are in, resolved.
        gguf_file: The GGUF file in it that holds everything, to be unpacked before it is loaded
            (see `unpacking`); "" for a folder of safetensors.
    """

    name: str
    path: Path
    gguf_file: str = ""

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that loaders read, by name; each may be a link."""
        if self.gguf_file:
            return (self.path / self.gguf_file,)
        named = [path for path in self.path.iterdir() if path.suffix.lower() in READ]
        named += (self.path / TEMPLATES).glob("*.jinja")
        return tuple(sorted(path for path in named if not path.is_dir()))

    @property
    def size(self) -> int:
        """The bytes of these files."""
        return sum(path.stat().st_size for path in self.files if path.exists())

    @property
    def place(self) -> Path:
        """What a person would name: the folder, or the GGUF file."""
        return self.path / self.gguf_file if self.gguf_file else self.path

    def sample_digest(self) -> str:
        """A digest by which the model is known again wherever it lies; reads little of it."""
        return sample_digest(self.files, self.path)

    def digest(self) -> str:
        """A hash of the files' names and bytes; reads all of them."""
        files = [path for path in self.files if path.exists()]
        names = [path.relative_to(self.path).as_posix() for path in files]
        pairs = zip(names, files, strict=True)
        return hash_text(*(part for name, path in pairs for part in (name, hash_file(path))))


def tiny_path() -> Path:
    """Return the folder of the tiny causal base model, in the layout of transformers.

    >>> (tiny_path() / "config.json").name
    'config.json'
    """
    return Path(__file__).parent / TINY_NAME


def resolve(name: str, *, download: bool = False) -> BaseModel:
    """The base model that a reference stands for.

    Args:
        name: A name that ships, a folder, a GGUF file, or a Hugging Face id.
        download: Whether the Hub may be asked for an id that is nowhere on this machine.

    Raises:
        ModelError: It is none of these, or not on this machine and not to be had.
    """
    for place in _PLACES:
        if (found := place(name)) is not None:
            return found
    if download and registry.find(name) is None and could_be_hub_id(name) and "/" in name:
        return _from_hub(name)
    raise _unknown(name)


def find(name: str) -> BaseModel | None:
    """The base model where it lies on this machine; asks no network and raises nothing."""
    try:
        return resolve(name)
    except ModelError:
        return None


def could_be_hub_id(name: str) -> bool:
    """Whether a reference that is nothing on this machine may be an id of the Hub."""
    return bool(_HUB_ID.fullmatch(name)) and not name.endswith(GGUF)


def _shipped(name: str) -> BaseModel | None:
    """A model that comes with the package."""
    return BaseModel(name, tiny_path()) if name == TINY_NAME else None


def _on_disk(name: str) -> BaseModel | None:
    """A folder or a GGUF file, as the path says."""
    return _found(name, name) if name else None


def _installed(name: str) -> BaseModel | None:
    """A model of the registry or an imported one, by its short name; or where its files lie."""
    entry = registry.find(name)
    if (folder := store.installed(entry.key if entry else name)) is not None:
        return BaseModel(name, folder.resolve())
    if entry is None or entry.repository == name:
        return None
    return _mirrored(entry.repository) or _cached(entry.repository)


def _mirrored(name: str) -> BaseModel | None:
    """An id below `FTASSIST_DATA`."""
    root = os.environ.get(DATA_VARIABLE)
    if not root or not name or Path(name).is_absolute() or ".." in Path(name).parts:
        return None
    return _found(name, str(Path(root) / name))


def _cached(name: str) -> BaseModel | None:
    """A Hugging Face id whose files are in the cache."""
    if not could_be_hub_id(name):
        return None
    from huggingface_hub import snapshot_download

    try:
        found = snapshot_download(name, allow_patterns=_HUB_FILES, local_files_only=True)
    except (OSError, ValueError):
        return None
    # A cache may hold a configuration alone, when something once asked only for that.
    weights = list(Path(found).glob("*.safetensors"))
    return BaseModel(name, Path(found).absolute()) if weights else None


_PLACES: tuple[Callable[[str], BaseModel | None], ...] = (
    _shipped,
    _on_disk,
    _installed,
    _mirrored,
    _cached,
)
"""Where a model is looked for, in this order; each says None for what it does not know."""


def _found(name: str, path: str) -> BaseModel | None:
    """The model at a path that may be none: too long, of no such home, with a null byte."""
    try:
        return _at(name, Path(path).expanduser())
    except (OSError, RuntimeError, ValueError):
        return None


def _at(name: str, place: Path) -> BaseModel | None:
    """The model at a path; None where there is nothing.

    Raises:
        ModelError: There is something, and it is no model.
    """
    if place.is_file():
        if place.suffix.lower() == GGUF:
            return BaseModel(name, place.parent.resolve(), place.name)
        raise ModelError(
            f"there is no model folder {name!r}: it is a file",
            where=str(place.absolute()),
            fix="name the folder that holds it, or a GGUF file",
        )
    if not place.is_dir():
        return None
    if (place / CONFIG).is_file() or (place / CONFIG).is_symlink():
        return BaseModel(name, place.resolve())
    packed = sorted(path.name for path in place.glob(f"*{GGUF}") if path.is_file())
    if len(packed) == 1:
        return BaseModel(name, place.resolve(), packed[0])
    raise _no_model(place, packed)


def _no_model(place: Path, packed: list[str]) -> ModelError:
    """The error that a folder holds no model, by what it holds instead."""
    what, fix = f"holds no model: it has no {CONFIG}", "name the folder that save_pretrained wrote"
    if packed:
        what = f"holds {len(packed)} GGUF files, so which one is meant is not clear"
        fix = f"name one of them: {place / packed[0]}"
    elif (place / "adapter_config.json").is_file():
        what = "holds an adapter, not a model"
        fix = "name its base model (base_model_name_or_path in adapter_config.json)"
    elif snapshots := sorted(place.glob(f"snapshots/*/{CONFIG}")):
        what = f"holds no model: it has no {CONFIG}, but a snapshot below it has"
        fix = f"name {snapshots[-1].parent}, or the model by its Hub id"
    return ModelError(f"the folder {place.name!r} {what}", where=str(place.absolute()), fix=fix)


def _from_hub(name: str) -> BaseModel:
    """A snapshot of a Hub repository, fetched."""
    from huggingface_hub import snapshot_download

    try:
        found = snapshot_download(name, allow_patterns=_HUB_FILES)
    except Exception as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise ModelError(
            f"there is no model {name!r} here, and the Hub did not give it: {first}", fix=_FIX
        ) from error
    return BaseModel(name, Path(found).absolute())


def _unknown(name: str) -> ModelError:
    if entry := registry.find(name):
        what = f"the model {name!r} is not on this machine yet"
        return ModelError(what, fix=f"fetch it with `ftassist models get {entry.key}`")
    if could_be_hub_id(name):
        what = f"there is no model {name!r} on this machine"
        return ModelError(what, where="folder, FTASSIST_DATA, Hugging Face cache", fix=_FIX)
    return ModelError(
        f"there is no model folder {name!r}",
        where=str(Path(name).absolute()) if name else "model",
        fix=_FIX,
    )
