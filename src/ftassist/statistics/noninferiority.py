"""Is a model, at worst, hardly worse than another one: a test with a margin stated beforehand.

The claim "it keeps what it could do" is the one to be shown: it holds where the whole interval of
the difference lies above minus the margin. That no loss was seen shows nothing by itself.

Source: Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15 (1987) 657-680, the
one-sided half of it, read off the interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from ftassist.statistics.paired import compare_binary

Kind = Literal["kept", "lost", "unclear"]


class Noninferiority(NamedTuple):
    """Child minus parent, its interval, the margin, and what follows.

    `kept`: the loss, if any, is smaller than the margin. `lost`: it is worse, and the loss may be
    as large as the margin or larger. `unclear`: neither is shown.
    """

    kind: Kind
    difference: float
    low: float
    high: float
    margin: float


def compare_with_margin(
    child: Sequence[float], parent: Sequence[float], margin: float, level: float = 0.95
) -> Noninferiority:
    """Compares two models on the same items, each right or wrong.

    Args:
        child: Scores, 0 or 1.
        parent: Scores of the same items in the same order.
        margin: The loss, as a share, that does not matter; positive.
        level: Of the two-sided interval; the test is at half of what is left (2.5 %; 3.9 % in a
            made-up world of 300 items where the child gains none).

    Raises:
        ValueError: Lengths differ, no items, a score that is neither 0 nor 1, or no margin.

    >>> compare_with_margin([1, 1, 0] * 80, [1, 1, 0] * 80, 0.05).kind
    'kept'
    """
    if margin <= 0:
        raise ValueError(f"a margin is positive: {margin}")
    found = compare_binary(child, parent, level)
    kind: Kind = "unclear"
    if found.low > -margin:
        kind = "kept"
    elif found.high < 0:
        kind = "lost"
    return Noninferiority(kind, found.difference, found.low, found.high, margin)
