"""A copy of a trial's model folder that nobody but the evaluator can change.

The trial's kernel still runs while its model is scored. So the files are copied first, without
following links, and everything that is checked, hashed and loaded is the copy. Knows files, not
models: what is in them is judged by `lineage`.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ftassist.dojo.evaluator.protocol import RefusedError

READ = frozenset({".safetensors", ".json", ".jinja", ".model", ".txt"})
"""Suffixes of the files that are copied; others are never opened."""

MAX_ENTRIES = 10_000
"""Entries a model folder may have; a saved model has some tens."""

_CODE = frozenset({".py", ".pyc", ".pyd", ".so", ".dll", ".dylib", ".sh", ".ipynb"})


@contextmanager
def snapshot(root: Path, folder: Path, place: Path) -> Iterator[Path]:
    """A private copy of a model folder, removed afterwards.

    Args:
        root: The trial's folder.
        folder: The model folder, below `root`.
        place: A folder outside the trial's, on a disk with room for the copy.

    Raises:
        RefusedError: CONFIG: there is no such folder; INVALID: it holds a link, a device or pipe,
            or code; ENV: it cannot be copied.
    """
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".reading-", dir=place) as private:
        copy = Path(private) / folder.name
        try:
            _copy_folder(root, folder, copy)
            yield copy
        except RefusedError as error:
            error.where = error.where.replace(str(copy), str(folder))
            raise


def _copy_folder(root: Path, folder: Path, copy: Path) -> None:
    """Copies the files of a folder that a loader reads, by name, one level deep."""
    copy.mkdir(mode=0o700)
    try:
        handle = _open_folder(root, folder)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise RefusedError(
            f"there is no model folder {folder.name!r}",
            kind="CONFIG",
            where=str(folder),
            fix="save the model before evaluating it",
        ) from error
    except OSError as error:
        raise _invalid(f"the model folder cannot be opened: {error.strerror}", folder) from error
    try:
        names = sorted(os.listdir(handle))  # noqa: PTH208 - of an open folder
        if len(names) > MAX_ENTRIES:
            raise _invalid(f"the model folder has {len(names):,} entries", folder)
        for name in names:
            _copy_entry(handle, name, folder, copy)
    finally:
        os.close(handle)


def _open_folder(root: Path, folder: Path) -> int:
    """Opens a folder step by step from `root`, so that no step can be exchanged for a link."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
    handle = os.open(root, flags)
    for part in folder.relative_to(root).parts:
        try:
            deeper = os.open(part, flags, dir_fd=handle)
        finally:
            os.close(handle)
        handle = deeper
    return handle


def _copy_entry(handle: int, name: str, folder: Path, copy: Path) -> None:
    """Copies one entry of a folder, or refuses it by what it is."""
    kind = os.stat(name, dir_fd=handle, follow_symlinks=False).st_mode
    suffix = Path(name).suffix.lower()
    if stat.S_ISLNK(kind):
        raise _invalid(f"a model folder must hold no links, here is {name}", folder / name)
    if suffix in _CODE:
        raise _invalid(f"a model folder must hold no code, here is {name}", folder / name)
    if stat.S_ISDIR(kind):
        return
    if not stat.S_ISREG(kind):
        raise _invalid(f"a model folder holds files only, {name} is none", folder / name)
    if suffix not in READ:
        (copy / name).touch(mode=0o600)
        return
    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        with os.fdopen(os.open(name, flags, dir_fd=handle), "rb") as source:
            if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
                raise _invalid(f"{name} was exchanged while it was read", folder / name)
            with (copy / name).open("xb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
    except OSError as error:
        raise RefusedError(
            f"the model cannot be copied for scoring: {error.strerror}",
            kind="ENV",
            where=str(folder / name),
            fix="check that the disk has room for a copy of the model",
        ) from error


def _invalid(what: str, where: Path) -> RefusedError:
    """A refusal that makes the trial INVALID."""
    return RefusedError(
        what,
        kind="INVALID",
        where=str(where),
        fix="save the fine-tuned model with save_pretrained, and nothing else",
    )
