"""Folders written whole or not at all: an interrupted save leaves nothing half-written behind."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from ftassist.errors import FtassistError


def write_folder(target: Path, write: Callable[[Path], None]) -> None:
    """Lets `write` fill a temporary folder beside `target`, then renames it to `target`.

    A folder that was there before is replaced, and stays as it was if writing fails.

    Raises:
        FtassistError: The folder is read-only or the disk is full.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise _cannot_write(target, error) from error
    try:
        write(fresh)
        fresh.chmod(0o755)
        if target.exists():
            old = fresh.with_name(f"{fresh.name}.old")
            target.replace(old)
            fresh.replace(target)
            shutil.rmtree(old)
        else:
            fresh.replace(target)
    except OSError as error:
        raise _cannot_write(target, error) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _cannot_write(target: Path, error: OSError) -> FtassistError:
    return FtassistError(
        f"cannot write {target.name}: {error.strerror or error}",
        where=str(target),
        fix="check that the disk is not full and the folder is writable, then try again",
    )
