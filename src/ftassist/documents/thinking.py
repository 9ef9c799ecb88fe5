"""How far the agent's call has come, as a card and the explorer show it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ftassist.documents import words
from ftassist.journal.state import State

STALE_SECONDS = 10.0
"""Without a runner, progress older than this is what a killed one left behind."""


def thinking_document(
    state: State, progress: Mapping[str, Any], *, alive: bool, now: float
) -> dict[str, Any]:
    """The call that is made now, if one is.

    Args:
        state: The campaign.
        progress: What the runner wrote last; empty when no call is made.
        alive: Whether there is a runner.
        now: Seconds since 1970.
    """
    age = max(0.0, now - _number(progress.get("time")))
    if not progress or not (alive or age < STALE_SECONDS):
        return {"schema": "ftassist/thinking/1", "thinking": None}
    seen = {
        "purpose": words.one_line(progress.get("purpose", ""), 40),
        "model": words.one_line(progress.get("model", ""), 80),
        "phase": words.one_line(progress.get("phase", ""), 20),
        "tail": words.one_line(progress.get("tail", ""), 240),
        "tokens": int(_number(progress.get("tokens"))),
        "cost": _number(progress.get("cost")),
        "seconds": round(_number(progress.get("seconds")) + age, 1),
        "cancelling": state.cancelled > _number(progress.get("seq")),
    }
    return {"schema": "ftassist/thinking/1", "thinking": seen}


def _number(value: object) -> float:
    """A number of a file; 0 for what is none."""
    known = isinstance(value, int | float) and math.isfinite(value)
    return max(0.0, float(value)) if known else 0.0  # type: ignore[arg-type]
