"""What is done at this moment and told by no event: the agent's call, and what trials do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ftassist.documents import words
from ftassist.documents.live import progress_part
from ftassist.documents.progress import Moment
from ftassist.journal.state import State

if TYPE_CHECKING:
    from ftassist.campaign.agent_link import ToldProgress

STALE_SECONDS = 10.0
"""Without a runner, progress older than this is what a killed one left behind."""


def thinking_document(
    state: State,
    progress: ToldProgress | None,
    moments: Sequence[Moment] = (),
    *,
    alive: bool,
    now: float,
) -> dict[str, Any]:
    """The call that is made now, if one is, and what running trials do.

    Args:
        progress: What the runner wrote last; None when no call is made.
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
    state: State, progress: ToldProgress | None, *, alive: bool, now: float
) -> dict[str, Any] | None:
    age = max(0.0, now - progress.time) if progress else 0.0
    if progress is None or not (alive or age < STALE_SECONDS):
        return None
    return {
        "purpose": words.one_line(progress.purpose, 40),
        "model": words.one_line(progress.model, 80),
        "phase": words.one_line(progress.phase, 20),
        "tail": words.one_line(progress.tail, 240),
        "tokens": progress.tokens,
        "cost": progress.cost,
        "seconds": round(progress.seconds + age, 1),
        "cancelling": state.asked.cancelled > progress.seq,
    }
