"""The key of the model service: read by the process that calls it, and by no other.

`take` moves it out of the environment into this process, so that what the process starts
(evaluator, workers, kernels) does not inherit it. It is never written anywhere; `scrub` removes
it from texts that come back from a server.
"""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress

from ftassist.errors import FtassistError

VARIABLE = "ANTHROPIC_API_KEY"
CHAT_VARIABLE = "OPENAI_API_KEY"
"""The same for servers that speak chat completions; those of one's own may need none."""
SERVICE = "ftassist"
"""The name the keyring knows it by; the account is the variable's name."""
_OTHERS = ("ANTHROPIC_AUTH_TOKEN",)
_HIDDEN = "[key]"
_PR_SET_DUMPABLE = 4
_taken: dict[str, str] = {}


def take() -> None:
    """Takes the key out of the environment of this process; children start without it.

    On Linux the process also becomes unreadable to others of the same user (its first
    environment stays in /proc otherwise); root can always read it.
    """
    for name in (VARIABLE, CHAT_VARIABLE):
        if found := os.environ.pop(name, "").strip():
            _taken[name] = found
    for name in _OTHERS:
        os.environ.pop(name, None)
    if _taken and sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def find_key(variable: str = VARIABLE) -> str:
    """The key: as taken, from the environment, or from the keyring; "" where there is none."""
    return _taken.get(variable) or os.environ.get(variable, "").strip() or _from_keyring(variable)


def read_key() -> str:
    """The key: as taken, from the environment, or from the keyring.

    Raises:
        FtassistError: There is none.
    """
    key = find_key()
    if not key:
        raise FtassistError(
            "there is no key for the model service",
            where=VARIABLE,
            fix=f"set {VARIABLE} before the runner starts, or store it with "
            f"`keyring set {SERVICE} {VARIABLE}`; the playbook needs none",
        )
    return key


def has_key() -> bool:
    """Whether there is a key."""
    try:
        return bool(read_key())
    except FtassistError:
        return False


def scrub(text: str) -> str:
    """A text without the key, should a server have sent it back."""
    found = (os.environ.get(name, "").strip() for name in (VARIABLE, CHAT_VARIABLE))
    for key in {*_taken.values(), *found}:
        if len(key) >= 8:
            text = text.replace(key, _HIDDEN)
    return text


def forget() -> None:
    """Forgets a key that was taken."""
    _taken.clear()


def _from_keyring(variable: str) -> str:
    """The key in the system's keyring, if the `keyring` package is there and has one."""
    try:
        import keyring  # type: ignore[import-not-found, unused-ignore]
        from keyring.errors import (  # type: ignore[import-not-found, unused-ignore]
            KeyringError,
        )
    except ImportError:
        return ""
    try:
        found = str(keyring.get_password(SERVICE, variable) or "").strip()
    except (KeyringError, RuntimeError):
        return ""
    if found:
        _taken[variable] = found
    return found
