"""How far a training is run now: to its end, or to a rung, a share of its steps.

A kernel learns by an environment variable how far. The schedule stays that of the whole training,
and a checkpoint is left at the rung, so that what goes on from there ends as if nothing had been.
Cells of a trial that set the variable shorten their own training only.
"""

from __future__ import annotations

import math
import os

VARIABLE = "FTASSIST_RUNG"
FEWEST_STEPS = 4
"""Steps before which nothing rests: the audits of the first steps need as many."""


def share() -> float:
    """How far, as a share of the training; 1 for to its end."""
    try:
        wanted = float(os.environ.get(VARIABLE, "") or 1.0)
    except ValueError:
        return 1.0
    return wanted if 0.0 < wanted < 1.0 else 1.0


def last_step(steps: int) -> int:
    """The step after which a training of so many steps rests, or ends.

    >>> last_step(20)
    20
    """
    return min(steps, max(FEWEST_STEPS, math.ceil(share() * steps)))


def told(rung: float) -> dict[str, str]:
    """What a kernel's environment says of a rung; nothing of a whole run."""
    return {VARIABLE: f"{rung:g}"} if rung < 1.0 else {}
