"""What an agent may see: tasks, data repositories, the evaluator and its feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ftassist.dojo.evaluator.client import evaluate, find_leaks

__all__ = ["evaluate", "find_leaks"]


def __getattr__(name: str) -> Any:
    """Hands on what cells call, imported when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ftassist.dojo.evaluator import client

    return getattr(client, name)
