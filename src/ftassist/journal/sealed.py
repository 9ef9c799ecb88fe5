"""Files derived from a journal, sealed: this user's own programs wrote them, as they lie.

A campaign's folder may have been copied from strangers, and cells may write to it. So what is to
be believed without being made again carries a keyed digest (BLAKE2b); its key lies with the user,
outside of all campaigns, and no kernel behind walls sees it. A file that was damaged, changed by
hand or brought along says nothing. Losing the key costs the time to make such files again.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from hashlib import blake2b
from hmac import compare_digest
from pathlib import Path

from ftassist.errors import FtassistError
from ftassist.files import cache_folder, open_inside, write_atomic

FOLD, VIEW = ".fold", ".view"
"""The files that are sealed: a campaign's state, and its whole view as a server sends it."""
KEY = "seal.key"
_BYTES = 32


def write_sealed(folder: Path, name: str, content: bytes) -> bool:
    """Writes a file of a campaign's folder, sealed; whether that was possible.

    In a folder that may not be written, on a full disk or without a key nothing comes of it, and
    nobody is harmed: such a file only saves time.
    """
    try:
        seal = _seal(_key(), name, content)
        write_atomic(folder / name, seal + b"\n" + content)
    except (OSError, FtassistError):
        return False
    return True


def read_sealed(folder: Path, name: str) -> bytes | None:
    """What is in such a file; None where there is none, or it is not as we wrote it."""
    try:
        with open_inside(folder, name) as file:
            seal = file.readline(2 * _BYTES + 1).rstrip(b"\n")
            content = file.read()
        known = _seal(_key(), name, content)
    except OSError:
        return None
    return content if compare_digest(seal, known) else None


def _seal(key: bytes, name: str, content: bytes) -> bytes:
    digest = blake2b(name.encode() + b"\n", key=key, digest_size=_BYTES)
    digest.update(content)
    return digest.hexdigest().encode()


def _key() -> bytes:
    """This user's key, made when it is first wanted.

    Raises:
        OSError: It cannot be read or made.
    """
    path = cache_folder() / KEY
    with suppress(FileNotFoundError):
        if len(key := path.read_bytes()) == _BYTES:
            return key
        path.unlink()
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f".{KEY}.{os.getpid()}.{secrets.token_hex(4)}")
    made.touch(mode=0o600)
    try:
        made.write_bytes(secrets.token_bytes(_BYTES))
        with suppress(FileExistsError):  # another process was faster: its key is the key
            os.link(made, path)
    finally:
        made.unlink()
    return path.read_bytes()
