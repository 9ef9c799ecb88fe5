"""One bounded request to a public server; a network that is not there is an error for people.

An answer may send on within its own server, and nowhere else. A server that could not be reached
is not asked again for a minute, so that being offline costs one try.
"""

from __future__ import annotations

import time

import httpx

from ftassist.errors import FtassistError

SECONDS = 15.0
"""Most seconds of a whole request, however slowly an answer drips."""
LARGEST = 2_000_000
"""Most bytes of an answer."""
ASKED_AGAIN_SECONDS = 60.0
"""How long a server that could not be reached is taken to be out of reach."""
_HOPS = 3
_AGENT = {"user-agent": "ftassist"}
_silent: dict[str, float] = {}


def fetch(url: str, parameters: dict[str, str] | None = None) -> bytes:
    """The body of an answer.

    Raises:
        FtassistError: The server cannot be reached, refuses, sends elsewhere, takes too long, or
            sends too much.
    """
    deadline = time.monotonic() + SECONDS
    request = httpx.Request("GET", url, params=parameters or None, headers=_AGENT)
    server = _server(request.url)
    if time.monotonic() < _silent.get(server, 0.0):
        raise _out_of_reach("it was not, less than a minute ago", url)
    try:
        with httpx.Client(timeout=SECONDS) as client:
            for _ in range(_HOPS):
                answer = client.send(request, stream=True)
                try:
                    if answer.next_request is None:
                        answer.raise_for_status()
                        return _body(answer, deadline, url)
                    request = answer.next_request
                finally:
                    answer.close()
                if _server(request.url) != server:
                    raise FtassistError("it sends elsewhere, which is not followed", where=url)
    except httpx.HTTPStatusError as error:
        code = error.response.status_code
        fix = "try again later" if code == 429 or code >= 500 else ""
        raise FtassistError(f"refused with {code}", where=url, fix=fix) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        _silent[server] = time.monotonic() + ASKED_AGAIN_SECONDS
        raise _out_of_reach(type(error).__name__, url) from error
    raise FtassistError("it sends from one page to the next without an end", where=url)


def address(text: object) -> str:
    """A web address as it came; "" for anything else, such as a script."""
    plain = str(text).strip()
    return plain if plain.startswith(("https://", "http://")) else ""


def _body(answer: httpx.Response, deadline: float, url: str) -> bytes:
    body = bytearray()
    for part in answer.iter_bytes():
        body += part
        if len(body) > LARGEST:
            raise FtassistError("the answer is too large", where=url)
        if time.monotonic() > deadline:
            raise FtassistError(f"no answer within {SECONDS:g} s", where=url)
    return bytes(body)


def _server(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode()}"


def _out_of_reach(why: str, url: str) -> FtassistError:
    return FtassistError(f"cannot be reached ({why})", where=url, fix="check the network")
