"""A prediction against what came, in one plain sentence.

Two things are told apart: whether the observed change lies inside the predicted interval, and
whether it refutes the hypothesis. An interval may reach below zero, so that "as predicted" and
"no gain" can both be true.
"""

from __future__ import annotations

from typing import Any

from ftassist.documents import words
from ftassist.journal.state import Trial
from ftassist.records.prediction import TrialPrediction
from ftassist.records.proposal import EQUAL


def prediction_part(trial: Trial) -> dict[str, Any]:
    """Predicted against observed; the observed change is None before there is one."""
    known = _known(trial)
    return {
        "low": known.low,
        "high": known.high,
        "observed": known.observed,
        "held": known.held,
        "refuted": known.refuted,
        "sentence": prediction_sentence(trial),
    }


def prediction_sentence(trial: Trial) -> str:
    """Such as "predicted +0.05 to +0.20, observed +0.10: as predicted".

    What refutes the hypothesis is named: a claim that something helps falls with no gain, a claim
    that it makes no difference falls outside its band.
    """
    known = _known(trial)
    observed, low, high = known.observed, known.low, known.high
    if observed is None or low is None or high is None:
        return "nothing observed yet"
    predicted = words.predicted(low, high)
    if predicted == words.NOTHING_PREDICTED:
        return f"nothing was predicted, observed {words.signed(observed)}"
    inside = low <= observed <= high
    place = "as" if inside else "more than" if observed > high else "less than"
    told = f"predicted {predicted}, observed {words.signed(observed)}: {place} predicted"
    if not known.refuted:
        return told
    claims = trial.proposal.hypothesis.claims
    if claims == EQUAL:
        return f"{told}, so the hypothesis that it makes no difference is refuted"
    joined = "and" if observed < low else "but"
    return f"{told}, {joined} no gain: the hypothesis that it helps is refuted"


def _known(trial: Trial) -> TrialPrediction:
    """What was predicted, with what came of it as soon as it is known."""
    hypothesis = trial.proposal.hypothesis
    return trial.prediction or TrialPrediction(hypothesis.low, hypothesis.high)
