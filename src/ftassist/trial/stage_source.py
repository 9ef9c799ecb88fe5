"""Where a worker asks for a stage that its own cache does not have: the head of its cluster.

On a single machine there is nobody to ask. On a node the trial's host stands between (see
`cluster.node`); what it brings lies in the cache afterwards, and is checked there like any entry.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

from ftassist.dojo.evaluator.protocol import encode, read_message
from ftassist.errors import FtassistError

SOURCE_VARIABLE = "FTASSIST_STAGES"
"""Names the socket on which stages are asked for."""
VERB = "stage"
Ask = Callable[[str], bool]


def stage_source() -> Ask | None:
    """Asks for the stage with a key, and tells whether it was brought; None where nobody can."""
    path = os.environ.get(SOURCE_VARIABLE)
    return (lambda key: _ask(path, key)) if path else None


def _ask(path: str, key: str) -> bool:
    """Whether the entry is there now; one that cannot be had is made again."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(path)
            connection.sendall(encode({"verb": VERB, "key": key}))
            with connection.makefile("rb") as stream:
                answer = read_message(stream)
    except (OSError, FtassistError):
        return False
    return bool(answer and answer.get("found"))
