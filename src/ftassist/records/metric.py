"""What a score is measured in."""

from __future__ import annotations

from dataclasses import dataclass

from ftassist.records.record import Record


@dataclass(frozen=True, slots=True)
class Metric(Record):
    """A metric and its direction; the direction is never asked of anybody later."""

    name: str
    """The field's name for it, such as "accuracy"."""
    higher_is_better: bool = True
    """The direction."""
    binary: bool = True
    """Whether an item scores 0 or 1 (Wilson interval and McNemar test apply)."""
    unit: str = ""
    """Shown after values; "" for a fraction shown as percent."""
    fraction: bool = False
    """Whether a metric that is not binary lies between 0 and 1 and is shown as percent."""
