"""How well the cost of trials was foretold: the estimate on a card against what it took.

Reads trials of the journal. Trials that took a stage from the cache, that were stopped or that
came back after a break are left out: their time says nothing of the estimate.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ftassist.journal.state import STAGES, Trial
from ftassist.records.plan import OffBy

WITHIN = 1.5
"""An estimate held when the truth is at most so many times as much, or as little."""


@dataclass(frozen=True)
class Foretold:
    """An estimate that met the truth.

    Attributes:
        estimate: Seconds that were foretold.
        seconds: Seconds it took: its stages, without waiting.
    """

    trial: str
    estimate: float
    seconds: float

    @property
    def factor(self) -> float:
        """How far off it was, 1 or more, whichever way."""
        return max(self.seconds / self.estimate, self.estimate / self.seconds)

    @property
    def held(self) -> bool:
        """Whether it was within the factor that is promised."""
        return self.factor <= WITHIN

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "trial": self.trial,
            "estimate": round(self.estimate, 1),
            "seconds": round(self.seconds, 1),
            "factor": round(self.factor, 3),
            "held": self.held,
        }


def foretold(trials: Iterable[Trial]) -> list[Foretold]:
    """The estimates of scored trials against what they took, in order."""
    found = []
    for trial in trials:
        estimate = trial.proposal.estimate.seconds
        if trial.role != "trial" or trial.status != "scored" or not estimate or trial.edited:
            continue
        seconds = seconds_of(trial)
        if seconds > 0 and trial.attempt <= 1:
            found.append(Foretold(trial.id, float(estimate), seconds))
    return found


def record(trials: Iterable[Trial]) -> dict[str, Any]:
    """How many estimates held, and each of them; {} where none was made."""
    made = foretold(trials)
    if not made:
        return {}
    held = sum(one.held for one in made)
    return {
        "within": WITHIN,
        "made": len(made),
        "held": held,
        "trials": [m.to_dict() for m in made],
    }


def off_by(trials: Iterable[Trial]) -> OffBy | None:
    """How far off the times of trials were foretold; None before one was foretold and run."""
    return _off([one.seconds / one.estimate for one in foretold(trials)])


def memory_off_by(trials: Iterable[Trial]) -> OffBy | None:
    """The same of their peak memory."""
    pairs = [
        (t.outcome.peak_memory_mb, t.proposal.estimate.memory_mb)
        for t in trials
        if t.role == "trial" and t.status == "scored" and not t.edited
    ]
    return _off([taken / told for taken, told in pairs if taken and told])


def seconds_of(trial: Trial) -> float:
    """Seconds of a trial's three stages; 0 where one is missing or came from the cache."""
    runs = [trial.ran(name) for name in STAGES]
    if not all(run and not run.cached_from for run in runs):
        return 0.0
    return sum(run.seconds or 0.0 for run in runs)


def _off(shares: Sequence[float]) -> OffBy | None:
    if not shares:
        return None
    far = math.exp(sum(abs(math.log(share)) for share in shares) / len(shares))
    return OffBy(len(shares), round(far, 3), round(min(shares), 3), round(max(shares), 3))
