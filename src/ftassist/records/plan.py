"""What a campaign is expected to cost from here on, and how far off earlier estimates were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from typing_extensions import TypedDict

from ftassist.records.kinds import document
from ftassist.records.record import Record

PartName = Literal["base", "trials", "seeds", "panel", "test"]


@dataclass(frozen=True, slots=True)
class OffBy(Record):
    """How far off the earlier estimates of a campaign were."""

    trials: int
    """How many estimates met the truth."""
    factor: float
    """How many times too high or too low, 1 or more: their geometric mean."""
    low: float
    """The smallest of what was taken, as a share of what was estimated."""
    high: float
    """The largest."""


@dataclass(frozen=True, slots=True)
class PlanPart(Record):
    """A part of a campaign that is still to be done."""

    name: PartName
    count: int
    """How many runs it is."""
    seconds: float | None
    """Of all of them; None where nothing is measured that tells."""
    low: float | None
    """The same as low as it may well be."""
    high: float | None
    """The same as high as it may well be."""
    basis: str
    """What it is estimated from, in words."""


@document
class PlanDocument(TypedDict):
    """What a campaign is expected to cost from here to its end; nothing is done or spent."""

    schema: Literal["ftassist/plan/1"]
    parts: list[PlanPart]
    seconds: float | None
    """Of all parts that are known; None where none is."""
    low: float | None
    high: float | None
    whole: bool
    """Whether all parts are known."""
    device_hours: float | None
    """Of the base, the trials and the finalist's seeds, as far as they are known."""
    memory_mb: float | None
    tokens: float | None
    """Tokens the trials train on."""
    usd: float | None
    """For calls of the agent's models; None before one was made."""
    usd_left: float
    """What the cap leaves for them."""
    off_by: OffBy | None
    """Of the seconds of earlier trials; None before one was estimated and run."""
    ends: str
    """Which cap is expected to end it before its trials are used; empty for none."""
    lines: list[str]
    """The same in sentences."""
