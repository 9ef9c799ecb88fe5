"""What a scorer is, what several share, and how rows are scored; a task's own is in its folder.

Scorers give the official rule of every published task, and the strict reading beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ftassist.dojo.scorers.lookup import scorer_for, scorer_keys
    from ftassist.dojo.scorers.score import Row, Scores, score_rows
    from ftassist.dojo.scorers.scorer import Judged, Scorer

__all__ = ["Judged", "Row", "Scorer", "Scores", "score_rows", "scorer_for", "scorer_keys"]

_PLACES = {
    "Judged": "scorer",
    "Row": "score",
    "Scorer": "scorer",
    "Scores": "score",
    "score_rows": "score",
    "scorer_for": "lookup",
    "scorer_keys": "lookup",
}


def __getattr__(name: str) -> Any:
    """Hands names on when they are first asked for: reading texts needs no numpy."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
