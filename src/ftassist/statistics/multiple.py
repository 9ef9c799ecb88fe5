"""Many comparisons on one validation set: Holm's adjustment. Knows only p-values."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float], family_size: int | None = None) -> list[float]:
    """Holm-adjusted p-values, in the order given.

    With the m values sorted upwards, `adjusted(i) = max over j <= i of (m - j + 1) p(j)`, at
    most 1. Rejecting where the adjusted value is below 0.05 keeps the chance of even one
    false claim in the family below 5 %, however the comparisons depend on each other.

    `family_size` is how many comparisons will be made in all. Those still to come count as
    p = 1, so an adjusted value may fall later but a claim never has to be taken back.

    Source: Holm, Scandinavian Journal of Statistics 6 (1979) 65-70.

    Raises:
        ValueError: A p-value outside [0, 1], or a family smaller than the values given.

    Example:
        >>> holm([0.01, 0.04, 0.03])
        [0.03, 0.06, 0.06]
    """
    size = len(p_values) if family_size is None else family_size
    if size < len(p_values):
        raise ValueError(f"a family of {size} cannot hold {len(p_values)} p-values")
    if not all(0.0 <= p <= 1.0 for p in p_values):
        raise ValueError("a p-value is between 0 and 1")
    adjusted = [0.0] * len(p_values)
    floor = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        floor = max(floor, min(1.0, (size - rank) * p_values[index]))
        adjusted[index] = floor
    return adjusted
