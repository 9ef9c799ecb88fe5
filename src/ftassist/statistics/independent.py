"""The difference of two independent estimates, from the interval of each."""

from __future__ import annotations

import math
from typing import NamedTuple


class Gap(NamedTuple):
    """A difference with its interval."""

    difference: float
    low: float
    high: float


def gap(one: tuple[float, float, float], other: tuple[float, float, float]) -> Gap:
    """One estimate minus another that is over other items, with the interval of the difference.

    The distances from each estimate to the ends of its interval are squared and added, which keeps
    the level of the two intervals and need not have them symmetric:
    `low = d - sqrt((d1 - l1)^2 + (u2 - d2)^2)`, `high = d + sqrt((u1 - d1)^2 + (d2 - l2)^2)`.

    Source: Zou and Donner, Statistics in Medicine 27 (2008) 1693-1702 ("MOVER").

    Args:
        one: Estimate, lower and upper end of its interval.
        other: The same of the other.

    Example:
        >>> gap((0.3, 0.2, 0.4), (0.0, -0.1, 0.1))
        Gap(difference=0.3, low=0.15857864376269052, high=0.4414213562373095)
    """
    (first, low, high), (second, below, above) = one, other
    difference = first - second
    return Gap(
        difference,
        difference - math.hypot(first - low, above - second),
        difference + math.hypot(high - first, second - below),
    )
