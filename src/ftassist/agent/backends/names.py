"""The backends by name. Holds no rule of its own."""

from __future__ import annotations

import os
from collections.abc import Callable

from ftassist.agent.backends.base import Backend
from ftassist.agent.backends.baselines import Plain, Untouched
from ftassist.agent.backends.link import Link
from ftassist.agent.backends.playbook import Playbook
from ftassist.agent.key import VARIABLE
from ftassist.errors import UnknownNameError


def _playbook(link: Link) -> Backend:
    return Playbook()


def _anthropic(link: Link) -> Backend:
    from ftassist.agent.backends.anthropic.backend import AnthropicBackend

    return AnthropicBackend(link)


def _replay(link: Link) -> Backend:
    from ftassist.agent.backends.replay import Replay

    return Replay(link)


BACKENDS: dict[str, Callable[[Link], Backend]] = {
    "playbook": _playbook,
    "anthropic": _anthropic,
    "replay": _replay,
}
RECIPES_ONLY = frozenset({"playbook", "plain"})
"""Agents whose cells are calls of recipes and nothing else."""
BASELINES: dict[str, Callable[[], Backend]] = {"plain": Plain, "untouched": Untouched}
"""Agents that think nothing, to compare others with."""


def default_backend() -> str:
    """Who thinks where nobody is named: a language model with a key for one, else the playbook.

    Only whether the variable is set is looked at; the key is read by who makes the calls.
    """
    return "anthropic" if os.environ.get(VARIABLE, "").strip() else "playbook"


def check_backend(name: str) -> None:
    """Checks that there is a backend of that name, without making it.

    Raises:
        UnknownNameError: No such backend; names the nearest.
    """
    if name not in BACKENDS and name not in BASELINES:
        raise UnknownNameError.of("backend", name, [*BACKENDS, *BASELINES])


def backend_by_name(name: str, link: Link | None = None) -> Backend:
    """The backend of that name, connected with a campaign.

    Raises:
        UnknownNameError: No such backend; names the nearest.
    """
    check_backend(name)
    return BASELINES[name]() if name in BASELINES else BACKENDS[name](link or Link())
