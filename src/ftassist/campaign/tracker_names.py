"""The trackers that campaigns can be mirrored in, by name."""

from __future__ import annotations

from ftassist.errors import UnknownNameError

TRACKERS = ("mlflow", "store", "trackio")


def check_tracker(name: str) -> str:
    """A tracker's name, once it is known.

    Raises:
        UnknownNameError: There is no such tracker; names the nearest.
    """
    if name not in TRACKERS:
        raise UnknownNameError.of("tracker", name, TRACKERS)
    return name
