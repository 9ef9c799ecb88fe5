"""Whether the Hugging Face Hub can be reached, found out before its library is asked.

The library asks a host that does not answer five times more, seconds apart. So the host is asked
here first, once a minute at most. Fetches nothing.
"""

from __future__ import annotations

import os
import ssl
import time
import urllib.error
import urllib.request
from functools import lru_cache

ENDPOINT_VARIABLE = "HF_ENDPOINT"
REACH_SECONDS = 5.0
ASKED_AGAIN_SECONDS = 60.0
"""How long a Hub that could not be reached is taken to be out of reach."""


def reachable() -> bool:
    """Whether the Hub answers, whatever it says."""
    return _reached(endpoint(), _minute())


def is_offline() -> bool:
    """Whether the person has told the Hub's libraries to ask no network."""
    return os.environ.get("HF_HUB_OFFLINE", "").lower() in {"1", "true", "yes", "on"}


def endpoint() -> str:
    """The Hub's address."""
    return os.environ.get(ENDPOINT_VARIABLE, "").rstrip("/") or "https://huggingface.co"


@lru_cache(maxsize=4)
def _reached(address: str, minute: int) -> bool:
    """Asks once; an answer of any kind will do, and so does a certificate that is not trusted."""
    del minute
    try:
        request = urllib.request.Request(address, method="HEAD")
        with urllib.request.urlopen(request, timeout=REACH_SECONDS):
            return True
    except urllib.error.HTTPError:
        return True
    except urllib.error.URLError as error:
        return isinstance(error.reason, ssl.SSLError)
    except (OSError, ValueError):
        return False


def _minute() -> int:
    return int(time.monotonic() // ASKED_AGAIN_SECONDS)
