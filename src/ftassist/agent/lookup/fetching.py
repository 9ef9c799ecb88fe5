"""One bounded request to a public server; a network that is not there is an error for people."""

from __future__ import annotations

import httpx

from ftassist.errors import FtassistError

SECONDS = 15.0
LARGEST = 2_000_000


def fetch(url: str, parameters: dict[str, str]) -> bytes:
    """The body of an answer.

    Raises:
        FtassistError: The server cannot be reached, refuses, or sends too much.
    """
    try:
        with httpx.stream(
            "GET", url, params=parameters, timeout=SECONDS, follow_redirects=True
        ) as answer:
            answer.raise_for_status()
            body = b""
            for part in answer.iter_bytes():
                body += part
                if len(body) > LARGEST:
                    raise FtassistError("the answer is too large", where=url)
            return body
    except httpx.HTTPStatusError as error:
        raise FtassistError(f"refused with {error.response.status_code}", where=url) from error
    except httpx.HTTPError as error:
        why = type(error).__name__
        raise FtassistError(
            f"cannot be reached ({why})", where=url, fix="check the network"
        ) from error
