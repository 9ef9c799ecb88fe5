"""What an agent may see: tasks, data repositories, the evaluator and its feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ftassist.campaign.environment import make
    from ftassist.dojo.evaluator.client import evaluate, find_leaks

__all__ = ["evaluate", "find_leaks", "make"]

_PLACES = {
    "evaluate": "ftassist.dojo.evaluator.client",
    "find_leaks": "ftassist.dojo.evaluator.client",
    # An environment is a campaign, a room above this one; only its door is here.
    "make": "ftassist.campaign.environment",
}


def __getattr__(name: str) -> Any:
    """Hands on what cells and agents call, imported when it is first asked for."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_PLACES[name]), name)
