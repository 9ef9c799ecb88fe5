"""The backends by name. Holds no rule of its own."""

from __future__ import annotations

from collections.abc import Callable

from ftassist.agent.backends.base import Backend
from ftassist.agent.backends.playbook import Playbook
from ftassist.errors import UnknownNameError

BACKENDS: dict[str, Callable[[], Backend]] = {"playbook": Playbook}


def backend_by_name(name: str) -> Backend:
    """The backend of that name.

    Raises:
        UnknownNameError: No such backend; names the nearest.
    """
    if name not in BACKENDS:
        raise UnknownNameError.of("backend", name, BACKENDS)
    return BACKENDS[name]()
