"""A prediction against what came: inside the interval and refuted are two things."""

from __future__ import annotations

import pytest

from ftassist.agent.refutation import refuted
from ftassist.documents.prediction import prediction_part, prediction_sentence
from ftassist.journal.state import Trial
from ftassist.records.prediction import TrialPrediction
from ftassist.records.proposal import TrialHypothesis, TrialProposal

HELPS = "the hypothesis that it helps is refuted"
EQUAL = "the hypothesis that it makes no difference is refuted"


def judged(low: float, high: float, observed: float, claims: str | None = None) -> Trial:
    """A scored trial, its prediction judged as the campaign judges it."""
    hypothesis = TrialHypothesis(low=low, high=high, claims=claims or "")
    held, fallen = low <= observed <= high, refuted(hypothesis, observed)
    return Trial(
        id="t0001",
        status="scored",
        proposal=TrialProposal(hypothesis=hypothesis),
        prediction=TrialPrediction(low, high, observed, held, fallen),
    )


@pytest.mark.parametrize(
    ("low", "high", "observed", "claims", "said"),
    [
        (0.05, 0.2, 0.1, None, "as predicted"),
        (0.05, 0.2, 0.4, None, "more than predicted"),
        (0.05, 0.2, 0.02, "better", "less than predicted"),
        (0.05, 0.2, -0.1, None, f"less than predicted, and no gain: {HELPS}"),
        (0.05, 0.2, 0.0, "better", f"less than predicted, and no gain: {HELPS}"),
        (-0.05, 0.08, -0.02, "better", f"as predicted, but no gain: {HELPS}"),
        (-0.05, 0.08, 0.0, None, f"as predicted, but no gain: {HELPS}"),
        (-0.3, -0.1, -0.05, None, f"more than predicted, but no gain: {HELPS}"),
        (-0.02, 0.02, -0.01, "equal", "as predicted"),
        (-0.02, 0.02, 0.06, "equal", f"more than predicted, so {EQUAL}"),
        (-0.02, 0.02, -0.06, "equal", f"less than predicted, so {EQUAL}"),
    ],
)
def test_what_came_and_what_it_refutes_are_both_said(
    low: float, high: float, observed: float, claims: str | None, said: str
) -> None:
    text = prediction_sentence(judged(low, high, observed, claims))
    assert text.partition(": ")[2] == said


def test_the_numbers_stand_before_it() -> None:
    text = prediction_sentence(judged(-0.05, 0.08, -0.02))
    assert text.startswith("predicted −0.05 to +0.08, observed −0.02: as predicted")


def test_an_interval_that_says_nothing_is_no_prediction() -> None:
    text = prediction_sentence(judged(-1e9, 1e9, 0.1))
    assert text == "nothing was predicted, observed +0.10"


def test_before_a_score_the_interval_is_known_and_nothing_is_observed() -> None:
    hypothesis = TrialHypothesis(low=0.1, high=0.2)
    trial = Trial(id="t0001", proposal=TrialProposal(hypothesis=hypothesis))
    part = prediction_part(trial)
    assert (part["low"], part["high"], part["observed"]) == (0.1, 0.2, None)
    assert part["sentence"] == "nothing observed yet"
