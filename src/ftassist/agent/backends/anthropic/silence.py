"""How long a server may say nothing before a call is given up.

A server of one's own reads a long prompt for minutes on a small machine, and says nothing
meanwhile: as long as it answers when it is asked whether it is there, its silence is work.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

PATIENCE = 6.0
"""So many times longer a call of such a server may take in all."""
PING_SECONDS = 5.0
"""How long it may take to say that it is there."""
_OFFICIAL = "api.anthropic.com"


class Silence:
    """The silence of a call.

    Args:
        seconds: Without a sign of life, after which the server is asked whether it is there.
        alive: Asks it.
    """

    def __init__(self, seconds: float, alive: Callable[[], bool]) -> None:
        self._seconds = seconds
        self._alive = alive
        self._since = time.monotonic()

    def too_long(self, heard: bool) -> bool:
        """Whether the server is gone; where it is only slow, its time begins anew."""
        now = time.monotonic()
        if heard:
            self._since = now
        if now - self._since <= self._seconds:
            return False
        if not self._alive():
            return True
        self._since = time.monotonic()
        return False


def is_own(base_url: str) -> bool:
    """Whether a server is one of one's own, which may be slow."""
    return bool(base_url) and urlsplit(base_url).hostname != _OFFICIAL


def answers(url: str) -> bool:
    """Whether a server answers at an address, with whatever but a fault of its own."""
    import httpx2

    try:
        return httpx2.get(url, timeout=PING_SECONDS, follow_redirects=False).status_code < 500
    except httpx2.HTTPError:
        return False
