"""Campaigns by id: an id names a folder below the server's root, and nothing else.

An id is the folder's path relative to the root, base64url without padding. What leads out of the
root is refused: absolute paths, `..`, and symbolic links anywhere on the way.
"""

from __future__ import annotations

import base64
import binascii
import stat
from pathlib import Path, PurePosixPath

from ftassist.errors import FtassistError

JOURNAL = "journal.db"


class NotHereError(FtassistError):
    """There is no campaign of that name below the root (HTTP 404)."""


def campaign_id(root: Path, folder: Path) -> str:
    """The id of a campaign's folder below the root."""
    relative = folder.relative_to(root).as_posix()
    return base64.urlsafe_b64encode(relative.encode()).decode().rstrip("=")


def campaign_folder(root: Path, name: str) -> Path:
    """The folder an id stands for, after every check.

    Args:
        root: The server's root, resolved.
        name: The id.

    Raises:
        NotHereError: It is no id, leads out of the root, or there is no campaign.
    """
    relative = _relative(name)
    folder = root
    for part in relative.parts:
        folder = folder / part
        _refuse_link(folder, name)
    _refuse_link(folder / JOURNAL, name)
    if not (folder / JOURNAL).is_file():
        raise _not_here(name)
    return folder


def id_of_folder(root: Path, folder: str) -> str:
    """The id of a campaign by its absolute folder, as `campaign.folder` of a card gives it.

    Raises:
        NotHereError: It lies outside the root, or there is no campaign.
    """
    path = Path(folder)
    if not path.is_absolute() or ".." in path.parts or not path.is_relative_to(root):
        raise NotHereError(
            "this campaign's folder is not below the folder this server was started in",
            where=folder[:500],
            fix=f"start Jupyter in a folder above it; this one serves {root}",
        )
    found = campaign_id(root, path)
    campaign_folder(root, found)
    return found


def _relative(name: str) -> PurePosixPath:
    try:
        raw = base64.b64decode(name + "=" * (-len(name) % 4), altchars=b"-_", validate=True)
        path = PurePosixPath(raw.decode())
    except (binascii.Error, ValueError) as error:
        raise _not_here(name) from error
    if path.is_absolute() or ".." in path.parts or "\0" in str(path):
        raise _not_here(name)
    return path


def _refuse_link(path: Path, name: str) -> None:
    try:
        mode = path.lstat().st_mode
    except (OSError, ValueError) as error:
        raise _not_here(name) from error
    if stat.S_ISLNK(mode):
        raise _not_here(name)


def _not_here(name: str) -> NotHereError:
    return NotHereError(
        "there is no such campaign below this server's folder",
        where=name[:200],
        fix="read the list of campaigns again",
    )
