"""The backends by name. Holds no rule of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftassist.agent.backends.base import Backend
from ftassist.agent.backends.baselines import Outside, Plain, Untouched
from ftassist.agent.backends.link import Link
from ftassist.agent.backends.playbook import Playbook
from ftassist.agent.key import VARIABLE
from ftassist.errors import UnknownNameError


@dataclass(frozen=True)
class NamedBackend:
    """A backend that can be named.

    Attributes:
        make: Connects it with a campaign.
        settings: Its settings from options, checked and as a campaign keeps them; none for one
            that thinks without any.
    """

    make: Callable[[Link], Backend]
    settings: Callable[[Mapping[str, Any]], dict[str, Any]] = lambda options: {}


def _anthropic(link: Link) -> Backend:
    from ftassist.agent.backends.anthropic.backend import AnthropicBackend

    return AnthropicBackend(link)


def _anthropic_settings(options: Mapping[str, Any]) -> dict[str, Any]:
    from ftassist.agent.backends.anthropic.settings import AgentSettings

    return AgentSettings.resolve(options).to_dict()


def _replay(link: Link) -> Backend:
    from ftassist.agent.backends.replay import Replay

    return Replay(link)


def _replay_settings(options: Mapping[str, Any]) -> dict[str, Any]:
    from ftassist.agent.backends.replay import SETTING, Replay

    given = str(options.get(SETTING) or "")
    settings = {SETTING: str(Path(given).resolve()) if given else ""}
    Replay(Link(settings=settings))  # refuses a recording that is not there
    return settings


BACKENDS: dict[str, NamedBackend] = {
    "playbook": NamedBackend(lambda link: Playbook()),
    "anthropic": NamedBackend(_anthropic, _anthropic_settings),
    "replay": NamedBackend(_replay, _replay_settings),
}
RECIPES_ONLY = frozenset({"playbook", "plain"})
"""Agents whose cells are calls of recipes and nothing else."""
OUTSIDE = Outside.name
"""Whose proposals are asked of nobody here: an agent outside submits them."""
BASELINES: dict[str, NamedBackend] = {
    "plain": NamedBackend(lambda link: Plain()),
    "untouched": NamedBackend(lambda link: Untouched()),
    OUTSIDE: NamedBackend(lambda link: Outside()),
}
"""Those that think nothing themselves."""


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


def settings_of(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of the backend of that name, checked and as a campaign keeps them.

    Args:
        name: The backend.
        options: What was asked for, by name; None for what was not.

    Raises:
        UnknownNameError: No such backend; names the nearest.
        DataError: An option is not possible; names it.
    """
    check_backend(name)
    found = _entry(name).settings(options)
    # Agents outside look in campaigns of every backend.
    return {**found, "look_outside": True} if options.get("look_outside") else found


def backend_by_name(name: str, link: Link | None = None) -> Backend:
    """The backend of that name, connected with a campaign.

    Raises:
        UnknownNameError: No such backend; names the nearest.
    """
    check_backend(name)
    return _entry(name).make(link or Link())


def _entry(name: str) -> NamedBackend:
    return {**BACKENDS, **BASELINES}[name]
