"""What is different in a dry run: cells tried on few rows for two steps, before they cost a trial.

A kernel learns by an environment variable that it is in one. Rows and steps are cut, leakage is
not asked for, rewards are made up, and nothing is scored: no evaluation item is near. Cells of a
trial that set it shorten their own training only; its checks are made outside of its kernel.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

VARIABLE = "FTASSIST_DRY_RUN"
"""Rows of raw data at most, or `ALL`; set in a dry run alone."""
ALL = "all"
ROWS = 50
STEPS = 2


def dry() -> bool:
    """Whether this is a dry run."""
    return bool(os.environ.get(VARIABLE))


def row_limit() -> int | None:
    """Rows that may be read of all sets together; None for as many as are asked for."""
    text = os.environ.get(VARIABLE, "")
    return int(text) if text.isdecimal() else None


def most_steps(wanted: int | None) -> int | None:
    """Steps of a training: two in a dry run, else what is wanted."""
    if not dry():
        return wanted
    return STEPS if wanted is None else min(wanted, STEPS)


def shares(wanted: Mapping[str, int]) -> dict[str, int]:
    """How many rows of each set a dry run reads: in proportion, and at least one of each.

    >>> shares({"a": 300, "b": 100})
    {'a': 300, 'b': 100}
    """
    most, total = row_limit(), sum(wanted.values())
    if most is None or total <= most:
        return dict(wanted)
    return {name: min(n, max(1, round(most * n / total))) for name, n in wanted.items()}


def made_up(count: int) -> list[float]:
    """Rewards of a dry run: some right and some wrong, as a training needs them."""
    return [float(number % 2) for number in range(count)]
