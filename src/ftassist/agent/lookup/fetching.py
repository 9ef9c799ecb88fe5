"""One bounded request to a public server; a network that is not there is an error for people."""

from __future__ import annotations

import time

import httpx

from ftassist.errors import FtassistError

SECONDS = 15.0
"""Most seconds of a whole request, however slowly an answer drips."""
LARGEST = 2_000_000
"""Most bytes of an answer."""


def fetch(url: str, parameters: dict[str, str]) -> bytes:
    """The body of an answer.

    Raises:
        FtassistError: The server cannot be reached, refuses, takes too long, or sends too much.
    """
    deadline = time.monotonic() + SECONDS
    try:
        with httpx.stream(
            "GET", url, params=parameters, timeout=SECONDS, follow_redirects=True
        ) as answer:
            answer.raise_for_status()
            body = bytearray()
            for part in answer.iter_bytes():
                body += part
                if len(body) > LARGEST:
                    raise FtassistError("the answer is too large", where=url)
                if time.monotonic() > deadline:
                    raise FtassistError(f"no answer within {SECONDS:g} s", where=url)
            return bytes(body)
    except httpx.HTTPStatusError as error:
        code = error.response.status_code
        fix = "try again later" if code == 429 or code >= 500 else ""
        raise FtassistError(f"refused with {code}", where=url, fix=fix) from error
    except httpx.HTTPError as error:
        why = type(error).__name__
        raise FtassistError(
            f"cannot be reached ({why})", where=url, fix="check the network"
        ) from error


def address(text: object) -> str:
    """A web address as it came; "" for anything else, such as a script."""
    plain = str(text).strip()
    return plain if plain.startswith(("https://", "http://")) else ""
