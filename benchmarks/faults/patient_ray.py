"""Ray's own cluster for tests, started on a machine that is at work.

Ray gives a node half a minute to start, and its raylet ends when a helper process of it has not
written its port into a file by then; a busy machine needs longer. Here ports are named, their
files are there before the raylet looks, and the node is waited for as long as it takes. Ray's
workers, which run behind everything else on a machine (niceness 15) and are given up after a
minute, take their turn as others do and as long as they need.
"""

from __future__ import annotations

import inspect
import os
import random
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SECONDS = 240.0
_FREE = (20_000, 32_768)
_PORTS = (
    "metrics_agent_port",
    "metrics_export_port",
    "runtime_env_agent_port",
    "dashboard_agent_listen_port",
)


def named_ports() -> dict[str, int]:
    """A free port for each helper of a node.

    A helper whose port somebody has taken ends, and its node with it. So none is from the ports
    that the system gives to connections (32768 and above), nor from those of Ray's workers.
    """
    bound: list[socket.socket] = []
    try:
        while len(bound) < len(_PORTS):
            one = socket.socket()
            bound.append(one)
            try:
                one.bind(("127.0.0.1", random.SystemRandom().randrange(*_FREE)))
            except OSError:
                bound.pop().close()
        return {name: one.getsockname()[1] for name, one in zip(_PORTS, bound, strict=True)}
    finally:
        for one in bound:
            one.close()


@contextmanager
def patience(seconds: float = SECONDS) -> Iterator[None]:
    """Has Ray wait for nodes that start as long as this."""
    os.environ.setdefault("RAY_worker_niceness", "0")
    os.environ.setdefault("RAY_worker_register_timeout_seconds", str(round(seconds)))
    from ray._private import services

    usual, start = services.get_node, services.start_raylet

    def patient(*arguments: Any) -> Any:
        until = time.monotonic() + seconds
        while True:
            try:
                return usual(*arguments)
            except RuntimeError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)

    def told(*arguments: Any, **named: Any) -> Any:
        given = inspect.signature(start).bind(*arguments, **named).arguments
        for name in _PORTS:
            if port := given.get(name):
                path = Path(given["session_dir"]) / f"{name}_{given['node_id']}"
                path.write_text(str(port), encoding="utf-8")
        return start(*arguments, **named)

    services.get_node, services.start_raylet = patient, told
    try:
        yield
    finally:
        services.get_node, services.start_raylet = usual, start
