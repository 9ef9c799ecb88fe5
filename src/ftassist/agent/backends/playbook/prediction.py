"""How large an effect the playbook predicts, and how sure it is.

A finding expects an effect `e` (the prior's mean times its strength, or what its own numbers
give). How far the rule is off in this campaign is a shift `d ~ N(0, spread^2)`, learned from what
its earlier changes brought beyond what was predicted for them, each with its measured noise and
with the variation `t` between effects, half of the spread (the usual normal-normal update). The
mean is `e + d * min(1, e / prior.mean)`: a rule that did better than it said is trusted more, but
a weak finding does not become a strong one. The interval is the central 80 % of what the next
trial will *measure*: uncertainty of `d`, variation and the noise of a paired comparison together;
it narrows as outcomes come in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ftassist.agent.backends.playbook.rule import Finding, Prior, Rule
from ftassist.agent.calibration import Outcome
from ftassist.agent.situation import Situation

Z80 = 1.2816
VARIATION = 0.5
"""Standard deviation between effects of one rule, as a share of the prior's spread."""
DEFAULT_NOISE = 0.025
"""Standard error of a paired difference where none was measured (300 items, a tenth differing)."""
MOST_OF_HEADROOM = 0.8
"""No change is expected to take more than this share of what is still missing."""


@dataclass(frozen=True)
class Prediction:
    """What a change is expected to do to the metric; greater is better.

    Attributes:
        mean: Expected change.
        low: Lower end of the 80 % interval.
        high: Upper end.
        seen: Earlier outcomes it rests on.
    """

    mean: float
    low: float
    high: float
    seen: int = 0


def predict(at: Situation, rule: Rule, finding: Finding) -> Prediction:
    """The prediction for a rule's change at a situation."""
    expected = finding.expected
    if expected is None:
        expected = rule.prior.mean * finding.strength
    return combine(
        expected=expected,
        prior=rule.prior,
        earlier=[o for o in at.context.outcomes if o.rule == rule.name],
        noise=_typical_noise(at.context.outcomes),
        scale=at.scale,
        headroom=at.headroom,
    )


def combine(
    *,
    expected: float,
    prior: Prior,
    earlier: Sequence[Outcome],
    noise: float = DEFAULT_NOISE,
    scale: float = 1.0,
    headroom: float | None = None,
) -> Prediction:
    """The expected effect, shifted by a rule's outcomes, and the interval of what comes next.

    Args:
        expected: What the finding expects, as a fraction of the score's range.
        prior: The rule's prior, likewise.
        earlier: Outcomes of the same rule, in the metric's own unit.
        noise: Standard error of a measured difference, in the metric's own unit.
        scale: The metric's unit per unit of the prior.
        headroom: How far the score can rise, in the metric's own unit; None for no limit.
    """
    between = (VARIATION * prior.spread * scale) ** 2
    precision = 1.0 / (prior.spread * scale) ** 2
    total = 0.0
    for outcome in earlier:
        predicted = prior.mean * scale if outcome.predicted is None else outcome.predicted
        weight = 1.0 / (between + outcome.noise**2)
        precision += weight
        total += (outcome.difference - predicted) * weight
    share = min(1.0, max(0.0, expected) / prior.mean) if prior.mean > 0 else 0.0
    center = expected * scale + share * total / precision
    width = Z80 * math.sqrt(1.0 / precision + between + noise**2)
    if headroom is not None:
        center = min(center, MOST_OF_HEADROOM * headroom)
    low, high = center - width, center + width
    if headroom is not None:
        high = min(high, headroom)
        low = min(low, high)
    return Prediction(round(center, 4), round(low, 3), round(high, 3), len(earlier))


def _typical_noise(earlier: Sequence[Outcome]) -> float:
    noises = sorted(o.noise for o in earlier if o.noise > 0)
    return noises[len(noises) // 2] if noises else DEFAULT_NOISE
