"""A run of a trial that went to a rung: what it scored there, and what that cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from typing_extensions import TypedDict

from ftassist.records.kinds import document
from ftassist.records.record import Record


@dataclass(frozen=True, slots=True)
class PartialRun(Record):
    """A trial's score at a rung, which is no score of the trial.

    It is told beside others of the same rung only: the training stopped early, and a part of the
    items was asked.
    """

    rung: float
    """How far the training went, as a share of its steps."""
    score: float
    """On a part of the items that select."""
    low: float
    """Lower end of its 95 % interval."""
    high: float
    """Upper end."""
    n: int
    """Items it is over."""
    scoring: float = 0.0
    """Seconds that scoring took."""
    seconds: float = 0.0
    """Wall-clock seconds the trial has cost until it came to rest here."""
    training: float = 0.0
    """Seconds of training steps until here."""
    steps: int = 0
    """Optimizer steps done; 0 where the training does not say."""
    of_steps: int = 0
    """Steps of the whole training."""
    rows_a_step: int = 0
    """Rows that a step learns from."""

    @classmethod
    def scored(cls, rung: float, feedback: Mapping[str, Any]) -> PartialRun:
        """What the evaluator found at a rung."""
        score, low, high = (float(feedback[name]) for name in ("score", "low", "high"))
        scoring = float(feedback.get("seconds") or 0.0)
        return cls(rung, score, low, high, int(feedback["n"]), scoring)

    @property
    def steps_left(self) -> int:
        """Steps that were not trained."""
        return max(0, self.of_steps - self.steps)

    @property
    def rows_left(self) -> int:
        """Rows that were not trained on, each as often as it would have been."""
        return self.steps_left * self.rows_a_step

    @property
    def training_left(self) -> float:
        """Seconds that the rest of the training would take, at the pace so far."""
        return self.training / self.steps * self.steps_left if self.steps else 0.0


@document
class NodeRung(TypedDict):
    """How far a trial was run, where that is not to its end."""

    rung: float
    """As a share of its training."""
    rests: bool
    """Whether it rests there; else it is running to it."""
    says: str
    """The same in words, with what that cost; a score in it is none of the trial."""


def trained(training: Mapping[str, Any]) -> dict[str, Any]:
    """How far a training came, by its own record: text of a kernel, so only numbers are taken."""
    arguments = training.get("arguments")
    called = arguments if isinstance(arguments, Mapping) else {}
    seconds = training.get("seconds")
    spent = seconds.get("train") if isinstance(seconds, Mapping) else None
    return {
        "steps": _whole(training.get("steps")),
        "of_steps": _whole(training.get("of_steps")),
        "rows_a_step": _whole(called.get("batch_size")) * _whole(called.get("accumulation"), 1),
        "training": max(0.0, float(spent)) if isinstance(spent, int | float) else 0.0,
    }


def _whole(value: Any, otherwise: int = 0) -> int:
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9
    return value if fits else otherwise
