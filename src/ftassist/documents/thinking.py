"""What is done at this moment and told by no event: the agent's call, and what trials do."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ftassist.documents import words
from ftassist.documents.live import progress_part
from ftassist.documents.progress import Moment
from ftassist.journal.state import State

STALE_SECONDS = 10.0
"""Without a runner, progress older than this is what a killed one left behind."""


def thinking_document(
    state: State,
    progress: Mapping[str, Any],
    moments: Sequence[Moment] = (),
    *,
    alive: bool,
    now: float,
) -> dict[str, Any]:
    """The call that is made now, if one is, and what running trials do.

    Args:
        state: The campaign.
        progress: What the runner wrote last; empty when no call is made.
        moments: What running trials do.
        alive: Whether there is a runner.
        now: Seconds since 1970.
    """
    return {
        "schema": "ftassist/thinking/1",
        "thinking": _call(state, progress, alive=alive, now=now),
        "runner_alive": alive,
        "running": [{"trial": m.trial, "progress": progress_part(m)} for m in moments if alive],
    }


def _call(
    state: State, progress: Mapping[str, Any], *, alive: bool, now: float
) -> dict[str, Any] | None:
    age = max(0.0, now - _number(progress.get("time")))
    if not progress or not (alive or age < STALE_SECONDS):
        return None
    return {
        "purpose": words.one_line(progress.get("purpose", ""), 40),
        "model": words.one_line(progress.get("model", ""), 80),
        "phase": words.one_line(progress.get("phase", ""), 20),
        "tail": words.one_line(progress.get("tail", ""), 240),
        "tokens": int(_number(progress.get("tokens"))),
        "cost": _number(progress.get("cost")),
        "seconds": round(_number(progress.get("seconds")) + age, 1),
        "cancelling": state.asked.cancelled > _number(progress.get("seq")),
    }


def _number(value: object) -> float:
    """A number of a file; 0 for what is none."""
    known = isinstance(value, int | float) and math.isfinite(value)
    return max(0.0, float(value)) if known else 0.0  # type: ignore[arg-type]
