"""Trials side by side: scores with their noise, and what may be said about the difference.

A comparison here is made by the rule of the verdicts, with the p-values of the campaign's own
verdicts in the family, so that looking at many pairs does not find winners by luck alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from ftassist.documents import summary, words
from ftassist.documents.snapshot import Snapshot, take
from ftassist.documents.trial import diff_document
from ftassist.errors import FtassistError
from ftassist.journal.state import Trial
from ftassist.records.verdict import TrialVerdict

if TYPE_CHECKING:
    from ftassist.campaign import Campaign

MOST = 6
NOT_DISTINGUISHABLE = "not distinguishable"
_LABELS = {"better": "better", "worse": "worse", "tied": NOT_DISTINGUISHABLE}


def compare_document(campaign: Campaign, names: Sequence[str]) -> dict[str, Any]:
    """Two or more trials side by side, each pair compared item by item where both are scored.

    Raises:
        UnknownNameError: No such trial.
        FtassistError: Fewer than two trials, or too many.
    """
    snapshot = take(campaign)
    trials = [snapshot.trial(name) for name in dict.fromkeys(names)]
    if not 2 <= len(trials) <= MOST:
        raise FtassistError(
            f"{len(trials)} trials cannot be compared",
            where=", ".join(t.id for t in trials),
            fix=f"name two to {MOST} different trials",
        )
    return {
        "schema": "ftassist/compare/1",
        "campaign": snapshot.name,
        "seq": snapshot.state.seq,
        "metric": dict(snapshot.metric),
        "smallest_effect": summary.smallest_effect(snapshot),
        "trials": [_side(snapshot, trial) for trial in trials],
        "comparisons": [_pair(campaign, a, b) for a, b in combinations(trials, 2)],
        "differences": [diff_document(snapshot, a, b) for a, b in combinations(trials, 2)],
    }


def _side(snapshot: Snapshot, trial: Trial) -> dict[str, Any]:
    feedback = trial.feedback if trial.score is not None else None
    repeats = [t for t in snapshot.state.replicates(trial.id) if t.score is not None]
    return {
        "trial": trial.id,
        "mark": words.mark(trial),
        "word": words.word(trial),
        "hypothesis": trial.hypothesis,
        "score": trial.score,
        "low": feedback.low if feedback else None,
        "high": feedback.high if feedback else None,
        "n": feedback.n if feedback else None,
        "views": {v: one.to_dict() for v, one in feedback.views.items()} if feedback else {},
        "seeds": [{"trial": t.id, "seed": t.seed, "score": t.score} for t in repeats],
        "seconds": trial.seconds,
        "rows": trial.outcome.rows,
    }


def _pair(campaign: Campaign, before: Trial, after: Trial) -> dict[str, Any]:
    """The second trial against the first; without a label where they cannot be compared."""
    names = {"before": before.id, "after": after.id}
    if before.score is None or after.score is None:
        unscored = before if before.score is None else after
        why = f"{unscored.id} has no score: {words.outcome(unscored)}"
        return {**names, "label": None, "sentence": why}
    try:
        verdict = _verdict(campaign, before, after)
    except (OSError, FtassistError) as error:
        return {**names, "label": None, "sentence": f"the item scores cannot be read: {error}"}
    kept = ("difference", "low", "high", "p", "p_adjusted", "family", "n", "method")
    return {
        **names,
        **{name: getattr(verdict, name) for name in kept},
        "label": _LABELS.get(verdict.kind or ""),
        "sentence": f"{after.id}: {words.verdict_sentence(verdict)}",
    }


def _verdict(campaign: Campaign, before: Trial, after: Trial) -> TrialVerdict:
    """The verdict on record where there is one, else one by the same rule."""
    for known in (after.verdict, after.against_best):
        if known.against == before.id and known.method:
            return known
    from ftassist.campaign.judging import compare

    return compare(campaign, after.id, before.id)
