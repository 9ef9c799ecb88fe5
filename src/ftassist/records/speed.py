"""How fast this machine trains a campaign's base."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from ftassist.records.record import EVERY_FIELD, Record


@dataclass(frozen=True, slots=True)
class MeasuredSpeed(Record):
    """Sizes of the base, and what a training of a few steps measured; None where nobody did."""

    LEFT_OUT: ClassVar[Container[str]] = EVERY_FIELD

    tokens_a_second: float | None = None
    """Trained tokens, after the first step."""
    fixed_seconds: float | None = None
    """Of a training, whatever its rows."""
    tokens_a_row: Mapping[str, float] = field(default_factory=dict)
    """By set, as the base's template writes them."""
    scoring_seconds: float | None = None
    """Of the evaluator, with the base."""
    peak_memory: float | None = None
    """Bytes."""
    architecture: str = ""
    width: int | None = None
    layers: int | None = None
    parameters_trained: int | None = None
    batch_size: int | None = None
    method: str = ""
    rank: int | None = None
    device: str = ""
    precision: str = ""
    load: float | None = None
    """Of the machine, when it was measured."""

    def __bool__(self) -> bool:
        """Whether anything is known."""
        return self != UNMEASURED


UNMEASURED = MeasuredSpeed()
