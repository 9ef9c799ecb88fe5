"""What refutes a hypothesis, as a rule that can refute it.

A hypothesis says that a change does something: "no effect or worse" refutes it. One that claims
that nothing changes ("it costs half and is as good") is refuted outside the band it states. The
width of a prediction is about how sure somebody is, and is no refuge: an interval that reaches
below zero does not move the line.
"""

from __future__ import annotations

import re

from ftassist.numerals import signed, with_minus
from ftassist.records.proposal import EQUAL, TrialHypothesis

_NUMBER = r"([+\-\N{MINUS SIGN}]?\d*\.?\d+)\s*(%|percent|points?)?"
_BELOW = re.compile(
    rf"(?:below|under|beneath|less than|lower than|smaller than|worse than|at most|<=?|≤)"
    rf"\s*{_NUMBER}",
    re.IGNORECASE,
)
_ABOVE = re.compile(r"above|over|more than|greater than|exceeds|outside|beyond|either|differ|>|≥")


def refuted_if(metric: str, claims: str, low: float = 0.0, high: float = 0.0) -> str:
    """The rule in words.

    >>> refuted_if("accuracy", "better")
    'no effect or worse: the change of accuracy is 0 or below'
    """
    if claims == EQUAL:
        band = f"{signed(low, 3)} to {signed(high, 3)}"
        return f"it makes a difference: the change of {metric} is outside {band}"
    return f"no effect or worse: the change of {metric} is 0 or below"


def refuted(hypothesis: TrialHypothesis, observed: float) -> bool:
    """Whether an observed change (greater is better) refutes a hypothesis."""
    if hypothesis.claims == EQUAL and hypothesis.predicted:
        low, high = hypothesis.predicted
        return not low <= observed <= high
    return observed <= 0.0


def cannot_refute(text: str, claims: str, low: float, high: float) -> str:
    """Why a refutation, as somebody words it, cannot refute; "" for one that can.

    Args:
        text: The words.
        claims: "better", or "equal" for a hypothesis that nothing changes.
        low: Lower end of the prediction.
        high: Upper end.
    """
    if not re.search(r"[^\W_]", text):
        return "refuted_if says nothing: name the result that would prove the hypothesis wrong"
    if claims == EQUAL:
        if low > 0 or high < 0:
            return "a hypothesis that claims equality predicts a band around 0"
        if not _ABOVE.search(text.lower()):
            return (
                "a claim of equality is refuted on either side: say that a change outside "
                f"{signed(low, 3)} to {signed(high, 3)} refutes it"
            )
        return ""
    if high <= 0:
        return f"it predicts {signed(low, 3)} to {signed(high, 3)}: no gain to be refuted"
    bounds = [_value(*found.groups()) for found in _BELOW.finditer(text)]
    if bounds and max(bounds) < 0:
        line = signed(max(bounds), 3)
        return with_minus(
            f"refuted_if {text[:120]!r} cannot refute: with no effect at all, or a loss down to "
            f"{line}, the hypothesis would still stand. Say that no effect or worse refutes it, "
            'or set claims to "equal" if it claims that nothing changes'
        )
    return ""


def _value(number: str, unit: str | None) -> float:
    value = float(number.replace("\N{MINUS SIGN}", "-"))
    return value / 100.0 if unit else value
