"""A training's loss curve, boiled down to what rules and people ask of it.

Pure: from losses to a `LossCurve`. Draws no conclusion.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

ENDS = 30
"""Points of the loss curve that are kept at either end, as FT-Agent keeps them."""
FLAT_STEPS = 5
"""Fewer points than this tell no slope."""


@dataclass(frozen=True)
class LossCurve:
    """The training loss of a trial.

    Attributes:
        steps: Steps that were taken.
        planned: Steps that were planned, if known.
        head: The first losses (at most `ENDS`).
        tail: The last losses (at most `ENDS`).
        start: Mean of the first tenth.
        end: Mean of the last tenth.
        slope: Change of the loss over the last quarter, as a share of `end` (negative: falling).
        spikes: Steps on which the loss was more than twice the mean of the five before.
        finite: Whether every loss was a number.
        validation: (step, loss) of each evaluation during training.
    """

    steps: int
    planned: int | None
    head: tuple[float, ...]
    tail: tuple[float, ...]
    start: float | None
    end: float | None
    slope: float | None
    spikes: int
    finite: bool
    validation: tuple[tuple[int, float], ...] = ()

    @property
    def validation_rise(self) -> float | None:
        """How far the last validation loss is above the lowest one, as a share of it."""
        losses = [loss for _, loss in self.validation]
        if len(losses) < 3 or min(losses) <= 0:
            return None
        return losses[-1] / min(losses) - 1.0


def summarise_losses(
    losses: Sequence[float | None],
    *,
    planned: int | None = None,
    validation: Sequence[tuple[int, float]] = (),
) -> LossCurve | None:
    """A loss curve from its points; None for no points. A None among them is not a number."""
    if not losses:
        return None
    numbers = [loss for loss in losses if loss is not None and math.isfinite(loss)]
    tenth = max(1, len(numbers) // 10)
    return LossCurve(
        steps=len(losses),
        planned=planned,
        head=tuple(round(x, 4) for x in numbers[:ENDS]),
        tail=tuple(round(x, 4) for x in numbers[-ENDS:]),
        start=_mean(numbers[:tenth]),
        end=_mean(numbers[-tenth:]),
        slope=_end_slope(numbers),
        spikes=_spikes(numbers),
        finite=len(numbers) == len(losses),
        validation=tuple(validation),
    )


def _end_slope(losses: Sequence[float]) -> float | None:
    """Change over the last quarter by least squares, as a share of the level there."""
    window = losses[-max(FLAT_STEPS, len(losses) // 4) :]
    if len(window) < FLAT_STEPS:
        return None
    n = len(window)
    middle = (n - 1) / 2.0
    level = sum(window) / n
    if level <= 0:
        return None
    spread = sum((i - middle) ** 2 for i in range(n))
    gradient = sum((i - middle) * (loss - level) for i, loss in enumerate(window)) / spread
    return round(gradient * (n - 1) / level, 4)


def _spikes(losses: Sequence[float]) -> int:
    window = 5
    return sum(
        losses[i] > 2.0 * (sum(losses[i - window : i]) / window)
        for i in range(window, len(losses))
    )


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None
