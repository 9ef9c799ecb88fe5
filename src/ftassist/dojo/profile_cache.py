"""Profiles by content: the same rows, card and code are profiled once on a machine.

A cache that cannot be read or written is passed over: a profile can always be computed again.
"""

from __future__ import annotations

from collections.abc import Callable

from ftassist.dojo.profile import Profile
from ftassist.errors import FtassistError
from ftassist.files import cache_folder, read_json, write_json


def cached_profile(key: str, compute: Callable[[], Profile]) -> Profile:
    """The profile kept under a key, or the computed one, which is then kept."""
    path = cache_folder() / "profiles" / f"{key}.json"
    try:
        return Profile.from_dict(read_json(path))
    except (OSError, FtassistError, TypeError, KeyError):
        made = compute()
    try:
        write_json(path, made.to_dict())
    except (FtassistError, TypeError):
        return made
    return made
