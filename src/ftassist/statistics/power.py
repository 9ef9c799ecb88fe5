"""What a validation set can show: power of the exact McNemar test, said before any trial."""

from __future__ import annotations

import math

from ftassist.statistics.paired import mcnemar_exact
from ftassist.statistics.shrinkage import binomial_masses

# How strongly two models of one base agree over items, where nothing was measured yet.
ITEM_CORRELATION = 0.5


def minimum_detectable_effect(
    n: int, p: float, power: float = 0.8, discordance: float | None = None, level: float = 0.95
) -> float | None:
    """The smallest true gain that an exact McNemar test finds with the wanted power.

    Args:
        n: Validation items.
        p: The share the parent gets right.
        power: The wanted chance of finding the gain.
        discordance: The share of items on which the two models differ, where it was measured.
            Otherwise it is that of two models whose successes correlate by 0.5 over items
            (an assumption: `p1 q2 + q1 p2 - 2 r sqrt(p1 q1 p2 q2)`).
        level: One minus the level of the test.

    Returns:
        The gain as a fraction, to within 0.0005; None where even a child that gets everything
        right would not be found that often.

    Raises:
        ValueError: An argument is out of its range.
    """
    if not 0.0 < power < 1.0:
        raise ValueError(f"a power is between 0 and 1, not {power}")
    largest = 1.0 - p if discordance is None else min(1.0 - p, discordance)

    def found(gain: float) -> bool:
        share = expected_discordance(p, gain) if discordance is None else discordance
        return mcnemar_power(n, gain, max(gain, share), level) >= power

    if largest <= 0.0 or not found(largest):
        return None
    low, high = 0.0, largest
    while high - low > 0.0005:
        middle = (low + high) / 2.0
        low, high = (low, middle) if found(middle) else (middle, high)
    return high


def mcnemar_power(n: int, gain: float, discordance: float, level: float = 0.95) -> float:
    """The chance that an exact McNemar test finds a true gain, in the right direction.

    Sums over the number m of differing items, `m ~ Binomial(n, discordance)`, the chance that
    few enough of them go against the child, `c ~ Binomial(m, (1 - gain / discordance) / 2)`.

    Raises:
        ValueError: `n` is not positive, or not `0 <= gain <= discordance <= 1`.
    """
    if n < 1 or not 0.0 <= gain <= discordance <= 1.0:
        raise ValueError(f"gain {gain} with discordance {discordance} on {n} items")
    if discordance == 0.0:
        return 0.0
    against = (1.0 - gain / discordance) / 2.0
    total = 0.0
    for differing, mass in enumerate(binomial_masses(n, discordance)):
        if mass < 1e-9:
            continue
        largest = _largest_rejecting(differing, 1.0 - level)
        total += mass * math.fsum(binomial_masses(differing, against)[: largest + 1])
    return min(1.0, total)


def expected_discordance(p: float, gain: float, correlation: float = ITEM_CORRELATION) -> float:
    """The share of items two models differ on, from their scores and their correlation."""
    q = min(1.0, p + gain)
    shared = correlation * math.sqrt(p * (1.0 - p) * q * (1.0 - q))
    return max(gain, p * (1.0 - q) + q * (1.0 - p) - 2.0 * shared)


def _largest_rejecting(differing: int, alpha: float) -> int:
    """The largest number of losses at which the test still rejects; -1 where it never does."""
    low, high = -1, differing // 2
    while low < high:
        middle = (low + high + 1) // 2
        if mcnemar_exact(differing - middle, middle) < alpha:
            low = middle
        else:
            high = middle - 1
    return low
