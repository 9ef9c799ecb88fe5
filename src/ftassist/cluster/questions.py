"""What a trial on a node asks of the campaign's evaluator, put to it on the head.

The evaluator decides by the trial's token what is answered, as on one machine.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any

from ftassist.dojo.evaluator.protocol import (
    MAX_CONTROL_BYTES,
    SOCKET_VARIABLE,
    TOKEN_VARIABLE,
    encode,
)


class Evaluator:
    """The campaign's evaluator, for one trial.

    Args:
        environment: The variables that lead the trial to it, as they are on the head.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._path = environment.get(SOCKET_VARIABLE, "")
        self._token = environment.get(TOKEN_VARIABLE, "-")

    def answer(self, request: Mapping[str, Any]) -> str:
        """The answer to a request, as a line; "" when it ended before it answered.

        Raises:
            OSError: It cannot be reached.
        """
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(self._path)
            connection.sendall(encode({**request, "token": self._token}))
            with connection.makefile("rb") as stream:
                return stream.readline(MAX_CONTROL_BYTES).decode(errors="replace")
