"""Offers to fetch a model of the registry that is not here: one way for all faces."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from ftassist.models import fetching, reference, registry
from ftassist.models.fetching import Report
from ftassist.models.registry import ModelEntry


def question(model: ModelEntry) -> str:
    """Whether to fetch a model: how much, and under which licence."""
    size = f"{model.fetch_megabytes:,} MB, {model.licence}"
    return f"{model.key} is not on this machine: fetch it ({size})?"


def offer(
    name: str,
    agreed: Callable[[str], bool],
    reporting: Callable[[], AbstractContextManager[Report]],
) -> bool:
    """Fetches a registry model that is not here, where a person agrees.

    Args:
        name: The model as it was named; "" for none.
        agreed: Asks the person a question.
        reporting: Gives what is told of the progress.

    Returns:
        Whether it was fetched now.

    Raises:
        ModelError: It is nowhere to be had.
    """
    model = registry.find(name) if name else None
    if model is None or reference.find(name) is not None or not agreed(question(model)):
        return False
    with reporting() as report:
        fetching.fetch(model, report)
    return True
