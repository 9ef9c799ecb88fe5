"""How large an effect the playbook predicts, and how sure it is.

A rule's effects are taken as draws from a normal distribution whose mean is itself uncertain:
`effect ~ N(m, t^2)`, `m ~ N(prior.mean * strength, prior.spread^2)`, with `t` half of the spread.
Outcomes of the same rule earlier in the campaign, each with its measured noise, update `m` (the
usual normal-normal update), so the interval narrows and moves with experience. The predicted
interval is the central 80 % of what the next trial will *measure*: uncertainty of `m`, variation
between effects and the noise of a paired comparison together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ftassist.agent.backends.playbook.rule import Finding, Rule
from ftassist.agent.backends.playbook.situation import Situation
from ftassist.agent.calibration import Outcome

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
    earlier = [o for o in at.context.outcomes if o.rule == rule.name]
    return combine(
        mean=finding.expected if finding.expected is not None else _prior_mean(rule, finding),
        spread=rule.prior.spread,
        earlier=() if finding.expected is not None and rule.name == "heed_veto" else earlier,
        noise=_typical_noise(at.context.outcomes),
        scale=at.scale,
        headroom=at.headroom,
    )


def combine(
    *,
    mean: float,
    spread: float,
    earlier: Sequence[Outcome],
    noise: float = DEFAULT_NOISE,
    scale: float = 1.0,
    headroom: float | None = None,
) -> Prediction:
    """Updates a prior by outcomes and gives the interval of the next measured difference.

    Args:
        mean: Prior mean, as a fraction of the score's range.
        spread: Prior standard deviation, likewise.
        earlier: Outcomes of the same rule, in the metric's own unit.
        noise: Standard error of a measured difference, in the metric's own unit.
        scale: The metric's unit per unit of the prior.
        headroom: How far the score can rise, in the metric's own unit; None for no limit.
    """
    center, variance = mean * scale, (spread * scale) ** 2
    between = (VARIATION * spread * scale) ** 2
    precision = 1.0 / variance
    total = center * precision
    for outcome in earlier:
        weight = 1.0 / (between + outcome.noise**2)
        precision += weight
        total += outcome.difference * weight
    posterior = total / precision
    width = Z80 * math.sqrt(1.0 / precision + between + noise**2)
    if headroom is not None:
        posterior = min(posterior, MOST_OF_HEADROOM * headroom)
    low, high = posterior - width, posterior + width
    if headroom is not None:
        high = min(high, headroom)
        low = min(low, high)
    return Prediction(round(posterior, 4), round(low, 3), round(high, 3), len(earlier))


def _prior_mean(rule: Rule, finding: Finding) -> float:
    return rule.prior.mean * finding.strength


def _typical_noise(earlier: Sequence[Outcome]) -> float:
    noises = sorted(o.noise for o in earlier if o.noise > 0)
    return noises[len(noises) // 2] if noises else DEFAULT_NOISE
