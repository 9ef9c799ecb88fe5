"""How well predictions held, and what each kind of change was worth.

Reads judged trials; knows nothing of rules beyond their names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ftassist.journal.state import Trial

KEPT = 60
"""Outcomes that are remembered, the newest ones."""
OVERALL = "overall"


@dataclass(frozen=True)
class Outcome:
    """What one change was worth.

    Attributes:
        parent: What it was compared with.
        rule: The rule that proposed it ("" for another backend).
        key: What was changed.
        changes: "data", "training" or both.
        difference: Observed, greater is better.
        noise: Standard error of the difference, from its 95 % interval.
        verdict: better, tied or worse.
        predicted: Middle of the interval that was predicted, if one was.
    """

    trial: str
    parent: str
    rule: str
    key: str
    changes: tuple[str, ...]
    difference: float
    noise: float
    verdict: str
    predicted: float | None = None

    @property
    def promising(self) -> bool:
        """Whether it was better, or tied with more than one standard error to the good.

        Verdicts are strict, since a campaign makes many comparisons; a tie well above zero is no
        proof, but more likely a gain than not, and to be built upon rather than taken back.
        """
        return self.verdict == "better" or (
            self.verdict == "tied" and self.difference > self.noise
        )


@dataclass(frozen=True)
class IntervalRecord:
    """How often predicted intervals held."""

    made: int
    held: int

    @property
    def share(self) -> float | None:
        """Held of made; None for none made."""
        return self.held / self.made if self.made else None


def outcomes(trials: Iterable[Trial]) -> tuple[Outcome, ...]:
    """The outcomes of judged trials, oldest first."""
    found = [
        Outcome(
            trial=trial.id,
            parent=trial.verdict.against or trial.parent or "",
            rule=trial.proposal.rule,
            key=trial.proposal.change.key,
            changes=trial.proposal.hypothesis.changes,
            difference=trial.verdict.difference,
            noise=_noise(trial),
            verdict=trial.verdict.kind,
            predicted=_predicted(trial),
        )
        for trial in trials
        if trial.verdict.kind in ("better", "tied", "worse")
        and trial.verdict.difference is not None
    ]
    return tuple(found[-KEPT:])


def track_record(trials: Iterable[Trial]) -> dict[str, IntervalRecord]:
    """Made and held predictions by rule, by kind of change ("data", "training") and over all."""
    made: dict[str, int] = defaultdict(int)
    held: dict[str, int] = defaultdict(int)
    for trial in trials:
        if trial.prediction.held is None:
            continue
        kinds = trial.proposal.hypothesis.changes
        for name in (trial.proposal.rule, "+".join(sorted(kinds)), OVERALL):
            made[name] += 1
            held[name] += bool(trial.prediction.held)
    return {name: IntervalRecord(made[name], held[name]) for name in sorted(made) if name}


def _predicted(trial: Trial) -> float | None:
    predicted = trial.proposal.hypothesis.predicted
    return sum(predicted) / 2.0 if predicted else None


def _noise(trial: Trial) -> float:
    low, high = trial.verdict.low, trial.verdict.high
    if low is None or high is None or high <= low:
        return 0.03
    return (high - low) / 3.92
