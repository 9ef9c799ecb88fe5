"""How often the items that select were looked at, and what that does to a claim, in words.

Every scoring on them is a look: of whole trials, which compete for being the best, of fresh seeds
of one, and of runs in part, on a part of the items. How many whole trials there may be is the
budget of looks that every verdict pays for (`campaign.judging.family_size`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ftassist.campaign.judging import family_size
from ftassist.documents.snapshot import Snapshot
from ftassist.journal.state import State

LEAST_TOLD = 0.05
"""Points of luck, below which none is told of."""


@dataclass(frozen=True)
class Looks:
    """The looks of a campaign at the validation items that select.

    Attributes:
        trials: Whole trials that were scored, those whose score does not count included.
        seeds: Fresh seeds of one of them.
        parts: Runs in part.
        planned: Whole trials that the budget allows.
        family: Comparisons that each verdict is paid for as one of.
    """

    trials: int
    seeds: int
    parts: int
    planned: int
    family: int

    @classmethod
    def of(cls, state: State) -> Looks:
        """The looks that a campaign has taken."""
        scored = [trial.role for trial in state.trials.values() if trial.feedback]
        parts = sum(len(trial.partial) for trial in state.trials.values())
        planned = int(state.budget.trials)
        return cls(
            scored.count("trial"), scored.count("replicate"), parts, planned, family_size(state)
        )


def looks_sentence(snapshot: Snapshot) -> str:
    """How often it was looked at and what that does to a claim; "" before the first trial."""
    state = snapshot.state
    if not state.trials or not state.base.feedback:
        return ""
    looks, base = Looks.of(state), state.base.feedback
    if not looks.trials:
        return ""
    beside = [
        text
        for text in (
            f"{looks.seeds} fresh seed{_s(looks.seeds)}" if looks.seeds else "",
            f"{looks.parts} run{_s(looks.parts)} in part, on some of them" if looks.parts else "",
        )
        if text
    ]
    other = f", and for {' and '.join(beside)}" if beside else ""
    first = (
        f"The {base.n} validation items that select were looked at for {looks.trials} of "
        f"{looks.planned} trials planned{other}"
    )
    return f"{first}; {_luck(looks, snapshot)}{_paid(looks)}."


def _luck(looks: Looks, snapshot: Snapshot) -> str:
    """How much too good the best would look, where items score 0 or 1; "" elsewhere.

    By the trials' mean score: a base that answers nothing has no luck to tell of.
    """
    state = snapshot.state
    scores = [t.feedback.score for t in state.trials.values() if t.role == "trial" and t.feedback]
    if len(scores) < 2 or not snapshot.metric.get("binary"):
        return ""
    mean = sum(scores) / len(scores)
    if not 0.0 <= mean <= 1.0:
        return ""
    points = 100.0 * _best_of(looks.trials, state.base.feedback.n, round(mean, 4))
    if points < LEAST_TOLD:
        return ""
    return (
        f"were all {looks.trials} equally good, the best would look up to {points:.1f} points "
        "too good by luck alone; "
    )


def _paid(looks: Looks) -> str:
    more = looks.trials - looks.planned
    grown = f" ({more} more than planned: it has grown with them)" if more > 0 else ""
    return (
        f"every verdict on them, and the claim, is paid for as one of {looks.family} comparisons"
        f"{grown}; the sealed test is looked at once"
    )


def _s(count: int) -> str:
    return "" if count == 1 else "s"


@cache
def _best_of(trials: int, items: int, score: float) -> float:
    from ftassist.statistics.shrinkage import expected_best_of

    return expected_best_of(trials, items, score)
